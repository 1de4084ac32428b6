import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { manualClock, systemClock, type Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { Credentials, FORMER_MS } from '../../gateway/intake/credentials.ts'
import type { Queryable } from '../../gateway/store/database.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let test: TestDatabase
let folder: string
let revoked: string[]
let open: Credentials[]
beforeAll(async () => {
  test = await testDatabase()
})
afterAll(() => test.drop())
beforeEach(async () => {
  await test.database.execute('delete from device')
  folder = mkdtempSync(join(tmpdir(), 'vigil-credentials-'))
  revoked = []
  open = []
})
afterEach(async () => {
  for (const one of open) await one.stop()
  rmSync(folder, { recursive: true, force: true })
})

const hash = (password: string) => createHash('sha256').update(password).digest()
const word = (password: string) => Buffer.from(password)
const register = (id: string, password: string | null) =>
  test.database.execute(
    `insert into device (id, kind, body, credential_hash) values ($1, 'button', '{}', $2)
     on conflict (id) do update set credential_hash = excluded.credential_hash, changed_at = now()`,
    [id, password === null ? null : hash(password)],
  )
async function openCredentials(database: Queryable | null = test.database, clock: Clock = systemClock) {
  const one = new Credentials({
    database,
    cacheFile: join(folder, 'intake', 'credentials.json'),
    log: silentLog,
    metrics: new Metrics(),
    clock,
    onRevoked: (id) => revoked.push(id),
  })
  open.push(one)
  await one.start()
  return one
}
const nobody: Queryable = {
  query: () => Promise.reject(new Fault('database-away', 'away')),
  execute: () => Promise.reject(new Fault('database-away', 'away')),
}

describe('credentials', () => {
  it('let in who has the right one, and name each other case', async () => {
    await register('school-1', 'right')
    await register('new', null)
    const credentials = await openCredentials()
    expect(await credentials.verify('school-1', word('right'))).toEqual({ outcome: 'ok', kind: 'button' })
    const others = await Promise.all([
      credentials.verify('school-1', word('wrong')),
      credentials.verify('ghost', word('right')),
      credentials.verify('new', word('')),
    ])
    expect(others.map((one) => one.outcome)).toEqual(['wrong-credential', 'unknown-device', 'no-credential'])
  })

  it('know a device that was registered a moment ago', async () => {
    const credentials = await openCredentials()
    await register('late', 'pw')
    expect(await credentials.verify('late', word('pw'))).toMatchObject({ outcome: 'ok' })
  })

  it('end the connections of a device whose credential was changed or removed, within 5 s', async () => {
    await register('a', 'old')
    await register('b', 'old')
    const credentials = await openCredentials()
    await register('a', 'new')
    await expect.poll(() => revoked, { timeout: 5_000 }).toEqual(['a'])
    expect(await credentials.verify('a', word('old'))).toMatchObject({ outcome: 'wrong-credential' })
    expect(await credentials.verify('a', word('new'))).toMatchObject({ outcome: 'ok' })
    await test.database.execute(`delete from device where id = 'b'`)
    await expect.poll(() => revoked, { timeout: 5_000 }).toEqual(['a', 'b'])
    expect(await credentials.verify('b', word('old'))).toMatchObject({ outcome: 'unknown-device' })
  })

  it('know the credential that was right a moment ago, for a minute, and no other', async () => {
    const clock = manualClock()
    await register('a', 'old')
    const credentials = await openCredentials(test.database, clock)
    await register('a', 'new')
    await expect.poll(() => revoked, { timeout: 5_000 }).toEqual(['a'])
    const former = { outcome: 'wrong-credential', isFormer: true }
    expect(await credentials.verify('a', word('old'))).toEqual(former)
    expect(await credentials.verify('a', word('guess'))).toEqual({ ...former, isFormer: false })
    clock.advance(FORMER_MS + 1)
    expect(await credentials.verify('a', word('old'))).toEqual({ ...former, isFormer: false })
  })

  it('ask the database about any number of strangers once a second', async () => {
    let asked = 0
    const counting: Queryable = {
      ...test.database,
      query: (sql, values) => {
        if (sql.includes('any(')) asked++
        return test.database.query(sql, values)
      },
      execute: (sql, values) => test.database.execute(sql, values),
    }
    const credentials = await openCredentials(counting)
    const first = credentials.verify('ghost', word('x'))
    await first
    await Promise.all(Array.from({ length: 300 }, (_, i) => credentials.verify(`ghost-${i}`, word('x'))))
    expect(asked).toBe(2)
  })

  it('start without a database from their cache, which only its owner can read', async () => {
    await register('school-1', 'right')
    const first = await openCredentials()
    await first.stop()
    const file = join(folder, 'intake', 'credentials.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const later = await openCredentials(nobody)
    expect(await later.verify('school-1', word('right'))).toMatchObject({ outcome: 'ok' })
    expect(await later.verify('school-1', word('wrong'))).toMatchObject({ outcome: 'wrong-credential' })
    expect(await later.verify('ghost', word('x'))).toEqual({ outcome: 'credentials-unavailable' })
  })

  it('survive a cache file that is garbage', async () => {
    await register('school-1', 'right')
    await (await openCredentials()).stop()
    writeFileSync(join(folder, 'intake', 'credentials.json'), '{"half')
    const credentials = await openCredentials()
    expect(await credentials.verify('school-1', word('right'))).toMatchObject({ outcome: 'ok' })
  })
})
