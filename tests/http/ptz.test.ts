import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import { knownCamera } from '../../gateway/cameras/known-camera.ts'
import { Ptz } from '../../gateway/cameras/ptz.ts'
import type { CameraFarm } from '../../simulators/camera/camera-farm.ts'
import { PRESETS } from '../../simulators/camera/onvif/onvif-camera.ts'
import { PASSWORD, startFarm } from '../simulators/camera/farm-harness.ts'
import { until } from '../streamer/support/harness.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startOnvifDevice, type OnvifDevice, type OnvifDeviceOptions } from './onvif-device.ts'

let farm: CameraFarm
let fixture: Fixture
let admin: Client
const login = { username: 'viewer', password: 'see-all' }
const devices: OnvifDevice[] = []

beforeAll(async () => {
  farm = await startFarm()
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
})
afterAll(async () => {
  await fixture.close()
  await Promise.all([farm.close(), ...devices.map((one) => one.stop())])
})

/** No streamer runs here: the camera is stored by force, its ONVIF service has been asked all the same. */
async function add(id: string): Promise<Camera> {
  const path = `/${id}/onvif/device_service`
  const source = { kind: 'onvif', host: '127.0.0.1', port: farm.onvifPort, path, username: 'vigil', password: PASSWORD }
  const answer = await admin.send<Camera>('POST', 'cameras?force=true', { id, name: id, lng: 114, lat: 22, source })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

test('the presets of a camera are listed as it tells them, and an order goes to one', async () => {
  expect((await add('square')).ptz).toBe(true)
  const officer = await fixture.as('officer')
  const listed = await officer.get<{ items: { token: string; name: string | null }[] }>('cameras/square/presets')
  expect(listed).toMatchObject({ status: 200, body: { items: PRESETS.map(({ token, name }) => ({ token, name })) } })
  const { token } = listed.body.items[1]!
  expect((await officer.send('POST', 'cameras/square/ptz', { preset: token })).status).toBe(204)
  expect(farm.positionOf('square')).toMatchObject(PRESETS[1]!.position)
  await add('gate')
  expect(await officer.get('cameras/gate/presets')).toMatchObject({ status: 409, body: { code: 'ptz-not-there' } })
  expect((await officer.get('cameras/nowhere/presets')).status).toBe(404)
  expect((await fixture.anonymous.get('cameras/square/presets')).status).toBe(401)
})

/** A camera of its own, which can be told to be odd. */
async function device(id: string, options: Partial<OnvifDeviceOptions> = {}): Promise<OnvifDevice> {
  const started = await startOnvifDevice({ ...login, streamUri: 'rtsp://127.0.0.1:1/', ...options })
  devices.push(started)
  const source = { kind: 'onvif', host: '127.0.0.1', port: started.port, ...login }
  const answer = await admin.send<Camera>('POST', 'cameras?force=true', { id, name: id, lng: 114, lat: 22, source })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return started
}
const order = (id: string, body: object) => admin.send('POST', `cameras/${id}/ptz`, body)
const move = { move: { pan: 0.5, tilt: 0, zoom: 0 } }
const stops = ({ calls }: OnvifDevice) => calls.filter((call) => call === 'Stop').length

test('an order that the camera refuses leaves the move before it its stop', async () => {
  const camera = await device('refusing')
  expect((await order('refusing', { ...move, durationMs: 1_000 })).status).toBe(204)
  expect((await order('refusing', { preset: 'no-such-preset' })).status).toBe(409)
  await until('it is told to stop', () => stops(camera) === 1)
})

test('a move without an answer is stopped, for the camera may be turning; a move that another has ended is not', async () => {
  const [deaf, well] = await Promise.all([device('deaf', { lost: ['ContinuousMove'] }), device('well')])
  expect((await order('well', { ...move, durationMs: 5_000 })).status).toBe(204)
  expect((await order('well', { home: true })).status).toBe(204)
  expect((await order('deaf', { ...move, durationMs: 2_500 })).status).toBe(504)
  // It was given later than the move that went home, and its answer was waited for.
  await until('it is told to stop', () => stops(deaf) === 1)
  expect(stops(well)).toBe(0)
}, 20_000)

test('a stop that comes due while the next move is being asked does not end that move', async () => {
  const camera = await device('held')
  const row = await knownCamera(fixture.database, 'held')
  const ptz = new Ptz(fixture)
  await Promise.all([ptz.move(row, { ...move, durationMs: 1 }), ptz.move(row, { ...move, durationMs: 5_000 })])
  await ptz.move(row, { stop: true })
  ptz.close()
  expect(camera.calls.filter((call) => /Move|Stop/.test(call))).toEqual(['ContinuousMove', 'ContinuousMove', 'Stop'])
})
