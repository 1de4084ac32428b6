import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import { ownRoutes, startFixture, type Fixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
})
afterAll(() => fixture.close())

test('a camera that pushes gets an address and a key once; a new one ends the one before; others get none', async () => {
  const admin = await fixture.as('admin')
  const add = (path: string, source: object, id: string) =>
    admin.send<Camera>('POST', path, { id, name: '随身机', lng: 114.2, lat: 22.7, source })
  const { body: camera, status } = await add('cameras', { kind: 'push' }, 'body-cam-1')
  expect(status).toBe(201)
  expect(camera.source).toMatchObject({ kind: 'push', address: '', username: null })
  const issue = () => admin.send<{ server: string; streamKey: string }>('POST', 'cameras/body-cam-1/publish-key')
  const first = await issue()
  const second = await issue()
  expect(first.body.server).toMatch(/^rtmp:\/\/127\.0\.0\.1:\d+\/push$/)
  expect(second.body.streamKey).toMatch(/^[0-9A-Z]{26}\?key=[0-9a-f]{32}$/)
  expect(second.body.streamKey).not.toBe(first.body.streamKey)
  const rows = await fixture.database.query<{ stream_address: string }>(
    "select stream_address from camera where id = 'body-cam-1'",
  )
  const [name, key] = second.body.streamKey.split('?key=')
  expect(rows[0]!.stream_address).toBe(`push:/push/${name}`)
  const stored = await fixture.database.query(
    'select 1 from camera where body::text like $1 or stream_address like $1',
    [`%${key}%`],
  )
  expect(stored, 'the key itself is kept nowhere').toEqual([])
  const { body: known } = await admin.get<{ source: { address: string } }>('cameras/body-cam-1')
  expect(known.source.address, 'that it has one').toBe('/push/…')
  const told = [await admin.get('cameras'), await admin.get('cameras/register.csv'), await fixture.events.read(0)]
  expect(JSON.stringify(told), 'its path is told once, like its key').not.toContain(name)
  await add('cameras?force=true', { kind: 'rtsp', url: 'rtsp://127.0.0.1:1/asked' }, 'asked')
  expect((await admin.send('POST', 'cameras/asked/publish-key')).status).toBe(409)
  expect((await admin.send('POST', 'cameras/nobody/publish-key')).status).toBe(404)
  expect((await (await fixture.as('officer')).send('POST', 'cameras/asked/publish-key')).status).toBe(403)
})
