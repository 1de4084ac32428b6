import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import { readPictures } from '../streamer/support/annex-b.ts'
import { until, type Worker } from '../streamer/support/harness.ts'
import { boxesOf } from '../streamer/support/mp4.ts'
import { TestCamera } from '../streamer/support/test-camera.ts'
import { startFixture, type Client, type Fixture } from './fixture.ts'
import { startKnownWorker } from './known-worker.ts'

let fixture: Fixture
let admin: Client
let worker: Worker
let known: Awaited<ReturnType<typeof startKnownWorker>>
beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8' })
  admin = await fixture.as('admin')
  known = await startKnownWorker(fixture)
  ;({ worker } = known)
})
afterAll(async () => {
  known.stop()
  await fixture.close()
})

const place = { name: '大门', lng: 114.06, lat: 22.54 }
const add = (source: object, query = '', more: object = {}) =>
  admin.send<Camera>('POST', `cameras${query}`, { ...place, ...more, source })

test('the poster is the last picture in memory at once, with its date; none where nothing was ever shown', async () => {
  const camera = await TestCamera.start({ pictures: readPictures('four-slices-320x180.h264') })
  const { body } = await add({ kind: 'rtsp', url: camera.url }, '', { id: 'poster-1' })
  const poster = () =>
    fetch(`${fixture.url}/api/v1/cameras/${body.id}/poster.mp4`, {
      headers: { authorization: `Bearer ${admin.token}` },
    })
  await until('its worker has it', () => worker.fleet.cameras.has('poster-1'))
  const none = await poster()
  expect(none.status, 'nobody has looked at it yet').toBe(204)
  expect(await (await worker.get('/live/poster-1/index.m3u8')).text()).toContain('#EXTM3U')
  const answer = await poster()
  expect(answer.status).toBe(200)
  expect(Date.now() - Date.parse(answer.headers.get('x-vigil-picture-at')!)).toBeLessThan(10_000)
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(boxesOf(bytes).map((box) => box.type)).toEqual(['ftyp', 'moov', 'moof', 'mdat'])
  expect(camera.connections, 'the poster itself asks no camera').toBe(2)
  await camera.stop()
})
