import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import { readPictures } from '../streamer/support/annex-b.ts'
import { TestCamera } from '../streamer/support/test-camera.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startKnownWorker } from './known-worker.ts'
import { startOnvifDevice, type OnvifDevice } from './onvif-device.ts'

/** A camera that names another host for its streams and stills: one behind a translator, or one that is after its password. */
const login = { username: 'viewer', password: 'see-all' }
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
const INNER = '127.0.0.2'
let fixture: Fixture
let known: Awaited<ReturnType<typeof startKnownWorker>>
let admin: Client
let small: TestCamera
let large: TestCamera
let stills: HttpServer
let device: OnvifDevice
/** At the host that is named, on the same ports. */
let strangers: Server[]
let visits = 0

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port

beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  known = await startKnownWorker(fixture)
  small = await TestCamera.start({ login, pictures: readPictures('four-slices-320x180.h264') })
  large = await TestCamera.start({ login, pictures: readPictures('baseline-256x144.h264') })
  stills = createHttpServer((_request, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(JPEG))
  await new Promise<void>((resolve) => stills.listen(0, '127.0.0.1', resolve))
  strangers = [small.port, large.port, portOf(stills)].map((port) =>
    createServer((socket) => {
      visits++
      socket.destroy()
    }).listen(port, INNER),
  )
  device = await startOnvifDevice({
    ...login,
    streamUri: small.url.replace('127.0.0.1', INNER),
    mainUri: large.url.replace('127.0.0.1', INNER),
    snapshotUri: `http://${INNER}:${portOf(stills)}/still.jpg?profile=1`,
  })
})
afterAll(async () => {
  known.stop()
  for (const server of [...strangers, stills]) server.close()
  await Promise.all([small.stop(), large.stop(), device.stop()])
  await fixture.close()
})

async function addressesOf(id: string): Promise<string[]> {
  const rows = await fixture.database.query<Record<string, string>>(
    'select stream_address as a, main_address as b, snapshot_address as c from camera where id = $1',
    [id],
  )
  return [rows[0]!['a']!, rows[0]!['b']!, rows[0]!['c']!]
}

test('streams and stills are asked where the camera is, not where it says, and the login goes nowhere else', async () => {
  const source = { kind: 'onvif', host: '127.0.0.1', port: device.port, ...login }
  const added = await admin.send<Camera>('POST', 'cameras', { name: '东门', lng: 114.2, lat: 22.7, source })
  expect(added.body, JSON.stringify(added.body)).toMatchObject({ widthPx: 320, mainStream: true })
  const { id } = added.body
  const here = [small.url, large.url, `http://127.0.0.1:${portOf(stills)}/still.jpg?profile=1`]
  expect(await addressesOf(id)).toEqual(here)
  const again = await admin.send('PATCH', `cameras/${id}`, {
    source: { kind: 'onvif', host: '127.0.0.1', port: device.port, username: login.username },
  })
  expect(again.status, 'nor does the one that is kept').toBe(200)
  expect(await addressesOf(id)).toEqual(here)
  expect(visits).toBe(0)
})
