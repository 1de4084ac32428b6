import { afterEach, beforeEach, expect, test } from 'vitest'
import { destination } from '../../domain/geo/distance.ts'
import { FollowVehicles } from '../../gateway/recordings/follow-vehicles.ts'
import { RecordingSpans } from '../../gateway/recordings/recording-spans.ts'
import { signal, startCore, take, taxi, type TestCore } from './harness.ts'

/** A road to the east with a camera every 500 m; a taxi drives along it. */
const START: [number, number] = [114.3, 22.75]
let core: TestCore
let spans: RecordingSpans
let follower: FollowVehicles
beforeEach(async () => {
  core = await startCore()
  for (let i = 0; i <= 10; i++) {
    const [lng, lat] = destination(...START, 90, i * 500)
    const view = { bearingDeg: null, fovDeg: 70, rangeM: 60, warm: false, onvif: null }
    const source = { kind: 'rtsp', address: `rtsp://10.0.0.${i}`, username: null }
    const body = { name: `路口 ${i}`, siteId: null, lng, lat, ...view, source }
    await core.database.execute('insert into camera (id, body) values ($1, $2)', [`way-${i}`, JSON.stringify(body)])
  }
  await core.state.load(core.database)
  spans = new RecordingSpans({ ...core, beforeMs: 30_000, afterMs: 120_000, provisional: () => [] })
  await spans.start()
  follower = new FollowVehicles({ ...core, want: (span) => spans.want(span) })
})
afterEach(async () => {
  spans.stop()
  await core.stop()
})

function fixAt(metres: number, speedMps = 12): void {
  const [lng, lat] = destination(...START, 90, metres)
  const nowMs = core.clock.nowMs()
  const at = new Date(nowMs).toISOString()
  core.state.positions.take('taxi-1', { at, lng, lat, speedMps, bearingDeg: 90 }, nowMs)
}
function driveTo(metres: number, speedMps?: number): void {
  fixAt(metres, speedMps)
  follower.turn()
}
const pressed = async (type: 'panic' | 'test') => {
  await take(core, [signal({ id: 'e1', type, lng: START[0], lat: START[1] }, taxi, core.clock.nowMs())])
}
const wanted = () => [...Array(11).keys()].filter((i) => spans.recordOf(`way-${i}`) !== null)

test('the cameras that a taxi in distress comes to are recorded, and those behind it are let go', async () => {
  driveTo(1_000)
  expect(wanted(), 'nobody has called').toEqual([])
  await pressed('panic')
  driveTo(1_000)
  const first = wanted()
  expect(first).toContain(2)
  expect(first).not.toContain(6)
  for (let metres = 1_000; metres <= 4_000; metres += 24) {
    core.clock.advance(2_000)
    driveTo(metres)
    await spans.turn()
  }
  const nowMs = core.clock.nowMs()
  expect(wanted()).toContain(8)
  const passed = spans.recordOf('way-3')
  expect(passed === null || passed.untilMs < nowMs, 'passed a minute and more ago').toBe(true)
  const rows = await core.database.query<{ camera_id: string; incident_id: string; seconds: number }>(
    `select camera_id, incident_id, extract(epoch from until_at - from_at)::int as seconds from recording`,
  )
  expect(new Set(rows.map((row) => row.incident_id)).size, 'of the one incident').toBe(1)
  for (const i of [2, 3, 4, 5, 6, 7, 8]) expect(rows.map((row) => row.camera_id)).toContain(`way-${i}`)
  for (const { camera_id, seconds } of rows.filter((row) => row.camera_id !== 'way-0')) {
    expect(seconds, camera_id).toBeGreaterThanOrEqual(45)
    expect(seconds, camera_id).toBeLessThan(200)
  }
})

test('one that stands is seen by the cameras of its incident alone', async () => {
  await pressed('panic')
  const before = wanted()
  driveTo(2_000, 0)
  expect(wanted()).toEqual(before)
})

test('a place that nobody has confirmed for a minute is not followed', async () => {
  await pressed('panic')
  const before = wanted()
  fixAt(3_000)
  core.clock.advance(70_000)
  follower.turn()
  expect(wanted()).toEqual(before)
  fixAt(3_000)
  follower.turn()
  expect(wanted()).toContain(6)
})

test('a test of the foot switch is not followed', async () => {
  await pressed('test')
  driveTo(1_000)
  expect(wanted()).toEqual([])
})
