import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CameraState } from '../../domain/camera.ts'
import { manualClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import type { CameraReport } from '../../domain/wire/streamers.ts'
import { insertCamera } from '../../gateway/cameras/camera-row.ts'
import { ownerOf } from '../../gateway/cameras/rendezvous.ts'
import { StreamerFleet } from '../../gateway/cameras/streamer-fleet.ts'
import { EventLog } from '../../gateway/live/event-log.ts'
import { Troubles } from '../../gateway/live/troubles.ts'
import { createSecretBox } from '../../gateway/trust/secret-box.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
let clock: ReturnType<typeof manualClock>
let fleet: StreamerFleet
let events: EventLog
const box = createSecretBox('07'.repeat(32))
const ids = Array.from({ length: 40 }, (_, i) => `cam-${i}`)

beforeAll(async () => {
  db = await testDatabase()
  for (const id of ids) {
    const body = {
      name: id,
      siteId: null,
      lng: 114,
      lat: 22,
      bearingDeg: null,
      fovDeg: 70,
      rangeM: 60,
      warm: id === 'cam-0',
    }
    const source = { kind: 'rtsp' as const, address: `rtsp://10.0.0.1/${id}`, username: 'u' }
    await insertCamera(db.database, box, {
      id,
      body: { ...body, source, onvif: null },
      enabled: true,
      credential: { username: 'u', password: 'p' },
      streamAddress: source.address,
      snapshotAddress: null,
      mainAddress: null,
      ptz: false,
    })
  }
})
afterAll(() => db.drop())

beforeEach(async () => {
  await db.database.execute(`update camera set state = 'idle', enabled = true`)
  await db.database.execute('delete from trouble')
  clock = manualClock()
  const parts = { database: db.database, clock, log: silentLog, metrics: db.metrics }
  events = new EventLog(parts)
  await events.start()
  events.stop()
  const troubles = new Troubles({ ...parts, events })
  fleet = new StreamerFleet({ ...parts, events, troubles, box, expectedWorkers: ['w1', 'w2'] })
  await fleet.reload()
})

function say(id: string, state: CameraState, reason: string | null = null): CameraReport {
  const isOnline = state === 'online'
  const stream = {
    codec: isOnline ? 'avc1.42e01e' : null,
    widthPx: isOnline ? 640 : null,
    heightPx: isOnline ? 360 : null,
  }
  return { id, state, reason, ...stream, bitrateBps: isOnline ? 400_000 : null }
}
const beat = (worker: string, cameras: CameraReport[] = []) =>
  fleet.beat(worker, { baseUrl: `http://127.0.0.1/${worker}`, metricsPort: null, cameras })
const ordered = (worker: string) => beat(worker).cameras.map((camera) => camera.id)
const eventsSince = async (n: number) => (await events.read(n)).map((event) => `${event.subjectId} ${event.action}`)
const lastEvent = async () => {
  const rows = await db.database.query<{ last: number }>('select last from event_number')
  return rows[0]!.last
}
/** Seconds as they pass: a beat of every worker each second. */
async function pass(seconds: number, cameras: () => CameraReport[]): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1_000)
    for (const worker of ['w1', 'w2']) beat(worker, cameras())
    await fleet.turn()
  }
}

test('each camera is served by one worker, and only those of a lost worker move', () => {
  const first = ordered('w1')
  expect(first.length, 'the first one to report does not get all').toBeLessThan(ids.length)
  const second = ordered('w2')
  expect([...first, ...second].sort()).toEqual([...ids].sort())
  for (let second = 0; second < 7; second++) {
    clock.advance(1_000)
    beat('w1')
  }
  expect(ordered('w1').sort()).toEqual([...ids].sort())
  expect(fleet.workerOf(second[0]!)).toBe('http://127.0.0.1/w1')
  expect(ordered('w2').sort()).toEqual(second.sort())
  clock.advance(7_000)
  expect(fleet.workerOf('cam-0')).toBeNull()
  expect(fleet.health().video).toBe('away')
})

test('after a standstill of the core itself the first worker that is heard is not given all cameras', async () => {
  await pass(10, () => [])
  const second = ordered('w2')
  clock.advance(20_000)
  expect(ordered('w1').some((id) => second.includes(id))).toBe(false)
  expect(ordered('w2').sort()).toEqual(second.sort())
  for (let s = 0; s < 6; s++) {
    clock.advance(1_000)
    beat('w1')
  }
  expect(ordered('w1').sort(), 'one that stays silent is').toEqual([...ids].sort())
})

test('the credential is given to the worker and nowhere else', () => {
  const order = [...beat('w1').cameras, ...beat('w2').cameras].find((camera) => camera.id === 'cam-3')
  expect(order).toMatchObject({ url: 'rtsp://10.0.0.1/cam-3', username: 'u', password: 'p', warm: false })
  expect(JSON.stringify(fleet.camera('cam-3'))).not.toContain('"p"')
})

