import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { PTZ_HOLD_MS, type Camera, type PtzState } from '../../domain/camera.ts'
import type { AuditRow } from '../../domain/wire/admin.ts'
import type { CoreBeat } from '../../streamer/core-beat.ts'
import { readPictures } from '../streamer/support/annex-b.ts'
import { selfSigned } from '../streamer/support/certificate.ts'
import { until, type Worker } from '../streamer/support/harness.ts'
import { TestCamera, type TestCameraOptions } from '../streamer/support/test-camera.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startKnownWorker } from './known-worker.ts'
import { profileXml, startOnvifDevice, type OnvifDeviceOptions } from './onvif-device.ts'

let fixture: Fixture
let worker: Worker
let beat: CoreBeat
let known: Awaited<ReturnType<typeof startKnownWorker>>
let admin: Client
const pictures = readPictures('four-slices-320x180.h264')
const login = { username: 'viewer', password: 'canary-p@ss/w:rd' }
const place = { name: '东门 <b>', lng: 114.2, lat: 22.7 }
const cleanUps: (() => Promise<unknown>)[] = []
const ANSWER_MS = 6_000

beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  known = await startKnownWorker(fixture)
  ;({ worker, beat } = known)
})
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
afterAll(async () => {
  known.stop()
  await fixture.close()
})

async function rtspCamera(options: Partial<TestCameraOptions> = {}): Promise<TestCamera> {
  const camera = await TestCamera.start({ pictures, login, ...options })
  cleanUps.push(() => camera.stop())
  return camera
}
async function onvifDevice(options: Partial<OnvifDeviceOptions> & { streamUri: string }) {
  const device = await startOnvifDevice({ ...login, ...options })
  cleanUps.push(() => device.stop())
  return device
}
const withLogin = (url: string, password = login.password) =>
  url.replace('rtsp://', `rtsp://${login.username}:${encodeURIComponent(password)}@`)
async function add(source: object, query = '', more: object = {}) {
  const startedMs = fixture.clock.monotonicMs()
  const answer = await admin.send<Camera & { code: string; detail: string }>('POST', `cameras${query}`, {
    ...place,
    ...more,
    source,
  })
  expect(fixture.clock.monotonicMs() - startedMs, 'the answer comes within 6 s').toBeLessThan(ANSWER_MS)
  return answer
}
const camerasStored = async () => (await admin.get<{ items: Camera[] }>('cameras?limit=500')).body.items.length

