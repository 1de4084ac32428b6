import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startOnvifDevice, type OnvifDevice, type OnvifDeviceOptions } from './onvif-device.ts'

/** Neither a streamer nor a decoder: what comes is the camera's own. */
const login = { username: 'viewer', password: 'see-all' }
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
const options: OnvifDeviceOptions = { ...login, streamUri: 'rtsp://127.0.0.1:1/' }
let fixture: Fixture
let admin: Client
let device: OnvifDevice
let stills: Server
let asked = 0
let mode: 'well' | 'away' | 'cut' | 'asks' = 'well'
let authorization = ''

beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  stills = createServer((request, response) => {
    asked++
    authorization = request.headers.authorization ?? ''
    if (mode === 'away') return void response.writeHead(503).end()
    if (mode === 'asks' && authorization === '') {
      const challenges = ['Basic realm="cam, Digest"', 'Digest realm="cam", nonce="7a", qop="auth-int, auth"']
      return void response.writeHead(401, { 'www-authenticate': challenges }).end()
    }
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': JPEG.length })
    if (mode !== 'cut') return void response.end(JPEG)
    response.write(JPEG.subarray(0, 10), () => response.destroy())
  })
  await new Promise<void>((resolve) => stills.listen(0, '127.0.0.1', resolve))
  // Another host than its own: they are asked for where it is all the same.
  options.snapshotUri = `http://127.0.0.2:${(stills.address() as AddressInfo).port}/still.jpg`
  device = await startOnvifDevice(options)
})
afterAll(async () => {
  await device.stop()
  stills.close()
  await fixture.close()
})

async function still(id: string) {
  const headers = { authorization: `Bearer ${admin.token}` }
  const answer = await fetch(`${fixture.url}/api/v1/cameras/${id}/snapshot.jpg`, { headers })
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) }
}

test('a camera that has stills gives them itself; what it cannot give is said in its own words', async () => {
  const source = { kind: 'onvif', host: '127.0.0.1', port: device.port, ...login }
  const added = await admin.send('POST', 'cameras?force=true', { id: 'own', name: '东门', lng: 114, lat: 22, source })
  expect(added.status, JSON.stringify(added.body)).toBe(201)
  const { status, bytes } = await still('own')
  expect(status, bytes.toString()).toBe(200)
  expect(bytes.equals(JPEG)).toBe(true)
  for (const wrong of ['away', 'cut'] as const) {
    mode = wrong
    const failed = await still('own')
    expect(failed.status, wrong).toBe(503)
    expect(failed.bytes.toString()).toContain('no-picture')
  }
  mode = 'asks'
  expect((await still('own')).status, 'by digest, although it would take the password in clear').toBe(200)
  expect(authorization).toMatch(/^Digest username="viewer", realm="cam", nonce="7a", .*qop=auth, /)
  mode = 'well'
})

test('a camera from a list is asked for its stills once, when there is no other way', async () => {
  const source = { kind: 'onvif', host: '127.0.0.1', port: device.port, ...login }
  await admin.send('POST', 'cameras?force=true', { id: 'listed', name: '西门', lng: 114, lat: 22, source })
  const forget = () => fixture.database.execute(`update camera set snapshot_address = null where id = 'listed'`)
  await forget()
  const before = asked
  expect((await still('listed')).bytes.equals(JPEG)).toBe(true)
  expect(asked).toBe(before + 1)
  const rows = await fixture.database.query<{ at: string }>(
    `select snapshot_address as at from camera where id = 'listed'`,
  )
  expect(rows[0]!.at).toBe(options.snapshotUri!.replace('127.0.0.2', '127.0.0.1'))
  await forget()
  const calls = device.calls.length
  expect((await still('listed')).status, 'not asked again within the hour').toBe(503)
  expect(device.calls).toHaveLength(calls)
})