test('rendezvous hashing spreads evenly and moves only what must move', () => {
  const workers = ['a', 'b', 'c', 'd', 'e']
  const keys = Array.from({ length: 5_000 }, (_, i) => `camera-${i}`)
  const before = keys.map((key) => ownerOf(workers, key))
  for (const worker of workers) {
    const share = before.filter((owner) => owner === worker).length / keys.length
    expect(share, worker).toBeGreaterThan(0.17)
    expect(share, worker).toBeLessThan(0.23)
  }
  const after = keys.map((key) => ownerOf(workers.slice(0, 4), key))
  keys.forEach((_, i) => {
    if (before[i] !== 'e') expect(after[i]).toBe(before[i])
  })
  expect(ownerOf([], 'x')).toBeNull()
})

test('a camera that goes dark is told at once, is a trouble after ten seconds, and again well after five of picture', async () => {
  await pass(2, () => [say('cam-1', 'online')])
  expect(fleet.camera('cam-1')).toMatchObject({
    state: 'online',
    codec: 'avc1.42e01e',
    widthPx: 640,
    stateReason: null,
  })
  const n = await lastEvent()
  await pass(9, () => [say('cam-1', 'offline', 'nothing answers')])
  expect(await eventsSince(n)).toEqual(['cam-1 offline'])
  expect(fleet.camera('cam-1')).toMatchObject({ stateReason: 'nothing answers', codec: 'avc1.42e01e' })
  await pass(1, () => [say('cam-1', 'connecting')])
  await pass(3, () => [say('cam-1', 'offline', 'nothing answers')])
  expect(await eventsSince(n)).toEqual(['cam-1 offline', 'camera:cam-1:offline raised'])
  await pass(3, () => [say('cam-1', 'online')])
  expect(await eventsSince(n)).toEqual(['cam-1 offline', 'camera:cam-1:offline raised', 'cam-1 online'])
  await pass(4, () => [say('cam-1', 'online')])
  expect((await eventsSince(n)).at(-1)).toBe('camera:cam-1:offline restored')
})

test('a camera whose words the database refuses is a trouble all the same, and keeps no other from being told', async () => {
  await pass(2, () => ids.slice(0, 9).map((id) => say(id, 'online')))
  const n = await lastEvent()
  const refuses = say('cam-6', 'login-refused', 'Internal\0Error')
  await pass(3, () => [...ids.slice(0, 6).map((id) => say(id, 'offline', 'nothing answers')), refuses])
  const told = await eventsSince(n)
  expect(told.filter((text) => text.endsWith(' offline')).sort()).toEqual(ids.slice(0, 6).map((id) => `${id} offline`))
  expect(told).toContain('camera:cam-6:login-refused raised')
  expect(told).not.toContain('cam-6 login-refused')
  await pass(70, () => [say('cam-6', 'login-refused', 'Internal\0Error'), say('cam-7', 'online')])
  const health = await db.database.query<{ id: string }>('select distinct camera_id as id from camera_health')
  expect(health.map(({ id }) => id)).toContain('cam-7')
  await pass(12, () => [say('cam-6', 'login-refused', 'in words')])
  expect(await eventsSince(n)).toContain('cam-6 login-refused')
})

test('a refused login is a trouble at once', async () => {
  const n = await lastEvent()
  await pass(1, () => [say('cam-2', 'login-refused', 'the camera refuses the password')])
  expect(await eventsSince(n)).toEqual(['cam-2 login-refused', 'camera:cam-2:login-refused raised'])
})

test('a picture that stands still is a trouble as soon as its streamer says so, and over after five seconds of a living one', async () => {
  await pass(2, () => [say('cam-4', 'online')])
  const n = await lastEvent()
  const { camerasOnline } = fleet.health()
  await pass(1, () => [say('cam-4', 'frozen', 'the picture stands still')])
  expect(await eventsSince(n)).toEqual(['cam-4 frozen', 'camera:cam-4:frozen raised'])
  expect(fleet.camera('cam-4')).toMatchObject({ state: 'frozen', stateReason: 'the picture stands still' })
  expect(fleet.health().camerasOnline).toBe(camerasOnline - 1)
  await pass(3, () => [say('cam-4', 'online')])
  expect((await eventsSince(n)).at(-1)).toBe('cam-4 online')
  await pass(4, () => [say('cam-4', 'online')])
  expect((await eventsSince(n)).at(-1)).toBe('camera:cam-4:frozen restored')
})

