import { tmpdir } from 'node:os'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { readNotifications } from '../../devices/camera/camera-event.ts'
import { readXml } from '../../devices/camera/xml-tree.ts'
import { CameraEvents } from '../../gateway/cameras/camera-events.ts'
import { EventStates } from '../../gateway/cameras/event-states.ts'
import { CAMERA_USERNAME, createCameraFarm, type CameraFarm } from '../../simulators/camera/camera-farm.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'

let fixture: Fixture
let farm: CameraFarm
let admin: Client
let listening: CameraEvents | null = null

beforeAll(async () => {
  fixture = await startFixture({ networks: '127.0.0.0/8', routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
  farm = await createCameraFarm({
    cameras: ['gate', 'yard'].map((id) => ({ id, name: id, ptz: false })),
    rtspPort: 0,
    onvifPort: 0,
    discoveryPort: null,
    password: 'right "one"',
    clock: systemClock,
    log: silentLog,
    metrics: new Metrics(),
  })
})
afterEach(() => {
  listening?.stop()
  listening = null
})
afterAll(async () => {
  await farm.close()
  await fixture.close()
})

async function addCamera(id: string, more: object = {}, password = 'right "one"'): Promise<void> {
  const login = { username: CAMERA_USERNAME, password }
  const source = {
    kind: 'onvif',
    host: '127.0.0.1',
    port: farm.onvifPort,
    path: `/${id}/onvif/device_service`,
    ...login,
  }
  const body = { id, name: id, lng: 114, lat: 22, source, ...more }
  const answer = await admin.send('POST', 'cameras?force=true', body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
}

function listen(): Metrics {
  const metrics = new Metrics()
  listening = new CameraEvents({ ...fixture, metrics, random: () => 0.01, rows: () => fixture.fleet.rows() })
  listening.start()
  return metrics
}

const stands = (id: string, code: string) => fixture.troubles.stands('camera', id, code)
const comes = (what: () => boolean, words: string) => vi.waitFor(() => expect(what(), words).toBe(true), 20_000)

test('a camera that says it is covered is a trouble until it says that it is not; its input only where that is wanted', async () => {
  await addCamera('gate')
  await addCamera('yard', { events: 'inputs-too' })
  listen()
  await comes(() => farm.events.subscribers('gate') === 1 && farm.events.subscribers('yard') === 1, 'listened to')
  for (const id of ['gate', 'yard']) {
    farm.events.set(id, 'tamper', true)
    farm.events.set(id, 'digital-input', true)
  }
  await comes(() => stands('gate', 'covered') && stands('yard', 'covered') && stands('yard', 'input-active'), 'told')
  expect(stands('gate', 'input-active'), 'nobody asked for it').toBe(false)
  const rows = await fixture.database.query<{ detail: string }>(
    `select detail from trouble where id = 'camera:gate:covered'`,
  )
  expect(rows[0]!.detail).toMatch(/^gate: says that it is covered.*\(tamperdetector source-config\)$/)
  for (const id of ['gate', 'yard']) farm.events.set(id, 'tamper', false)
  farm.events.set('yard', 'digital-input', false)
  await comes(() => !stands('gate', 'covered') && !stands('yard', 'covered') && !stands('yard', 'input-active'), 'over')
})

test('a camera that has started anew is listened to again, and tells what holds', async () => {
  listen()
  await comes(() => farm.events.subscribers('gate') === 1, 'listened to')
  farm.events.set('gate', 'signal-loss', true)
  await comes(() => stands('gate', 'video-loss'), 'told')
  farm.events.forget('gate')
  farm.events.set('gate', 'signal-loss', false)
  await comes(() => !stands('gate', 'video-loss'), 'the end that nobody heard is told by the synchronisation')
  expect(farm.events.subscribers('gate')).toBe(1)
})

test('a camera that is switched off at the centre is left alone, and nothing of it stands', async () => {
  listen()
  await comes(() => farm.events.subscribers('yard') === 1, 'listened to')
  farm.events.set('yard', 'tamper', true)
  await comes(() => stands('yard', 'covered'), 'told')
  expect((await admin.send('PATCH', 'cameras/yard', { events: 'off' })).status).toBe(200)
  await comes(() => !stands('yard', 'covered') && farm.events.subscribers('yard') === 0, 'left')
  farm.events.set('yard', 'tamper', false)
})

test('after two refused logins nobody asks again until another password is typed', async () => {
  await admin.send('DELETE', 'cameras/gate')
  await addCamera('gate', {}, 'wrong')
  const metrics = listen()
  const watches = () => /vigil_camera_event_watches\{state="refused"\} (\d+)/.exec(metrics.text())?.[1]
  await comes(() => watches() === '1', 'refused')
  expect(farm.events.subscribers('gate')).toBe(0)
  await admin.send('DELETE', 'cameras/gate')
  await addCamera('gate')
  await comes(() => farm.events.subscribers('gate') === 1, 'listened to')
})

const wrap = (topic: string, source: string, data: string, operation = 'Changed') =>
  readXml(
    `<wsnt:NotificationMessage xmlns:wsnt="w"><wsnt:Topic>${topic}</wsnt:Topic><wsnt:Message><tt:Message PropertyOperation="${operation}">` +
      `<tt:Source>${source}</tt:Source><tt:Data>${data}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`,
  )!

test('topics of the standard and of makers are known, with their sources', () => {
  const item = (name: string, value: string) => `<tt:SimpleItem Name="${name}" Value="${value}"/>`
  const cases = [
    ['tns1:VideoSource/MotionAlarm', item('Source', 'v1'), item('State', 'true'), 'motion', 'v1', true],
    ['tns1:RuleEngine/CellMotionDetector/Motion', item('V', 'v'), item('IsMotion', '0'), 'motion', 'v', false],
    [
      'tns1:VideoSource/GlobalSceneChange/ImagingService',
      item('S', 'v1'),
      item('State', '1'),
      'tamper',
      'globalscenechange v1',
      true,
    ],
    ['tns1:VideoSource/ImageTooDark/AnalyticsService', '', item('State', 'true'), 'tamper', 'imagetoodark', true],
    ['tns1:Device/tnsaxis:IO/tnsaxis:DigitalInput', item('port', '3'), item('state', '1'), 'digital-input', '3', true],
    [
      'tns1:Device/Trigger/DigitalInput',
      item('InputToken', 'in1'),
      item('LogicalState', 'false'),
      'digital-input',
      'in1',
      false,
    ],
    ['tns1:VideoSource/tnshik:VideoLoss', '', item('State', 'true'), 'video-loss', '', true],
  ] as const
  for (const [topic, source, data, kind, name, isActive] of cases) {
    const root = { ...wrap(topic, source, data) }
    const holder = { ...root, name: 'PullMessagesResponse', children: [root] }
    expect(readNotifications(holder), topic).toEqual({ events: [{ kind, source: name, isActive }], other: 0 })
  }
  const other = wrap('tns1:Monitoring/ProcessorUsage', '', item('Value', '7'))
  expect(readNotifications({ ...other, children: [other] })).toEqual({ events: [], other: 1 })
})

test('nothing that a camera answers throws, grows or hangs', () => {
  const good =
    '<?xml version="1.0"?><s:Envelope xmlns:s="u"><s:Body a="1>2"><!-- x --><p:x xmlns:p="v"><![CDATA[a<b]]>&#65;&amp;</p:x></s:Body></s:Envelope>'
  const root = readXml(good)!
  expect(root.children[0]!.children[0]).toMatchObject({ name: 'x', namespace: 'v', text: 'a<bA&' })
  for (const bad of [
    '',
    'x',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<!DOCTYPE a><a/>',
    '<a b="',
    '<a><!-- </a>',
    '<'.repeat(200_000),
  ]) {
    expect(readXml(bad), bad.slice(0, 20)).toBeNull()
  }
  expect(readXml('<a>'.repeat(100) + '</a>'.repeat(100)), 'too deep').toBeNull()
  expect(readXml(`<a>${'<b/>'.repeat(30_000)}</a>`), 'too many').toBeNull()
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length), fc.string({ maxLength: 6 })), { maxLength: 8 }), (cuts) => {
      let text = good
      for (const [at, put] of cuts) text = text.slice(0, at) + put + text.slice(at + 1)
      const read = readXml(text)
      if (read) readNotifications(read)
    }),
    { numRuns: 500 },
  )
})

