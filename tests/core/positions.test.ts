import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { FIX_FLAGS } from '../../domain/fix.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { readTrail } from '../../gateway/fleet/vehicle-rows.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { startCore, type TestCore } from './harness.ts'

let core: TestCore
beforeEach(async () => {
  core = await startCore()
})
afterEach(() => core.stop())

const T = 1_790_000_000_000
const fix = (s: number, lng: number, lat = 22.7) => ({ at: toIso(T + s * 1000), lng, lat, speedMps: 10 })

test('a jump moves nothing and is marked, a place that two fixes agree on is believed', () => {
  const positions = new Positions()
  const take = (s: number, lng: number) => positions.take('t', fix(s, lng), T + s * 1000)!
  expect(take(0, 114.3).isNow).toBe(true)
  expect(take(5, 114.5)).toMatchObject({ isNow: false, fix: { flags: 16 } })
  expect(take(10, 114.3005).isNow).toBe(true)
  expect(positions.get('t')!.lng).toBe(114.3005)
  expect(take(15, 114.6).isNow).toBe(false)
  expect(take(20, 114.6005).isNow).toBe(true)
  expect(positions.get('t')!.lng).toBe(114.6005)
})

test('a late fix is history only, a clock from another year is replaced by ours', () => {
  const positions = new Positions()
  positions.take('t', fix(100, 114.3), T + 100_000)
  expect(positions.take('t', fix(50, 114.301), T + 101_000)).toMatchObject({
    isNow: false,
    fix: { takenAtMs: T + 50_000, flags: 0 },
  })
  expect(positions.take('t', { ...fix(0, 114.3), at: '2099-01-01T00:00:00Z' }, T + 102_000)!.fix.takenAtMs).toBe(
    T + 102_000,
  )
})

test('how far a place can be believed: a leap, a silence, a long silence, never heard', async () => {
  const state = new CentreState(new Positions())
  expect(state.placeNow('t', T)).toEqual({ quality: 'none', ageS: null })
  state.positions.take('t', fix(0, 114.3), T)
  expect(state.placeNow('t', T + 5_000)).toEqual({ quality: 'good', ageS: 5 })
  state.positions.take('t', fix(5, 114.6), T + 5_000)
  expect(state.placeNow('t', T + 6_000)).toEqual({ quality: 'jumping', ageS: 6 })
  // The dot of every desk stays where it is believed, and says so.
  expect(state.positions.get('t')).toMatchObject({ lng: 114.3, flags: FIX_FLAGS.jump, dotDue: true })
  state.positions.take('t', fix(10, 114.3003), T + 10_000)
  expect(state.placeNow('t', T + 10_000).quality).toBe('good')
  expect(state.positions.get('t')).toMatchObject({ lng: 114.3003, flags: 0 })
  expect(state.placeNow('t', T + 45_000).quality).toBe('stale')
  expect(state.placeNow('t', T + 911_000).quality).toBe('lost')
  // The trail tells the leap and the silence apart from the line.
  const rows: [number, number, number][] = [[0, 114.3, 0], [5, 114.6, 16], [10, 114.3003, 0], [100, 114.301, 0]] // prettier-ignore
  for (const [s, lng, flags] of rows) {
    await core.database.execute(
      `insert into fix (vehicle_id, taken_at, received_at, lng, lat, speed_mps, flags) values ('t', $1, $1, $2, 22.7, 0, $3)`,
      [toIso(T + s * 1000), lng, flags],
    )
  }
  expect(await readTrail(core.database, 't', T, T + 200_000)).toMatchObject({
    truncated: false,
    gaps: [[T + 10_000, T + 100_000]],
    jumps: [[T + 5_000, 114.6, 22.7]],
    points: [{ 1: 114.3 }, { 1: 114.3003 }, { 1: 114.301 }],
  })
})

test('keys of dots are the same after a restart and never shared', () => {
  const a = new Positions()
  const b = new Positions()
  const ids = Array.from({ length: 5_000 }, (_, i) => `taxi-${i}`)
  const keys = ids.map((id) => a.of(id)!.key)
  expect(new Set(keys).size).toBe(ids.length)
  expect(ids.map((id) => b.of(id)!.key)).toEqual(keys)
})