test('a worker that dies is one trouble, not one of each of its cameras', async () => {
  const all = () => ids.map((id) => say(id, 'online'))
  await pass(3, all)
  expect(fleet.health()).toMatchObject({ video: 'ok', camerasOnline: ids.length })
  const n = await lastEvent()
  for (let i = 0; i < 20; i++) {
    clock.advance(1_000)
    await fleet.turn()
  }
  const told = await eventsSince(n)
  expect(told.filter((text) => text.startsWith('program:')).sort()).toEqual([
    'program:w1:silent raised',
    'program:w2:silent raised',
  ])
  expect(told.filter((text) => text.startsWith('cam-'))).toHaveLength(ids.length)
  expect(told.some((text) => text.startsWith('camera:'))).toBe(false)
  expect(fleet.camera('cam-5')?.stateReason).toMatch(/streamer w\d does not answer/)
  await pass(2, all)
  expect(await eventsSince(n)).toContain('program:w1:silent restored')
  expect(fleet.camera('cam-5')?.state).toBe('online')
})

test('a camera that comes and goes is one trouble, however often it falls', async () => {
  const n = await lastEvent()
  await pass(2, () => [say('cam-8', 'online')])
  for (let i = 0; i < 30; i++) {
    await pass(12, () => [say('cam-8', 'offline', 'nothing answers')])
    await pass(6, () => [say('cam-8', 'online')])
  }
  const told = (await eventsSince(n)).filter((text) => text.startsWith('camera:'))
  const raised = told.filter((text) => text.endsWith('raised'))
  expect(raised.at(-1)).toBe('camera:cam-8:unstable raised')
  expect(raised.filter((text) => text.includes('unstable'))).toHaveLength(1)
  expect(raised.length, 'four falls of its own before it is known that it flaps').toBeLessThanOrEqual(5)
  await pass(200, () => [say('cam-8', 'online')])
  expect((await eventsSince(n)).at(-1)).toBe('camera:cam-8:unstable restored')
})

test('many cameras that fall together are one trouble; who stays dark when the others are back gets one of its own', async () => {
  const many = ids.slice(10, 35)
  await pass(3, () => many.map((id) => say(id, 'online')))
  const n = await lastEvent()
  const troubles = async () => (await eventsSince(n)).filter((text) => text.startsWith('camera:'))
  await pass(15, () => many.map((id) => say(id, 'offline', 'there is no way to this network')))
  expect(await troubles()).toEqual(['camera:cameras:lost-together raised'])
  const [row] = await db.database.query<{ detail: string }>("select detail from trouble where code = 'lost-together'")
  expect(row!.detail).toMatch(/^25 cameras are dark since the same moment: cam-1\d, .* …$/)
  await pass(12, () => many.map((id) => say(id, id === 'cam-12' ? 'offline' : 'online', 'there is no way')))
  expect(await troubles()).toEqual([
    'camera:cameras:lost-together raised',
    'camera:cameras:lost-together restored',
    'camera:cam-12:offline raised',
  ])
})

test('health rows are written at each change and each minute', async () => {
  await db.database.execute('delete from camera_health')
  await pass(61, () => [say('cam-7', 'online')])
  const rows = await db.database.query<{ state: string; bitrate_bps: number }>(
    `select state, bitrate_bps from camera_health where camera_id = 'cam-7'`,
  )
  expect(rows).toEqual([
    { state: 'online', bitrate_bps: 400_000 },
    { state: 'online', bitrate_bps: 400_000 },
  ])
})

test('cameras of a site with a button are kept connected, whether they say the site or the site lists them', async () => {
  const { database } = db
  const sites: [string, string[]][] = [
    ['school', ['cam-1', 'cam-2']],
    ['shop', ['cam-5']],
  ]
  for (const [id, cameraIds] of sites)
    await database.execute('insert into site (id, body) values ($1, $2)', [id, JSON.stringify({ cameraIds })])
  await database.execute(
    `insert into device (id, kind, body) values ('b', 'button', '{"siteId": "school"}'), ('p', 'tag', '{"siteId": "shop"}')`,
  )
  const belong = (id: string, siteId: string | null) =>
    database.execute(`update camera set body = jsonb_set(body, '{siteId}', $2::jsonb) where id = $1`, [
      id,
      JSON.stringify(siteId),
    ])
  // cam-2 says another site than the one that lists it.
  await belong('cam-2', 'shop')
  await belong('cam-3', 'school')
  await belong('cam-4', 'shop')
  await fleet.reload()
  const orders = beat('w1').cameras.concat(beat('w2').cameras)
  expect(orders.flatMap(({ id, warm }) => (warm ? [id] : [])).sort()).toEqual(['cam-0', 'cam-1', 'cam-2', 'cam-3'])
  await database.execute('delete from device')
  for (const id of ['cam-2', 'cam-3', 'cam-4']) await belong(id, null)
})