test('a camera with too many sources loses the rest, counted; a short press is not missed', () => {
  const states = new EventStates()
  for (let i = 0; i < 40; i++) states.apply({ kind: 'digital-input', source: `r${i}`, isActive: true }, 0)
  expect(states.dropped).toBe(8)
  const input = new EventStates()
  input.apply({ kind: 'digital-input', source: 'in1', isActive: true }, 1_000)
  input.apply({ kind: 'digital-input', source: 'in1', isActive: false }, 1_100)
  expect(input.take('digital-input', 2_000, 0)).toEqual({ begun: 'in1' })
  expect(input.take('digital-input', 2_000, 0), 'not yet quiet').toBeNull()
  expect(input.take('digital-input', 7_000, 0)).toBe('over')
})

test('what was told before a break and not since is over after a minute, and not before', () => {
  const states = new EventStates()
  states.apply({ kind: 'tamper', source: 'a', isActive: true }, 0)
  expect(states.take('tamper', 100, 0)).toEqual({ begun: 'a' })
  states.subscribed()
  expect(states.take('tamper', 200_000, null), 'nobody listens').toBeNull()
  expect(states.take('tamper', 200_000, 190_000)).toBeNull()
  expect(states.take('tamper', 251_000, 190_000)).toBe('over')
})
