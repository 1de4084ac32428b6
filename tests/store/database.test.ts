import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createDatabase } from '../../gateway/store/database.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { legs } from './legs.ts'

describe.each(legs)('the database door on $name', ({ url }) => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await testDatabase(url)
  })
  afterAll(() => test.drop())

  it('gives times as RFC 3339 with milliseconds, whatever precision and zone they came with', async () => {
    const rows = await test.database.query<{ a: string; b: string; c: string | null }>(
      `select '2026-11-21 08:09:10.123456+08'::timestamptz as a, '1999-12-31T23:59:59Z'::timestamptz as b, null::timestamptz as c`,
    )
    expect(rows).toEqual([{ a: '2026-11-21T00:09:10.123Z', b: '1999-12-31T23:59:59.000Z', c: null }])
  })

  it('gives bigint as a number, and refuses one that a number cannot hold', async () => {
    const rows = await test.database.query('select 9007199254740991::bigint as n, array[1, null, 3]::bigint[] as list')
    expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER, list: [1, null, 3] }])
    await expect(test.database.query('select 9007199254740993::bigint as n')).rejects.toThrow(/beyond/)
    expect(test.database.isAway()).toBe(false)
  })

  it('rolls a transaction back when its work throws', async () => {
    await expect(
      test.database.tx(async (tx) => {
        await tx.execute(`insert into setting values ('half', '1')`)
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    expect(await test.database.query(`select 1 from setting where key = 'half'`)).toEqual([])
  })

  it('runs a transaction again when the server finds a conflict', async () => {
    await test.database.execute(`insert into setting values ('counter', '0')`)
    // The first attempts of both have read before either writes: one must lose.
    let readers = 0
    const addOne = () =>
      test.database.tx(
        async (tx) => {
          const [row] = await tx.query<{ value: number }>(`select value from setting where key = 'counter'`)
          readers++
          await expect.poll(() => readers, { interval: 5 }).toBeGreaterThanOrEqual(2)
          await tx.execute(`update setting set value = $1::jsonb where key = 'counter'`, [String(row!.value + 1)])
        },
        { isolation: 'serializable' },
      )
    await Promise.all([addOne(), addOne()])
    const [row] = await test.database.query<{ value: number }>(`select value from setting where key = 'counter'`)
    expect(row!.value).toBe(2)
    expect(test.metrics.text()).toMatch(/vigil_database_retries_total [1-9]/)
  })

  it('is away when its connections are cut, and back by itself', async () => {
    const seen: boolean[] = []
    const end = test.database.onState((away) => seen.push(away))
    await expect(
      test.database.tx(async (tx) => {
        await tx.query('select pg_terminate_backend(pg_backend_pid())')
      }),
    ).rejects.toMatchObject({ code: 'database-away' })
    await expect.poll(() => seen).toEqual([true, false])
    end()
    expect(await test.database.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  it('refuses a server that would lose acknowledged rows in a crash', async () => {
    const unsafe = new URL(test.url)
    unsafe.searchParams.set('options', '-c synchronous_commit=off')
    const database = createDatabase({ url: unsafe.href, log: silentLog, metrics: new Metrics() })
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'config-invalid' })
    await database.close()
  })

  it('gives up a statement that takes too long without calling the whole server away', async () => {
    const database = createDatabase({ url: test.url, log: silentLog, metrics: new Metrics(), statementTimeoutMs: 100 })
    await expect(database.query('select pg_sleep(5)')).rejects.toMatchObject({ code: 'database-away' })
    expect(database.isAway()).toBe(false)
    await database.close()
  })
})

it('a server that is not there is away at once, and calls do not queue up', async () => {
  const database = createDatabase({ url: 'postgres://a:b@127.0.0.1:1/x', log: silentLog, metrics: new Metrics() })
  for (let i = 0; i < 3; i++) {
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'database-away' })
  }
  expect(database.isAway()).toBe(true)
  await database.close()
})
