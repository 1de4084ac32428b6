import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import { readPictures } from '../streamer/support/annex-b.ts'
import { TestCamera } from '../streamer/support/test-camera.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startKnownWorker } from './known-worker.ts'

/** A camera that is there already is changed; its password is never shown, so it must not have to be typed again, and must not leave its host. */
const login = { username: 'viewer', password: 'see-all' }
let fixture: Fixture
let known: Awaited<ReturnType<typeof startKnownWorker>>
let admin: Client
let small: TestCamera
let large: TestCamera

beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  known = await startKnownWorker(fixture)
  small = await TestCamera.start({ login, pictures: readPictures('four-slices-320x180.h264') })
  large = await TestCamera.start({ login, pictures: readPictures('baseline-256x144.h264') })
})
afterAll(async () => {
  known.stop()
  await Promise.all([small.stop(), large.stop()])
  await fixture.close()
})

async function added(): Promise<string> {
  const source = { kind: 'rtsp', url: small.url, ...login }
  const { body } = await admin.send<Camera>('POST', 'cameras', { name: '东门', lng: 114.2, lat: 22.7, source })
  return body.id
}
const change = (id: string, patch: object, query = '') =>
  admin.send<Camera & { code: string }>('PATCH', `cameras/${id}${query}`, patch)

test('another stream of the same host is opened with the login that is kept', async () => {
  const id = await added()
  const byName = await change(id, { source: { kind: 'rtsp', url: large.url, username: login.username } })
  expect(byName.body).toMatchObject({ widthPx: 256, source: { username: 'viewer' } })
  const byNothing = await change(id, { source: { kind: 'rtsp', url: small.url } })
  expect(byNothing.body).toMatchObject({ widthPx: 320, source: { username: 'viewer' } })
  const other = await change(id, { source: { kind: 'rtsp', url: small.url, username: 'somebody' } })
  expect(other.body.code, 'it is not another user’s').toBe('camera-refused-login')
})

test('a kept password is not told to another host, also when it is forced', async () => {
  const id = await added()
  const strange = small.url.replace('127.0.0.1', 'localhost')
  const moved = await change(id, { source: { kind: 'rtsp', url: strange, username: login.username } })
  expect(moved.body.code).toBe('camera-refused-login')
  const forced = await change(id, { source: { kind: 'rtsp', url: strange } }, '?force=true')
  expect(forced.body.source).toMatchObject({ address: strange, username: null })
  const again = await change(id, { source: { kind: 'rtsp', url: strange, ...login } })
  expect(again.status, 'typed again it is').toBe(200)
})

test('nor is it told to the host of a larger stream that is new', async () => {
  const id = await added()
  const mainUrl = large.url.replace('127.0.0.1', 'localhost')
  const named = await change(id, { source: { kind: 'rtsp', url: small.url, username: login.username, mainUrl } })
  expect(named.body.code).toBe('camera-refused-login')
  const typed = await change(id, { source: { kind: 'rtsp', url: small.url, ...login, mainUrl } })
  expect(typed.body, 'typed again it is').toMatchObject({ mainStream: true, source: { mainAddress: mainUrl } })
})

test('its larger stream is shown, can be named, and can be taken away', async () => {
  const id = await added()
  const source = { kind: 'rtsp', url: small.url, username: login.username }
  const named = await change(id, { source: { ...source, mainUrl: large.url } })
  expect(named.body).toMatchObject({ mainStream: true, source: { mainAddress: large.url } })
  expect((await admin.get<Camera>(`cameras/${id}`)).body.source.mainAddress).toBe(large.url)
  const facts = await change(id, { audio: true, bearingDeg: 90 })
  expect(facts.body, 'what is not sent stays').toMatchObject({ audio: true, bearingDeg: 90, mainStream: true })
  const without = await change(id, { source })
  expect(without.body).toMatchObject({ mainStream: false, source: { mainAddress: null } })
})
