import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fix } from '../../domain/fix.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createBeatBatch, createFixBatch } from '../../gateway/store/fix-batch.ts'
import { HistoryBatch } from '../../gateway/store/history-batch.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { legs } from './legs.ts'

const startMs = Date.UTC(2026, 10, 21, 0, 0, 0, 123)
const fixOf = (i: number, more: Partial<Fix> = {}): Fix => ({
  vehicleId: `taxi-${i % 7}`,
  lng: 114.2 + i * 1e-5,
  lat: 22.7,
  speedMps: 12.5,
  bearingDeg: i % 2 === 0 ? 90 : NaN,
  accuracyM: 5,
  takenAtMs: startMs + i,
  receivedAtMs: startMs + i + 250,
  flags: 3,
  ...more,
})

describe.each(legs)('fixes into $name', ({ url }) => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await testDatabase(url)
  })
  afterAll(() => test.drop())
  const options = (more = {}) => ({ database: test.database, log: silentLog, metrics: new Metrics(), ...more })

  it('arrive exactly as they were sent', async () => {
    const batch = createFixBatch(options())
    for (let i = 0; i < 2_500; i++) batch.push(fixOf(i))
    await batch.close()
    const [sum] = await test.database.query('select count(*) as n, count(bearing_deg) as bearings from fix')
    expect(sum).toEqual({ n: 2_500, bearings: 1_250 })
    const [row] = await test.database.query('select * from fix where taken_at = $1', [new Date(startMs).toISOString()])
    expect(row).toEqual({
      vehicle_id: 'taxi-0',
      taken_at: '2026-11-21T00:00:00.123Z',
      received_at: '2026-11-21T00:00:00.373Z',
      lng: 114.2,
      lat: 22.7,
      speed_mps: 12.5,
      bearing_deg: 90,
      accuracy_m: 5,
      flags: 3,
    })
  })

  it('are shed when their numbers make no sense, without harm to the others', async () => {
    await test.database.execute('delete from fix')
    const use = options()
    const batch = createFixBatch(use)
    batch.push(fixOf(1))
    batch.push(fixOf(2, { lng: NaN }))
    batch.push(fixOf(3, { takenAtMs: Infinity }))
    batch.push(fixOf(4, { takenAtMs: Date.UTC(1999, 0, 1) }))
    await batch.close()
    expect(await test.database.query('select count(*) as n from fix')).toEqual([{ n: 2 }])
    expect(use.metrics.text()).toContain('vigil_history_shed_total{table="fix",why="unusable"} 2')
  })

  it('one row that the database refuses does not hold back the others', async () => {
    await test.database.execute('delete from beat')
    const use = options()
    const batch = createBeatBatch(use)
    for (let i = 0; i < 100; i++) {
      const deviceId = i === 37 ? 'nul\0' : `d${i}`
      batch.push({ deviceId, receivedAtMs: startMs, batteryPct: 50, rssiDbm: null, uptimeS: 1 })
    }
    await batch.close()
    expect(await test.database.query('select count(*) as n from beat')).toEqual([{ n: 99 }])
    expect(use.metrics.text()).toContain('why="refused-by-database"} 1')
  })

  it('wait while the database is away, the oldest are shed beyond the bound, the rest arrive', async () => {
    await test.database.execute('delete from fix')
    const gate = { away: true }
    const real = test.database
    const database = {
      ...real,
      isAway: () => gate.away,
      copyIn: (...args: Parameters<typeof real.copyIn>) =>
        gate.away ? Promise.reject(Object.assign(new Error('away'), { code: 'database-away' })) : real.copyIn(...args),
    }
    const use = options({ waitingMax: 3_000, lingerMs: 5 })
    const batch = createFixBatch({ ...use, database })
    for (let i = 0; i < 4_000; i++) batch.push(fixOf(i))
    await new Promise((resolve) => setTimeout(resolve, 100))
    gate.away = false
    await batch.close()
    const shed = Number(/why="queue-full"} (\d+)/.exec(use.metrics.text())![1])
    expect(shed).toBeGreaterThanOrEqual(1_000)
    const [row] = await test.database.query<{ n: number; newest: string }>(
      'select count(*) as n, max(taken_at) as newest from fix',
    )
    expect(row).toEqual({ n: 4_000 - shed, newest: new Date(startMs + 3_999).toISOString() })
    expect(batch).toBeInstanceOf(HistoryBatch)
  })
})
