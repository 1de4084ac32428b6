import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import { systemClock, type Clock } from '../../domain/clock.ts'
import { CameraClocks, CLOCK_EVERY_MS } from '../../gateway/cameras/camera-clocks.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'
import { startOnvifDevice, type OnvifDevice, type OnvifDeviceOptions } from './onvif-device.ts'

const login = { username: 'viewer', password: 'see "all"' }
const options: OnvifDeviceOptions = { ...login, streamUri: 'rtsp://127.0.0.1:1/', clockAheadMs: 92_000 }
let device: OnvifDevice
let fixture: Fixture
let admin: Client
/** The clock of the rounds, turned on by so much: every camera is due again. The door measures by the real one. */
let laterMs = 0
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + laterMs }
let clocks: CameraClocks
let reloads = 0

beforeAll(async () => {
  device = await startOnvifDevice(options)
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  const reload = () => {
    reloads++
    return fixture.fleet.reload()
  }
  clocks = new CameraClocks({ ...fixture, clock, reload })
  const source = { kind: 'onvif', host: '127.0.0.1', port: device.port, ...login }
  const answer = await admin.send('POST', 'cameras?force=true', { id: 'gate', name: '东门', lng: 114, lat: 22, source })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
})
afterAll(async () => {
  await fixture.close()
  await device.stop()
})

/** The next round of questions. */
async function turnWith(aheadMs: number): Promise<Camera> {
  laterMs += CLOCK_EVERY_MS + 1_000
  options.clockAheadMs = aheadMs
  await clocks.turn()
  return (await admin.get<Camera>('cameras/gate')).body
}

const standing = () => fixture.troubles.stands('camera', 'gate', 'clock-off')

test('a camera whose clock is wrong is a trouble in words; a camera is not asked before its turn', async () => {
  expect((await admin.get<Camera>('cameras/gate')).body.clockOffsetMs).toBeNull()
  const camera = await turnWith(92_000)
  expect(Math.abs(camera.clockOffsetMs! - 92_000)).toBeLessThan(1_500)
  expect(standing()).toBe(true)
  const rows = await fixture.database.query<{ detail: string; facts: object }>(
    `select detail, facts from trouble where code = 'clock-off' and restored_at is null`,
  )
  expect(rows).toEqual([
    {
      detail: expect.stringMatching(/^东门: camera clock is off by 9[123] s \(ahead\)$/) as string,
      facts: { seconds: expect.any(Number) as number },
    },
  ])
  expect(reloads).toBe(1)
  const asked = device.calls.length
  await clocks.turn()
  expect(device.calls).toHaveLength(asked)
})

test('it is told once while it stands, and is over when the clock is right; near the limit nothing comes and goes', async () => {
  await turnWith(92_000)
  expect(reloads, 'the same offset is no news').toBe(1)
  await turnWith(1_800)
  expect(standing(), 'not yet good').toBe(true)
  const camera = await turnWith(0)
  expect(Math.abs(camera.clockOffsetMs!)).toBeLessThan(1_500)
  expect(standing()).toBe(false)
  await turnWith(1_800)
  expect(standing(), 'not yet bad').toBe(false)
  await turnWith(-3_600_000)
  expect(standing()).toBe(true)
})

test('a camera that does not answer keeps what was known; one that is removed takes its trouble along', async () => {
  options.lost = ['GetSystemDateAndTime']
  const camera = await turnWith(0)
  expect(camera.clockOffsetMs).toBeLessThan(-3_590_000)
  expect(standing()).toBe(true)
  await admin.send('DELETE', 'cameras/gate')
  await clocks.turn()
  expect(standing()).toBe(false)
})
