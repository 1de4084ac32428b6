import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { DeviceLife, GRACE_MS } from '../../gateway/fleet/device-life.ts'
import { LOST_AFTER_MS } from '../../gateway/fleet/supervision.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import type { BeatRow } from '../../gateway/store/fix-batch.ts'
import { button, button2, startCore, type TestCore } from './harness.ts'

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

test('keys of dots are the same after a restart and never shared', () => {
  const a = new Positions()
  const b = new Positions()
  const ids = Array.from({ length: 5_000 }, (_, i) => `taxi-${i}`)
  const keys = ids.map((id) => a.of(id)!.key)
  expect(new Set(keys).size).toBe(ids.length)
  expect(ids.map((id) => b.of(id)!.key)).toEqual(keys)
})

let core: TestCore
let life: DeviceLife
const beats: BeatRow[] = []
beforeEach(async () => {
  core = await startCore()
  life = new DeviceLife({ ...core, history: { push: (beat) => beats.push(beat) } })
  life.grace()
})
afterEach(async () => {
  await core.stop()
})
const topic = (deviceId: string) => ({ kind: 'button' as const, deviceId, channel: 'beat' as const })

test('a silent mains device is lost after 90 s, not within our own grace, and a beat brings it back', async () => {
  life.takeBeat(topic(button.id), Buffer.from('{"batteryPct":88}'))
  core.clock.advance(GRACE_MS - 1)
  expect(life.sweep()).toBe(3)
  expect(life.now(core.state.devices.get(button.id)!).state).toBe('ready')
  core.clock.advance(LOST_AFTER_MS)
  life.takeBeat(topic(button2.id), Buffer.from('{}'))
  life.sweep()
  await life.flushStates()
  expect(core.state.devices.get(button.id)).toMatchObject({ state: 'lost', batteryPct: 88 })
  expect(core.state.devices.get(button2.id)!.state).toBe('ready')
  expect([...core.state.troubles.keys()]).toEqual(['device:btn-1:lost'])
  const told = core.told.length
  life.sweep()
  await life.flushStates()
  expect(core.told.length).toBe(told)
  life.takeBeat(topic(button.id), Buffer.from('{}'))
  await life.flushStates()
  expect(core.state.devices.get(button.id)!.state).toBe('ready')
  expect(core.state.troubles.size).toBe(0)
  await life.flushSeen()
  const rows = await core.database.query<{ seen: boolean }>(
    'select last_seen_at is not null as seen from device order by id',
  )
  expect(rows.map((row) => row.seen)).toEqual([true, true, false])
})

test('beats without a change of state write no event, an unreadable one is counted', async () => {
  life.takeBeat(topic(button.id), Buffer.from('{}'))
  await life.flushStates()
  life.takeBeat(topic(button.id), Buffer.from('nonsense'))
  expect(core.told).toEqual([])
  expect(core.metrics.text()).toContain('vigil_beats_unreadable_total 1')
  life.takeState({ ...topic(button.id), channel: 'state' }, Buffer.from('{"state":"sleeping"}'), false)
  await life.flushStates()
  expect(core.told).toMatchObject([{ kind: 'device', action: 'sleeping', subjectId: button.id }])
})

test('many devices lost together are one trouble, restored when all are back', async () => {
  for (let i = 0; i < 12; i++) {
    const device = { ...button, id: `many-${i}`, name: `按钮 ${i}` }
    await core.database.execute(`insert into device (id, kind, body, state) values ($1, 'button', $2, 'ready')`, [
      device.id,
      JSON.stringify(device),
    ])
    core.state.devices.set(device.id, device)
    life.takeBeat(topic(device.id), Buffer.from('{}'))
  }
  core.clock.advance(GRACE_MS + 1_000)
  for (const id of [button.id, button2.id]) life.takeBeat(topic(id), Buffer.from('{}'))
  life.sweep()
  await life.flushStates()
  expect([...core.state.troubles.keys()]).toEqual(['site:school-1:site-lost'])
  for (let i = 0; i < 12; i++) life.takeBeat(topic(`many-${i}`), Buffer.from('{}'))
  await life.flushStates()
  expect(core.state.troubles.size).toBe(0)
})
