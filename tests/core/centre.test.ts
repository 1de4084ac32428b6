import { afterAll, beforeAll, expect, test } from 'vitest'
import mqtt, { type MqttClient } from 'mqtt'
import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import type { DeviceKind } from '../../domain/device.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import { snapshotSchema, type LogEvent, type Snapshot } from '../../domain/wire/live.ts'
import { commandPayloadSchema, topicOf, type CommandPayload } from '../../domain/wire/mqtt.ts'
import { passwordOf, startCentre, until, type Desk, type TestCentre } from './centre.ts'

let centre: TestCentre
const clients: MqttClient[] = []
beforeAll(async () => {
  centre = await startCentre()
})
afterAll(async () => {
  for (const client of clients) client.end(true)
  await centre.stop()
})

async function device(kind: DeviceKind, id: string) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${centre.mqttPort}`, {
    clientId: id,
    username: id,
    password: passwordOf(id),
    protocolVersion: 4,
  })
  clients.push(client)
  const commands: CommandPayload[] = []
  const stages: string[] = []
  client.on('message', (topic, payload) => {
    const body: unknown = JSON.parse(payload.toString())
    if (topic.endsWith('/command')) commands.push(commandPayloadSchema.parse(body))
    else stages.push((body as { stage: string }).stage)
  })
  await client.subscribeAsync([topicOf(kind, id, 'command'), topicOf(kind, id, 'receipt')], { qos: 1 })
  const say = (channel: 'event' | 'fix' | 'reply' | 'state' | 'beat', body: object, qos: 0 | 1 = 1) =>
    client.publishAsync(topicOf(kind, id, channel), JSON.stringify(body), { qos })
  return { client, commands, stages, say }
}

function events(desk: Desk, kind: LogEvent['kind'], action: string): LogEvent[] {
  return desk.messages.flatMap((m) =>
    m.type === 'event' && m.event.kind === kind && m.event.action === action ? [m.event] : [],
  )
}

test('a press on the wire is on the desk, acknowledged, dispatched by road, driven, arrived and closed', async () => {
  const { api } = centre
  const desk = await centre.desk()
  const snapshot = (await api<Snapshot>('GET', '/snapshot')).body
  snapshotSchema.parse(snapshot)
  expect(snapshot.vehicles.length).toBe(300)
  expect(snapshot.cameras.length).toBe(64)

  const patrols = await Promise.all(['patrol-01', 'patrol-02'].map((id) => device('patrol', id)))
  const homes = ['patrol-01', 'patrol-02'].map((id) => centre.city.places.patrols.find((p) => p.id === id)!)
  for (const [i, patrol] of patrols.entries()) {
    const { homeLng: lng, homeLat: lat } = homes[i]!
    await patrol.say('fix', { at: toIso(Date.now() - 60_000), lng, lat, speedMps: 0 })
  }
  const button = await device('button', 'button-school-01')
  await button.say('state', { state: 'ready' })

  const pressedMs = performance.now()
  await button.say('event', { id: 'press-1', type: 'panic' })
  const raised = (await until('the alarm on the desk', () => events(desk, 'alarm', 'raised')[0]))
    .body as unknown as Alarm
  console.log(`press → event on the desk: ${(performance.now() - pressedMs).toFixed(1)} ms`)
  expect(raised).toMatchObject({ deviceId: 'button-school-01', siteId: 'school-01', priority: 1 })
  const incident = (await until('the incident', () => events(desk, 'incident', 'opened')[0]))
    .body as unknown as Incident
  const site = centre.city.places.sites.find((one) => one.id === 'school-01')!
  expect(incident.cameraIds.slice(0, site.cameraIds.length)).toEqual(site.cameraIds)
  desk.send({ type: 'rendered', alarmId: raised.id, atMs: 0 })
  await until('stored and shown', () => button.stages.includes('shown') && button.stages.includes('stored'))

  const acknowledged = await api<Alarm>('POST', `/alarms/${raised.id}/acknowledge`)
  expect(acknowledged).toMatchObject({ status: 200, body: { owner: 'li', state: 'acknowledged' } })
  const lost = await api('POST', `/alarms/${raised.id}/acknowledge`, undefined, 'wu')
  expect(lost).toMatchObject({ status: 409, body: { code: 'already-acknowledged', owner: 'li' } })

  const recommendation = (await api<Recommendation>('GET', `/incidents/${incident.id}/recommendation`)).body
  expect(recommendation.candidates).toHaveLength(24)
  expect(
    recommendation.candidates
      .filter((c) => c.etaS !== null)
      .map((c) => c.patrolId)
      .toSorted(),
  ).toEqual(['patrol-01', 'patrol-02'])
  expect(recommendation.chosen).not.toBeNull()
  console.log(`recommendation: ${recommendation.chosen}, ${recommendation.computedInMs.toFixed(1)} ms with circles`)
  const chosen = patrols[recommendation.chosen === 'patrol-01' ? 0 : 1]!
  const order = await api<Assignment>('POST', `/incidents/${incident.id}/assignments`, {
    patrolId: recommendation.chosen,
  })
  expect(order.status).toBe(201)
  const command = await until('the order at the terminal', () => chosen.commands[0])
  expect(command).toMatchObject({
    name: 'order',
    args: { assignmentId: order.body.id, incidentNumber: incident.number },
  })

  for (const step of ['accept', 'en-route'] as const) {
    await chosen.say('reply', { id: command.id, ok: true, body: { assignmentId: order.body.id, step } })
  }
  await until('en route', () => events(desk, 'incident', 'enRoute')[0])
  const startMs = Date.now() - 20_000
  const { lng, lat } = incident.place
  await chosen.say(
    'fix',
    [0, 4, 8, 12].map((s) => ({ at: toIso(startMs + s * 1000), lng, lat, speedMps: 0 })),
  )
  // The first of them is a jump from the station; the second agrees with it, and from then on it stands there.
  await chosen.say(
    'fix',
    [16, 20].map((s) => ({ at: toIso(startMs + s * 1000), lng, lat, speedMps: 0 })),
  )
  const onScene = await until('the arrival', () => events(desk, 'assignment', 'on-scene')[0])
  expect(onScene.body).toMatchObject({ arrival: 'detected' })
  await until('arrived on the button', () => button.stages.includes('arrived'))

  await api('POST', `/alarms/${raised.id}/classify`, { disposition: 'real' })
  const closed = await api<Incident>('POST', `/incidents/${incident.id}/close`, { disposition: 'real', note: '已处置' })
  expect(closed.body.state).toBe('closed')
  await until('closed on the button', () => button.stages.includes('closed'))
  const detail = (await api<IncidentDetail>('GET', `/incidents/${incident.id}`)).body
  expect(detail.contacts.length).toBeGreaterThan(0)
  expect(detail.timeline.map((e) => e.action)).toContain('on-scene')
  const numbers = desk.messages.flatMap((m) => (m.type === 'event' ? [m.event.n] : []))
  expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i))
  await until('dots', () => desk.dots > 0)
})

test('a desk that comes back gets what it missed, one that is too far behind a reset; JSON and SSE tell the same', async () => {
  const n = centre.core.events.n
  const desk = await centre.desk(Math.max(0, n - 3))
  await until('the missed events', () => desk.messages.filter((m) => m.type === 'event').length >= 3)
  expect(desk.messages[0]).toMatchObject({ type: 'hello' })
  const ahead = await centre.desk(n + 1_000_000)
  await until('the reset', () => ahead.messages.some((m) => m.type === 'reset'))
  await until('a pulse', () => ahead.messages.some((m) => m.type === 'pulse'))
  const page = (await centre.api<{ events: LogEvent[] }>('GET', `/events?after=${n - 3}&limit=100`)).body
  expect(page.events.slice(0, 3).map((e) => e.n)).toEqual([n - 2, n - 1, n])
})

test('a taxi in an emergency is told to report every 2 s, is tracked, and its trail can be read', async () => {
  const desk = await centre.desk()
  const cab = await device('taxi', 'taxi-007')
  const at = Date.now() - 10_000
  for (let i = 0; i < 5; i++) {
    await cab.say('fix', {
      at: toIso(at + i * 2000),
      lng: 114.62 + i * 0.0001,
      lat: 21.96,
      speedMps: 5,
      status: { hired: true },
    })
  }
  await cab.say('event', { id: 'foot-switch', type: 'panic' })
  const command = await until('the track command', () => cab.commands[0])
  expect(command).toMatchObject({ name: 'track', args: { intervalS: 2, forS: 600 } })
  const opened = await until('the incident', () => events(desk, 'incident', 'opened')[0])
  expect(opened.body).toMatchObject({ vehicleId: 'taxi-007', place: { lng: 114.6204, lat: 21.96 } })
  const vehicles = (await centre.api<{ items: { id: string; hired: boolean }[] }>('GET', '/vehicles?limit=10')).body
    .items
  expect(vehicles.find((v) => v.id === 'taxi-007')?.hired).toBe(true)
  let points = 0
  for (let i = 0; i < 50 && points < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    points = (await centre.api<{ points: unknown[] }>('GET', '/vehicles/taxi-007/trail')).body.points.length
  }
  expect(points).toBe(5)
})

test('a stranger at the edge is a trouble, coverage is there, bad questions get their names', async () => {
  const stranger = mqtt.connect(`mqtt://127.0.0.1:${centre.mqttPort}`, {
    clientId: 'x',
    username: 'nobody',
    password: 'x',
    reconnectPeriod: 0,
  })
  clients.push(stranger)
  stranger.on('error', () => undefined)
  await until('the trouble', () => centre.core.state.troubles.get('device:nobody:refused-unknown-device'))
  let covered = 0
  for (let i = 0; i < 40 && covered === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { zones } = (await centre.api<{ zones: { share: number }[] }>('GET', '/coverage')).body
    expect(zones.length).toBe(centre.city.places.zones.length)
    covered = zones.filter((zone) => zone.share > 0).length
  }
  expect(covered).toBeGreaterThan(0)
  expect((await centre.api('GET', '/incidents/none')).body).toMatchObject({ code: 'not-found' })
  expect((await centre.api('GET', '/vehicles/none/trail')).status).toBe(404)
  expect((await centre.api('GET', '/vehicles/taxi-007/trail?from=yesterday')).status).toBe(400)
  expect((await centre.api('GET', '/signals?device=taxi-007')).body).toMatchObject({
    items: [{ eventId: 'foot-switch', readable: true }],
  })
})

