import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { writeHistories } from '../../gateway/store/history-sql.ts'
import { HISTORY_DAYS, keepHistories } from '../../gateway/store/histories.ts'
import { migrate, readMigrations } from '../../gateway/store/migrate.ts'
import { emptyDatabase, testDatabase, type TestDatabase } from '../support/database.ts'
import { legs, timescaleUrl } from './legs.ts'

const DAY_MS = 86_400_000
const quiet = () => ({ log: silentLog, metrics: new Metrics() })

describe.each(legs)('migrations on $name', ({ url, timescale }) => {
  let empty: Awaited<ReturnType<typeof emptyDatabase>> | null = null
  afterEach(async () => {
    await empty?.drop()
    empty = null
  })

  it('bring an empty database to the newest form, once, whoever comes first', async () => {
    empty = await emptyDatabase(url)
    const both = await Promise.all([migrate({ url: empty.url, ...quiet() }), migrate({ url: empty.url, ...quiet() })])
    expect(both.map((one) => one.timescale)).toEqual([timescale, timescale])
    const all = readMigrations().map((one) => one.number)
    expect([...both[0].applied, ...both[1].applied].sort((a, b) => a - b)).toEqual(all)
    expect((await migrate({ url: empty.url, ...quiet() })).applied).toEqual([])
  })

  it('refuse a database that a newer program has changed for good', async () => {
    empty = await emptyDatabase(url)
    const future = { number: 9999, name: 'future', sql: 'create table future (a int)', breaksOlder: true }
    const migrations = readMigrations()
    await migrate({ url: empty.url, ...quiet(), migrations: [...migrations, future] })
    await expect(migrate({ url: empty.url, ...quiet() })).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('leave nothing of a file that fails half-way', async () => {
    empty = await emptyDatabase(url)
    const broken = { number: 9999, name: 'broken', sql: 'create table half (a int); select 1/0', breaksOlder: false }
    const migrations = [...readMigrations(), broken]
    await expect(migrate({ url: empty.url, ...quiet(), migrations })).rejects.toThrow(/division by zero/)
    expect((await migrate({ url: empty.url, ...quiet() })).applied).toEqual([])
  })
})

describe.each(legs)('histories on $name', ({ url, timescale }) => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await testDatabase(url)
  })
  afterAll(() => test.drop())
  const nowMs = Date.UTC(2026, 10, 21, 12)
  const beatAt = (ms: number) =>
    test.database.execute('insert into beat (device_id, received_at) values ($1, $2)', [
      'b',
      new Date(ms).toISOString(),
    ])
  const beats = async () =>
    (await test.database.query<{ at: string }>('select received_at as at from beat order by 1')).map((row) => row.at)

  it('take a row of any date, and keep a future one when its day gets a partition', async () => {
    const future = nowMs + 30 * DAY_MS
    await beatAt(future)
    await beatAt(nowMs + 25 * DAY_MS)
    const { made } = await keepHistories(test.database, future)
    if (!timescale) expect(made).toContain('beat_p20261221')
    expect(await beats()).toEqual(['2026-12-16T12:00:00.000Z', '2026-12-21T12:00:00.000Z'])
    const again = await keepHistories(test.database, future)
    expect(again.made).toEqual([])
  })

  it('drop what is older than its time and nothing else', async () => {
    await test.database.execute('delete from beat')
    const keepMs = HISTORY_DAYS['beat']!.keepDays * DAY_MS
    await keepHistories(test.database, nowMs)
    await beatAt(nowMs)
    await beatAt(nowMs + keepMs / 2)
    await keepHistories(test.database, nowMs + keepMs + 2 * DAY_MS)
    expect(await beats()).toEqual(['2026-12-06T12:00:00.000Z'])
  })

  it('stand on the form that the server can do', async () => {
    const [row] = await test.database.query<{ kind: string }>(
      `select relkind::text as kind from pg_class where oid = 'fix'::regclass`,
    )
    expect(row!.kind).toBe(timescale ? 'r' : 'p')
    if (timescale) {
      const tables = await test.database.query<{ name: string }>(
        'select hypertable_name as name from timescaledb_information.hypertables order by 1',
      )
      expect(tables.map((table) => table.name)).toEqual(Object.keys(HISTORY_DAYS).sort())
    }
  })
})

it('a history marker in the wrong place is an error, not a plain table', () => {
  expect(() => writeHistories('create table a (at timestamptz) /*history: a at*/ with (x=1);', false)).toThrow(/marker/)
})

it.skipIf(!timescaleUrl)('the TimescaleDB leg ran', async () => {
  const test = await testDatabase(timescaleUrl)
  const rows = await test.database.query<{ version: string }>(
    `select extversion as version from pg_extension where extname = 'timescaledb'`,
  )
  await test.drop()
  expect(rows[0]!.version).toMatch(/^2\./)
})