test('a camera is added by its RTSP address, shown without its password, watched, and every look is on record', async () => {
  const camera = await rtspCamera()
  const added = await add({ kind: 'rtsp', url: withLogin(camera.url) })
  expect(added, JSON.stringify(added.body)).toMatchObject({
    status: 201,
    body: {
      source: { kind: 'rtsp', address: camera.url, username: 'viewer' },
      widthPx: 320,
      heightPx: 180,
      warm: false,
    },
  })
  const { id } = added.body
  await beat.beat()
  const playlist = await admin.get<string>(`/live/${id}/index.m3u8`)
  expect(playlist.status, JSON.stringify(playlist.body)).toBe(200)
  expect(playlist.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
  const part = /URI="(p[\d.]+m4s)"/.exec(playlist.body)![1]!
  const media = await fetch(`${fixture.url}/live/${id}/${part}`, {
    headers: { authorization: `Bearer ${admin.token}` },
  })
  expect(media.status).toBe(200)
  expect((await media.arrayBuffer()).byteLength).toBeGreaterThan(100)
  const looks = await admin.get<{ items: AuditRow[] }>(`audit?action=camera.watch&objectId=${id}`)
  expect(looks.body.items, 'one row for the whole look').toHaveLength(1)
  expect(looks.body.items[0]).toMatchObject({ actor: 'admin', outcome: 'begun', facts: { how: 'live' } })

  await beat.beat()
  await fixture.fleet.turn()
  const shown = await admin.get<Camera>(`cameras/${id}`)
  expect(shown.body).toMatchObject({ state: 'online', codec: expect.stringContaining('avc1') })
  for (const path of ['cameras', `cameras/${id}`, 'audit?limit=500']) {
    expect(JSON.stringify((await admin.get(path)).body)).not.toContain('canary')
  }
  const events = JSON.stringify(await fixture.events.read(0))
  expect(events).toContain('"action":"added"')
  expect(events).toContain('"action":"online"')
  expect(events).not.toContain('canary')
  const dump = await fixture.database.query<{ text: string }>('select row_to_json(camera)::text as text from camera')
  expect(JSON.stringify(dump)).not.toContain('canary')
})

test('a wrong password, nobody there, something else there, and a camera that hangs: each its own word, nothing stored', async () => {
  const before = await camerasStored()
  const camera = await rtspCamera()
  const hanging = await rtspCamera({ silentAt: 'DESCRIBE' })
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const closedPort = (closed.address() as AddressInfo).port
  await new Promise((resolve) => closed.close(resolve))
  const wrong = [
    [withLogin(camera.url, 'wrong'), 'camera-refused-login'],
    [`rtsp://127.0.0.1:${closedPort}/`, 'camera-unreachable'],
    [`rtsp://127.0.0.1:${fixture.server.port}/`, 'camera-not-a-camera'],
    [withLogin(hanging.url), 'camera-silent'],
  ] as const
  const answers = await Promise.all(wrong.map(([url]) => add({ kind: 'rtsp', url })))
  expect(answers.map((answer) => answer.body.code)).toEqual(wrong.map(([, code]) => code))
  expect(new Set(answers.map((answer) => answer.body.detail)).size).toBe(wrong.length)
  expect(await camerasStored()).toBe(before)
})

test('an address outside of the camera networks is refused, however it is written, also when forced', async () => {
  const before = await camerasStored()
  const urls = [
    'rtsp://8.8.8.8/',
    'rtsp://169.254.169.254/latest',
    'rtsp://[::1]/',
    'rtsp://134744072/',
    'rtsp://[::ffff:8.8.8.8]/',
  ]
  for (const url of urls) {
    expect((await add({ kind: 'rtsp', url }, '?force=true')).body.code, url).toBe('not-allowed-address')
  }
  for (const url of [
    'exec:id',
    'http://127.0.0.1/',
    'rtsp://',
    'rtsp://a b/',
    'rtsp://127.0.0.1:99999/',
    'file:///etc/passwd',
    'rtsp://-i/\n',
  ]) {
    expect((await add({ kind: 'rtsp', url }, '?force=true')).body.code, url).toBe('bad-request')
  }
  const metadata = await add({ kind: 'onvif', host: '169.254.169.254', port: 80 }, '?force=true')
  expect(metadata.body.code).toBe('not-allowed-address')
  expect(await camerasStored()).toBe(before)
})

test('a camera that is still being mounted can be stored by force', async () => {
  const answer = await add({ kind: 'rtsp', url: 'rtsp://127.0.0.1:1/later' }, '?force=true', { id: 'later' })
  expect(answer).toMatchObject({ status: 201, body: { id: 'later' } })
  expect((await add({ kind: 'rtsp', url: 'rtsp://127.0.0.1:1/later' }, '?force=true', { id: 'later' })).status).toBe(
    409,
  )
})

test('by ONVIF: the H.264 sub-stream is chosen, its address checked, and the camera can be turned', async () => {
  const stream = await rtspCamera()
  const device = await onvifDevice({ streamUri: stream.url })
  const added = await add({ kind: 'onvif', host: '127.0.0.1', port: device.port, ...login })
  expect(added, JSON.stringify(added.body)).toMatchObject({
    status: 201,
    body: { ptz: true, widthPx: 320, source: { kind: 'onvif', username: 'viewer' } },
  })
  const { id } = added.body
  expect(
    (await admin.send('POST', `cameras/${id}/ptz`, { move: { pan: 0.5, tilt: 0, zoom: 0 }, durationMs: 100 })).status,
  ).toBe(204)
  await until('the camera is told to stop', () => device.calls.includes('Stop'))
  expect(device.bodies[0]).toMatch(/<ProfileToken>sub<[\s\S]*x="0.5"[\s\S]*PT0.1S/)
  expect((await admin.send('POST', `cameras/${id}/ptz`, { preset: 'a<b/>' })).status).toBe(204)
  expect(device.bodies.at(-1)).toContain('a&#60;b/&#62;')
  expect((await admin.send('POST', `cameras/${id}/ptz`, { home: true })).status).toBe(204)
  const colleague = await fixture.as('officer')
  const seen = await colleague.get<PtzState>(`cameras/${id}/ptz`)
  expect(seen.body.steering, 'a colleague sees whose hand is on it').toMatchObject({ by: 'admin', name: 'admin' })
  const { at, until: heldUntil } = seen.body.steering!
  expect(Date.parse(heldUntil) - Date.parse(at)).toBe(PTZ_HOLD_MS)
  const missing = await admin.send('POST', `cameras/${id}/ptz`, { preset: 'no-such-preset' })
  expect(missing).toMatchObject({
    status: 409,
    body: { code: 'ptz-not-there', detail: 'The camera refuses this: Not supported' },
  })
  const rows = await admin.get<{ items: AuditRow[] }>(`audit?action=camera.ptz&objectId=${id}`)
  expect(rows.body.items).toHaveLength(4)
  const plain = await add({ kind: 'rtsp', url: withLogin(stream.url) })
  const refused = await admin.send('POST', `cameras/${plain.body.id}/ptz`, { stop: true })
  expect(refused).toMatchObject({ status: 409, body: { code: 'ptz-not-there' } })
})

test('by ONVIF: what goes wrong has its own word too', async () => {
  const before = await camerasStored()
  const streamUri = 'rtsp://127.0.0.1:1/'
  const devices = await Promise.all([
    onvifDevice({ streamUri }),
    onvifDevice({ streamUri, odd: 'hang' }),
    onvifDevice({ streamUri, odd: 'endless' }),
    onvifDevice({ streamUri, odd: 'web page' }),
    onvifDevice({ streamUri: 'rtsp://8.8.8.8:1/' }),
    onvifDevice({ streamUri, profiles: profileXml('empty', null, 0) + profileXml('j', 'JPEG', 640) }),
    onvifDevice({ streamUri, xaddr: '8.8.8.8:5432' }),
  ])
  const passwords = ['wrong', ...Array.from({ length: 6 }, () => login.password)]
  const answers = await Promise.all(
    devices.map(({ port }, i) =>
      add({ kind: 'onvif', host: '127.0.0.1', port, username: login.username, password: passwords[i] }),
    ),
  )
  expect(answers.map((answer) => answer.body.code)).toEqual([
    'camera-refused-login',
    'camera-silent',
    'camera-not-a-camera',
    'camera-not-a-camera',
    // Its streams and services are asked for where the camera is, not where it says; then the one it names is not there.
    'camera-unreachable',
    'camera-has-no-video',
    'camera-unreachable',
  ])
  expect(await camerasStored()).toBe(before)
})

test('a patch changes what it names and nothing else; without a new password the old one stays', async () => {
  const camera = await rtspCamera()
  const { body } = await add({ kind: 'rtsp', url: withLogin(camera.url) }, '', {
    warm: true,
    fovDeg: 90,
    bearingDeg: 10,
  })
  const renamed = await admin.send('PATCH', `cameras/${body.id}`, { name: '西门' })
  expect(renamed.body).toMatchObject({
    name: '西门',
    warm: true,
    fovDeg: 90,
    bearingDeg: 10,
    source: { username: 'viewer' },
  })
  const moved = await rtspCamera()
  const again = await admin.send('PATCH', `cameras/${body.id}`, { source: { kind: 'rtsp', url: moved.url } })
  expect(again, JSON.stringify(again.body)).toMatchObject({
    status: 200,
    body: { source: { address: moved.url, username: 'viewer' } },
  })
  expect((await admin.send('PATCH', `cameras/${body.id}`, { enabled: false })).body).toMatchObject({ enabled: false })
  expect((await admin.get(`/live/${body.id}/index.m3u8`)).status).toBe(404)
  expect((await admin.send('DELETE', `cameras/${body.id}`)).status).toBe(204)
  expect((await admin.get(`cameras/${body.id}`)).status).toBe(404)
})

test('over TLS a camera is added with its fingerprint, which a refusal shows; its sound is off unless asked for', async () => {
  const mine = selfSigned()
  const camera = await rtspCamera({ tls: mine })
  const source = { kind: 'rtsp', url: camera.url, ...login }
  const shown = { code: 'camera-certificate-unknown', detail: expect.stringContaining(mine.sha256) as string }
  expect(await add(source)).toMatchObject({ status: 502, body: shown })
  const certificateSha256 = mine.sha256.toUpperCase().match(/../g)!.join(':')
  const added = await add({ ...source, certificateSha256 }, '', { warm: true })
  expect(added.body).toMatchObject({ audio: false, source: { certificateSha256: mine.sha256 } })
  const { id } = added.body
  const serves = async (audio: boolean) => {
    await Promise.all([fixture.fleet.reload(), beat.beat()])
    const order = worker.fleet.cameras.get(id)?.order
    return order?.audio === audio && order.certificateSha256 === mine.sha256
  }
  await until('served without sound', () => serves(false))
  expect((await admin.send('PATCH', `cameras/${id}`, { audio: true })).body).toMatchObject({ audio: true })
  await until('served with sound', () => serves(true))
  const again = await admin.send('PATCH', `cameras/${id}`, { source: { kind: 'rtsp', url: camera.url } })
  expect(again.body).toMatchObject({ source: { certificateSha256: mine.sha256 } })
  const none = { source: { kind: 'rtsp', url: camera.url, certificateSha256: null } }
  expect(await admin.send('PATCH', `cameras/${id}`, none), 'and none is trusted when none is wished').toMatchObject({
    status: 502,
    body: { code: 'camera-certificate-unknown' },
  })
  expect((await admin.send('DELETE', `cameras/${id}`)).status).toBe(204)
})

test('a ticket opens one camera, for a player without cookies, and ends with the session', async () => {
  const camera = await rtspCamera()
  const { body } = await add({ kind: 'rtsp', url: withLogin(camera.url) })
  await beat.beat()
  const officer = await fixture.as('officer')
  const { ticket } = (await officer.send<{ ticket: string }>('POST', `cameras/${body.id}/ticket`)).body
  const play = (path: string) => fetch(`${fixture.url}${path}`)
  const playlist = await play(`/live/${body.id}/index.m3u8?ticket=${ticket}`)
  expect(playlist.status).toBe(200)
  const uri = /URI="(p[^"]+)"/.exec(await playlist.text())![1]!
  expect(uri).toContain(`?ticket=${encodeURIComponent(ticket)}`)
  const part = await play(`/live/${body.id}/${uri}`)
  expect(part.status).toBe(200)
  await part.arrayBuffer()
  expect((await play(`/live/later/index.m3u8?ticket=${ticket}`)).status).toBe(401)
  expect((await play(`/live/${body.id}/index.m3u8?ticket=${ticket.slice(0, -2)}`)).status).toBe(401)
  expect((await play(`/live/${body.id}/index.m3u8`)).status).toBe(401)
  expect((await play(`/api/v1/me?ticket=${ticket}`)).status).toBe(401)
  await officer.send('DELETE', 'session')
  expect((await play(`/live/${body.id}/index.m3u8?ticket=${ticket}`)).status).toBe(401)
  const inspector = await fixture.as('inspector')
  expect((await inspector.get(`/live/${body.id}/index.m3u8`)).status).toBe(403)
})

test('a streamer that is gone is said so, and its cameras are not shown as alive', async () => {
  const before = fixture.fleet.health()
  expect(before.video).not.toBe('away')
  expect((await fixture.anonymous.send('POST', 'internal/streamers/x/beat', {})).status).toBe(401)
  expect((await admin.send('POST', 'internal/streamers/x/beat', {})).status).toBe(403)
})