test('while the database is away a press pops up within a second, provisional, and is the same alarm afterwards', async () => {
  const desk = await centre.desk()
  const button = await device('button', 'button-school-03')
  centre.cable.pull()
  await until('the core to notice', () => centre.core.health().database === 'away')
  const pressedMs = performance.now()
  await button.say('event', { id: 'dark-1', type: 'panic' })
  const find = () => desk.messages.flatMap((m) => (m.type === 'provisional' ? [m.alarm] : []))
  const [shown] = await until('the provisional alarm', () => (find().length > 0 ? find() : null), 2_000)
  console.log(`press → provisional: ${(performance.now() - pressedMs).toFixed(0)} ms`)
  expect(shown).toMatchObject({ deviceId: 'button-school-03', provisional: true, priority: 1, occurrences: 1 })
  await button.say('event', { id: 'dark-2', type: 'panic' })
  await until('the repeat', () => find().length === 2)
  expect(find()[1]).toMatchObject({ id: shown!.id, occurrences: 2 })
  await button.say('event', { id: 'dark-2', type: 'panic' })
  centre.cable.plug()
  const stored = await until(
    'the stored alarm',
    () => events(desk, 'alarm', 'repeated').find((e) => e.subjectId === shown!.id),
    10_000,
  )
  expect(stored.body).toMatchObject({ occurrences: 2, state: 'raised' })
  expect(events(desk, 'alarm', 'raised').filter((e) => e.subjectId === shown!.id)).toHaveLength(1)
  expect(find()).toHaveLength(2)
  const snapshot = (await centre.api<Snapshot>('GET', '/snapshot')).body
  expect(snapshot.alarms.filter((a) => a.deviceId === 'button-school-03')).toMatchObject([
    { id: shown!.id, occurrences: 2 },
  ])
  await until('the receipts', () => button.stages.length >= 3)
})
