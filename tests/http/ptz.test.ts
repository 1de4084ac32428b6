import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import type { CameraFarm } from '../../simulators/camera/camera-farm.ts'
import { PRESETS } from '../../simulators/camera/onvif/onvif-camera.ts'
import { PASSWORD, startFarm } from '../simulators/camera/farm-harness.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'

let farm: CameraFarm
let fixture: Fixture
let admin: Client

beforeAll(async () => {
  farm = await startFarm()
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
})
afterAll(async () => {
  await fixture.close()
  await farm.close()
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
