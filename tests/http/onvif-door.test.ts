import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createOnvifDoor, ONVIF_CALL_MS, ONVIF_DEADLINE_MS } from '../../devices/camera/onvif-door.ts'
import type { OnvifTarget } from '../../devices/camera/onvif-door.ts'
import { STOPS_MAX, WAITING_MAX } from '../../devices/camera/onvif-queue.ts'
import { media2ProfileXml, profileXml, startOnvifDevice } from './onvif-device.ts'
import type { OnvifDevice, OnvifDeviceOptions } from './onvif-device.ts'

const login = { username: 'viewer', password: 'see "all"' }
const devices: OnvifDevice[] = []
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()))
})

async function deviceAt(options: Partial<OnvifDeviceOptions> = {}): Promise<[OnvifDevice, OnvifTarget]> {
  const device = await startOnvifDevice({ ...login, streamUri: 'rtsp://127.0.0.1:1/', ...options })
  devices.push(device)
  return [device, { host: '127.0.0.1', port: device.port, path: '/onvif/device_service', ...login }]
}

function doorWithCounts() {
  const metrics = new Metrics()
  const door = createOnvifDoor({ metrics })
  const failed = metrics.counter('vigil_onvif_failed_total', '')
  return { door, failed: (reason: string) => failed.of({ reason }).value }
}

const codeOf = (order: Promise<unknown>) =>
  order.then(
    () => 'done',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  )
const move = { pan: 0.5, tilt: 0, zoom: 0, durationMs: 100 }

test('a call that is never answered ends by itself and does not hold up the next', async () => {
  const [device, target] = await deviceAt({ lost: ['GetPresets'] })
  const { door, failed } = doorWithCounts()
  const sinceMs = systemClock.monotonicMs()
  const [lost, next] = await Promise.all([
    codeOf(door.presets(target, 'sub')),
    codeOf(door.gotoPreset(target, 'sub', 'p1')),
  ])
  expect([lost, next]).toEqual(['camera-silent', 'done'])
  expect(systemClock.monotonicMs() - sinceMs).toBeLessThan(ONVIF_CALL_MS + 1_500)
  expect(device.calls.at(-1)).toBe('GotoPreset')
  expect(failed('camera-silent')).toBe(1)
})

test('a camera that never answers for its stills has its stream all the same', async () => {
  const [, target] = await deviceAt({ lost: ['GetSnapshotUri'] })
  const found = await createOnvifDoor().describe(target)
  expect(found).toMatchObject({ streamUri: 'rtsp://127.0.0.1:1/', snapshotUri: null, profile: { token: 'sub' } })
})

test('the line of a camera that has stopped answering is bounded; a stop still gets in, another camera does not wait', async () => {
  const [, deaf] = await deviceAt({ odd: 'hang' })
  const [, well] = await deviceAt()
  const { door, failed } = doorWithCounts()
  const sinceMs = systemClock.monotonicMs()
  const moves = Array.from({ length: WAITING_MAX + 3 }, () => codeOf(door.move(deaf, 'sub', move)))
  const stops = Array.from({ length: STOPS_MAX - WAITING_MAX + 1 }, () => codeOf(door.stop(deaf, 'sub')))
  expect(await codeOf(door.move(well, 'sub', move))).toBe('done')
  expect(systemClock.monotonicMs() - sinceMs).toBeLessThan(ONVIF_DEADLINE_MS)
  // One is being asked and WAITING_MAX wait; what is beyond is refused at once.
  expect(failed('queue-full')).toBe(3)
  expect(await Promise.all(moves)).toEqual(moves.map(() => 'camera-silent'))
  // The third waited for two time-outs: nobody looks at that turn any more.
  expect(failed('queue-late')).toBe(WAITING_MAX - 1)
  expect(await Promise.all(stops)).toEqual(stops.map(() => 'camera-silent'))
}, 40_000)

test('presets of one name are both listed, and one without a name by its token', async () => {
  const [, target] = await deviceAt()
  expect(await createOnvifDoor().presets(target, 'sub')).toEqual([
    { token: 'p1', name: '门口' },
    { token: 'p2', name: '门口' },
    { token: 'p3', name: null },
  ])
})

test('H.264 is preferred, H.265 is taken where there is nothing else, also from the newer media service', async () => {
  const mixed = profileXml('h265', 'H265', 640) + profileXml('h264', 'H264', 1920)
  const [, both] = await deviceAt({ profiles: mixed })
  expect((await createOnvifDoor().describe(both)).profile).toMatchObject({ token: 'h264', encoding: 'H264' })
  const only = media2ProfileXml('main', 'H265', 3840) + media2ProfileXml('sub', 'H265', 704)
  const [, newer] = await deviceAt({ media2Profiles: only })
  const found = await createOnvifDoor().describe(newer)
  expect(found.profiles.map(({ encoding }) => encoding)).toEqual(['H265', 'H265'])
  expect(found).toMatchObject({ profile: { token: 'sub' }, streamUri: 'rtsp://127.0.0.1:1/' })
})

test('the clock of a camera is measured without a login, and its own time goes into the login', async () => {
  for (const aheadMs of [-3_600_000, 90_000, 0]) {
    const [device, target] = await deviceAt({ clockAheadMs: aheadMs })
    const door = createOnvifDoor()
    const reading = await door.readClock({ ...target, password: 'wrong' })
    expect(Math.abs(reading!.offsetMs - aheadMs)).toBeLessThanOrEqual(reading!.uncertainMs + 1)
    expect(reading!.uncertainMs).toBeLessThan(1_500)
    // The device refuses a login whose time is not its own.
    await door.gotoHome(target, 'sub')
    expect(device.calls.at(-1)).toBe('GotoHomePosition')
  }
})
