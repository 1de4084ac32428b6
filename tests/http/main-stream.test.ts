import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import type { AuditRow } from '../../domain/wire/admin.ts'
import type { CoreBeat } from '../../streamer/core-beat.ts'
import { readPictures } from '../streamer/support/annex-b.ts'
import { until, type Worker } from '../streamer/support/harness.ts'
import { TestCamera } from '../streamer/support/test-camera.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startKnownWorker } from './known-worker.ts'
import { startOnvifDevice, type OnvifDevice } from './onvif-device.ts'

const login = { username: 'viewer', password: 'see-all' }
let fixture: Fixture
let worker: Worker
let beat: CoreBeat
let known: Awaited<ReturnType<typeof startKnownWorker>>
let admin: Client
let small: TestCamera
let large: TestCamera
let device: OnvifDevice

beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  known = await startKnownWorker(fixture)
  ;({ worker, beat } = known)
  small = await TestCamera.start({ login, pictures: readPictures('four-slices-320x180.h264') })
  large = await TestCamera.start({ login, pictures: readPictures('baseline-256x144.h264') })
  device = await startOnvifDevice({ ...login, streamUri: small.url, mainUri: large.url })
})
afterAll(async () => {
  known.stop()
  await Promise.all([small.stop(), large.stop(), device.stop()])
  await fixture.close()
})

const add = (source: object) =>
  admin.send<Camera & { code: string }>('POST', 'cameras', { name: '东门', lng: 114.2, lat: 22.7, source })

test('the larger stream of a camera is opened for who looks at it, and is not the camera’s state', async () => {
  const added = await add({ kind: 'onvif', host: '127.0.0.1', port: device.port, ...login })
  expect(added.body).toMatchObject({ mainStream: true, widthPx: 320 })
  const { id } = added.body
  await beat.beat()
  expect(large.connections, 'nobody looks').toBe(0)
  const playlist = await admin.get<string>(`/live/${id}/main/index.m3u8`)
  expect(playlist.status, JSON.stringify(playlist.body)).toBe(200)
  const part = /URI="(p[\d.]+m4s)"/.exec(playlist.body)![1]!
  const headers = { authorization: `Bearer ${admin.token}` }
  expect((await fetch(`${fixture.url}/live/${id}/main/${part}`, { headers })).status).toBe(200)
  expect(large.connections).toBe(1)
  expect(worker.fleet.status().filter((report) => report.id.startsWith(id))).toHaveLength(1)
  const looks = await admin.get<{ items: AuditRow[] }>(`audit?action=camera.watch&objectId=${id}`)
  expect(looks.body.items, 'on record like any other').toHaveLength(1)
  const officer = await fixture.as('officer')
  const { ticket } = (await officer.send<{ ticket: string }>('POST', `cameras/${id}/ticket`)).body
  const played = await fetch(`${fixture.url}/live/${id}/main/index.m3u8?plain&ticket=${ticket}`)
  expect(played.status, 'a ticket of the camera opens both of its streams').toBe(200)
  const segment = /^s\d+\.m4s.*$/m.exec(await played.text())![0]
  expect(segment).toContain(`?ticket=${encodeURIComponent(ticket)}`)
  expect((await fetch(`${fixture.url}/live/${id}/main/${segment}`)).status).toBe(200)
  expect((await fetch(`${fixture.url}/live/other/main/index.m3u8?ticket=${ticket}`)).status).toBe(401)
  const plain = await add({ kind: 'rtsp', url: small.url, ...login })
  expect(plain.body.mainStream).toBe(false)
  await beat.beat()
  expect((await admin.get(`/live/${plain.body.id}/main/index.m3u8`)).status).toBe(404)
  const typed = await add({ kind: 'rtsp', url: small.url, ...login, mainUrl: large.url })
  expect(typed.body.mainStream).toBe(true)
  const foreign = await add({ kind: 'rtsp', url: small.url, ...login, mainUrl: 'rtsp://8.8.8.8/main' })
  expect(foreign.body.code).toBe('not-allowed-address')
})

test('one question in many spellings is one question to the streamer', async () => {
  const { id } = (await add({ kind: 'rtsp', url: small.url, ...login })).body
  await beat.beat()
  const folder = `/live/${id}/index.m3u8`
  expect((await admin.get(folder)).status).toBe(200)
  const { stream } = worker.fleet.cameras.get(id)!
  const next = stream.ring.nextMsn
  const ask = (i: number) => admin.get<string>(`${folder}?x=${i}&_HLS_part=${'0'.repeat(i % 5)}9&_HLS_msn=${next}`)
  const answers = Array.from({ length: 40 }, (_, i) => ask(i))
  await until('they wait', () => stream.waiting > 0)
  let mostWaiting = 0
  const look = setInterval(() => (mostWaiting = Math.max(mostWaiting, stream.waiting)), 5)
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]))
  clearInterval(look)
  expect(mostWaiting).toBeLessThanOrEqual(1)
  expect((await admin.get(`${folder}?_HLS_msn=x`)).status).toBe(400)
})
