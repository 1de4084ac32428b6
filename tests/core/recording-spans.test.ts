import { afterEach, beforeEach, expect, test } from 'vitest'
import { Provisional } from '../../gateway/alarms/provisional.ts'
import { RecordingSpans } from '../../gateway/recordings/recording-spans.ts'
import { CENTRE, signal, startCore, take, type TestCore } from './harness.ts'

let core: TestCore
let spans: RecordingSpans
let provisional: Provisional
const around = { beforeMs: 30_000, afterMs: 120_000 }
beforeEach(async () => {
  core = await startCore()
  for (const id of ['cam-a', 'cam-b']) {
    await core.database.execute(`insert into camera (id, body) values ($1, $2)`, [
      id,
      JSON.stringify({
        name: id,
        siteId: 'school-1',
        lng: 114.3,
        lat: 22.7,
        bearingDeg: null,
        fovDeg: 70,
        rangeM: 60,
        warm: false,
        source: { kind: 'rtsp', address: 'rtsp://10.0.0.1', username: null },
        onvif: null,
      }),
    ])
  }
  await core.state.load(core.database)
  provisional = new Provisional({ ...core, centre: CENTRE })
  spans = new RecordingSpans({ ...core, ...around, provisional: () => provisional.alarms })
  await spans.start()
})
afterEach(async () => {
  spans.stop()
  await core.stop()
})

const rows = () =>
  core.database.query<{ camera_id: string; seconds: number }>(
    `select camera_id, extract(epoch from until_at - from_at)::int as seconds from recording order by camera_id`,
  )

test('an alarm wants the cameras of its incident kept from before it until after it', async () => {
  expect(spans.recordOf('cam-a')).toBeNull()
  const nowMs = core.clock.nowMs()
  await take(core, [signal({ id: 'e1', type: 'panic' }, undefined, nowMs)])
  expect(spans.recordOf('cam-a')).toEqual({ fromMs: nowMs - 30_000, untilMs: nowMs + 120_000 })
  await spans.turn()
  expect(await rows()).toEqual([
    { camera_id: 'cam-a', seconds: 150 },
    { camera_id: 'cam-b', seconds: 150 },
  ])
})

test('a press again makes it longer; when it is over nothing more is wanted', async () => {
  const nowMs = core.clock.nowMs()
  await take(core, [signal({ id: 'e1', type: 'panic' }, undefined, nowMs)])
  core.clock.advance(60_000)
  await take(core, [signal({ id: 'e2', type: 'panic' }, undefined, core.clock.nowMs())])
  await spans.turn()
  expect(spans.recordOf('cam-b')).toEqual({ fromMs: nowMs - 30_000, untilMs: nowMs + 180_000 })
  expect((await rows()).map((row) => row.seconds)).toEqual([210, 210])
  core.clock.advance(160_000)
  await spans.turn()
  expect(spans.recordOf('cam-b')).toBeNull()
})

test('a core that died before it wrote a row wants the same again after its start', async () => {
  const nowMs = core.clock.nowMs()
  spans.stop()
  await take(core, [signal({ id: 'e1', type: 'panic' }, undefined, nowMs)])
  await core.database.execute('delete from recording')
  const again = new RecordingSpans({ ...core, ...around, provisional: () => [] })
  await again.start()
  expect(again.recordOf('cam-a')).toEqual({ fromMs: nowMs - 30_000, untilMs: nowMs + 120_000 })
  again.stop()
})

test('a test of the button records nothing', async () => {
  await take(core, [signal({ id: 'e1', type: 'test' }, undefined, core.clock.nowMs())])
  await spans.turn()
  expect(core.state.alarms.size).toBe(1)
  expect(await rows()).toEqual([])
})

test('an alarm that cannot be stored yet wants the cameras of its scene all the same, and its stored one the same again', async () => {
  const nowMs = core.clock.nowMs()
  const press = signal({ id: 'e1', type: 'panic' }, undefined, nowMs)
  core.events.subscribe((event) => provisional.onEvent(event))
  expect(provisional.take('intake-1', press)).not.toBeNull()
  await spans.turn()
  const wanted = { fromMs: nowMs - 30_000, untilMs: nowMs + 120_000 }
  expect(spans.recordOf('cam-a')).toEqual(wanted)
  expect(spans.recordOf('cam-b')).toEqual(wanted)
  expect(await rows(), 'no incident, no row').toEqual([])
  core.clock.advance(20_000)
  await take(core, [press])
  await spans.turn()
  expect(provisional.alarms).toEqual([])
  expect(spans.recordOf('cam-a')).toEqual(wanted)
  expect((await rows()).map((row) => row.seconds)).toEqual([150, 150])
  core.clock.advance(160_000)
  await spans.turn()
  expect(spans.recordOf('cam-a'), 'and it ends').toBeNull()
})

test('a test of the button that cannot be stored yet records nothing', async () => {
  provisional.take('intake-1', signal({ id: 'e1', type: 'test' }, undefined, core.clock.nowMs()))
  await spans.turn()
  expect(spans.recordOf('cam-a')).toBeNull()
})
