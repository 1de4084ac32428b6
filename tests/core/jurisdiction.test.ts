import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import type { LogEvent, Snapshot } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { startCentre, until, type Desk, type TestCentre } from './centre.ts'
import { connectDevice, eventsOf, type PressedDevice } from './devices.ts'

let centre: TestCentre
const devices: PressedDevice[] = []
beforeAll(async () => {
  centre = await startCentre()
  await centre.officer('east', 'city/east')
  await centre.officer('west', 'city/west')
  await centre.officer('town', 'town')
  for (const [site, jurisdiction] of [
    ['school-01', 'city/east'],
    ['school-02', 'city/east'],
  ] as const) {
    const body = { ...centre.core.state.sites.get(site)!, jurisdiction }
    await centre.core.events.transact(async (tx) => {
      await tx.execute('update site set body = $2 where id = $1', [site, JSON.stringify(body)])
      const event = { kind: 'site' as const, action: 'changed', subjectId: site, actor: 'test', body }
      await centre.core.events.append(tx, event)
    })
  }
})
afterAll(async () => {
  for (const { client } of devices) client.end(true)
  await centre.stop()
})

async function press(device: string, id: string): Promise<void> {
  const button = await connectDevice(centre.mqttPort, device)
  devices.push(button)
  await button.press(id)
}
const snapshotOf = async (who: string) => (await centre.api<Snapshot>('GET', '/snapshot', undefined, who)).body
const numbersOf = (desk: Desk) => desk.messages.flatMap((m) => (m.type === 'event' ? [m.event.n] : []))
const acknowledge = (id: string, who: string) => centre.api<Alarm>('POST', `/alarms/${id}/acknowledge`, undefined, who)

test('an officer sees the alarms of the own jurisdiction; another gets their numbers alone, until nobody answers', async () => {
  const [east, west] = [await centre.desk(null, 'east'), await centre.desk(null, 'west')]
  await press('button-school-01', 'e-1')
  const raised = await until('the alarm in the east', () => eventsOf(east, 'alarm', 'raised')[0])
  const { id, incidentId } = raised.body as unknown as Alarm
  await until('its number in the west', () => numbersOf(west).includes(raised.n))
  expect(eventsOf(west, 'alarm', 'raised')).toEqual([])
  expect(eventsOf(west, 'incident', 'opened')).toEqual([])
  const hidden = west.messages.find((m) => m.type === 'event' && m.event.n === raised.n)
  expect(hidden).toMatchObject({ event: { action: 'elsewhere', subjectId: '', body: {} } })
  expect((await snapshotOf('west')).alarms).toEqual([])
  expect((await snapshotOf('east')).alarms.map((one) => one.id)).toEqual([id])
  expect((await snapshotOf('west')).sites.some((site) => site.id === 'school-01')).toBe(false)
  const listed = await centre.api<{ events: LogEvent[] }>(
    'GET',
    `/events?after=${raised.n - 1}&limit=1`,
    undefined,
    'west',
  )
  expect(listed.body.events).toMatchObject([{ n: raised.n, action: 'elsewhere' }])
  expect(await acknowledge(id, 'west')).toMatchObject({ status: 404 })
  expect((await centre.api('GET', `/incidents/${incidentId}`, undefined, 'west')).status).toBe(404)
  expect((await centre.api('POST', '/sites/school-01/drills', {}, 'west')).status).toBe(403)

  // Nobody is on duty anywhere: after five seconds everybody is called, and a trouble stands.
  const called = await until('the call in the west', () => eventsOf(west, 'alarm', 'called')[0], 20_000)
  expect(called.body).toMatchObject({ id, escalatedTo: [{ to: 'everyone' }] })
  await until('its incident', () => eventsOf(west, 'incident', 'called')[0])
  await until('the trouble', () => centre.core.state.troubles.get('device:button-school-01:unseen'))
  expect((await acknowledge(id, 'west')).status).toBe(200)
  await until('no trouble', () => !centre.core.state.troubles.has('device:button-school-01:unseen'))
  const numbers = numbersOf(west)
  expect(numbers, 'without a gap').toEqual(numbers.map((_, i) => numbers[0]! + i))
}, 40_000)

test('with somebody on duty elsewhere the parent jurisdiction is called; who goes on duty before a painted alarm has seen it', async () => {
  const [east, west, town] = [
    await centre.desk(null, 'east'),
    await centre.desk(null, 'west'),
    await centre.desk(null, 'town'),
  ]
  west.send({ type: 'duty', on: true, sound: 'running' })
  await until('the duty', () => eventsOf(west, 'duty', 'began')[0])
  await press('button-school-02', 'e-2')
  const raised = await until('the alarm', () => eventsOf(east, 'alarm', 'raised').at(-1))
  const id = raised.subjectId
  east.send({ type: 'rendered', alarmId: id, atMs: 0 })
  const called = await until(
    'the parent',
    () => eventsOf(west, 'alarm', 'called').find((e) => e.subjectId === id),
    20_000,
  )
  expect(called.body).toMatchObject({ escalatedTo: [{ to: 'parent', jurisdiction: 'city' }] })
  expect(eventsOf(town, 'alarm', 'called').filter((e) => e.subjectId === id)).toEqual([])
  await until('the trouble', () => centre.core.state.troubles.get('device:button-school-02:unseen'), 20_000)
  east.send({ type: 'duty', on: true, sound: 'running' })
  await until('no trouble', () => !centre.core.state.troubles.has('device:button-school-02:unseen'))
}, 60_000)

test('the dot of a patrol goes to the desks of its jurisdiction, and its place into no list of another', async () => {
  const { state, events } = centre.core
  const body = { ...state.patrols.get('patrol-01')!, jurisdiction: 'city/east' }
  await events.transact((tx) =>
    events.append(tx, { kind: 'patrol', action: 'changed', subjectId: body.id, actor: 'test', body }),
  )
  const [east, west, city] = [await centre.desk(null, 'east'), await centre.desk(null, 'west'), await centre.desk()]
  const move = async (patrol: string) => {
    const terminal = await connectDevice(centre.mqttPort, patrol, { kind: 'patrol' })
    devices.push(terminal)
    const fix = { at: new Date().toISOString(), lng: 114.62, lat: 21.96, speedMps: 1 }
    await terminal.client.publishAsync(topicOf('patrol', patrol, 'fix'), JSON.stringify([fix]))
  }
  await move('patrol-01')
  await until('the dot in the east and in the city', () => east.dots > 0 && city.dots > 0)
  expect(west.dots).toBe(0)
  const { body: listed } = await centre.api<{ items: { id: string }[] }>('GET', '/patrols', undefined, 'west')
  expect(listed.items.map(({ id }) => id)).not.toContain('patrol-01')
  expect((await centre.api('GET', '/vehicles/patrol-01/trail', undefined, 'west')).status).toBe(404)
  expect((await centre.api('GET', '/vehicles/patrol-01/trail', undefined, 'east')).status).toBe(200)
  // Without a jurisdiction it is nobody's in particular.
  await move('patrol-02')
  await until('the other dot in the west', () => west.dots > 0)
})

test('a device that was offline hears that it was answered when it listens again, whatever its session', async () => {
  const find = (device: string) =>
    until('the alarm', () => [...centre.core.state.alarms.values()].find((one) => one.deviceId === device))
  for (const [device, clean] of [
    ['button-school-04', true],
    ['button-school-05', false],
  ] as const) {
    const before = await connectDevice(centre.mqttPort, device, { clean })
    await before.press('off-1')
    const { id } = await find(device)
    await until('stored', () => before.heard.includes('off-1 stored'))
    await before.client.endAsync(true)
    expect((await acknowledge(id, 'li')).status).toBe(200)
    const sent = `select 1 from outbox where device_id = $1 and payload->>'stage' = 'acknowledged' and sent_at is not null`
    for (let i = 0; i < 100 && (await centre.straight.query(sent, [device])).length === 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const after = await connectDevice(centre.mqttPort, device, { clean })
    devices.push(after)
    await until(`the answer at ${device}`, () => after.heard.includes('off-1 acknowledged'))
  }
})

test('what is moved to another jurisdiction leaves the desks that lose it and reaches those that gain it at once', async () => {
  await centre.officer('mover', '', 'admin')
  const send = (path: string, jurisdiction: string) => centre.api('PATCH', path, { jurisdiction }, 'mover')
  const ofThing = (desk: Desk, id: string) =>
    desk.messages.flatMap((m) => (m.type === 'event' && m.event.subjectId === id ? [m.event] : []))
  const isReset = (desk: Desk) => desk.messages.some((m) => m.type === 'reset')
  await send('/patrols/patrol-03', 'city/east')
  await send('/sites/school-03', 'city/east')
  const [east, west, city] = [await centre.desk(null, 'east'), await centre.desk(null, 'west'), await centre.desk()]
  const before = centre.core.events.n

  expect((await send('/patrols/patrol-03', 'city/west')).status).toBe(200)
  const gone = await until('the patrol to leave the east', () => ofThing(east, 'patrol-03')[0])
  expect(gone).toMatchObject({ kind: 'patrol', action: 'removed', actor: 'centre', body: { id: 'patrol-03' } })
  expect(Object.keys(gone.body), 'and nothing else of it').toEqual(['id'])
  const gained = await until('the patrol in the west', () => ofThing(west, 'patrol-03')[0])
  expect(gained).toMatchObject({ action: 'changed', body: { callsign: expect.any(String) as string, status: 'free' } })
  await until('the city', () => ofThing(city, 'patrol-03')[0]?.action === 'changed')
  expect([east, west, city].map(isReset), 'nothing hangs on a patrol').toEqual([false, false, false])

  // A site takes its buttons and cameras along: who loses or gains them takes a new snapshot.
  const buttonsOf = async (who: string) =>
    (await snapshotOf(who)).devices.filter(({ siteId }) => siteId === 'school-03').length
  expect(await buttonsOf('east')).toBeGreaterThan(0)
  expect(await buttonsOf('west')).toBe(0)
  await send('/sites/school-03', 'city/west')
  await until('the east', () => ofThing(east, 'school-03')[0]?.action === 'removed' && isReset(east))
  await until('the west', () => ofThing(west, 'school-03')[0]?.action === 'changed' && isReset(west))
  await until('the city', () => ofThing(city, 'school-03')[0]?.action === 'changed')
  expect(isReset(city), 'who sees both places loses and gains nothing').toBe(false)
  expect(await buttonsOf('east')).toBe(0)
  expect(await buttonsOf('west')).toBeGreaterThan(0)
  expect(centre.core.state.sites.get('school-03')).not.toHaveProperty('movedFrom')

  // The same for a desk that was away meanwhile, and for an integrator that reads pages.
  const late = await centre.desk(before, 'east')
  await until('what was missed', () => ofThing(late, 'school-03')[0]?.action === 'removed' && isReset(late))
  expect(ofThing(late, 'patrol-03').map(({ action }) => action)).toEqual(['removed'])
  const { events } = (await centre.api<{ events: LogEvent[] }>('GET', `/events?after=${before}&limit=50`, undefined, 'east')).body // prettier-ignore
  expect(events.filter(({ subjectId }) => subjectId === 'patrol-03')).toMatchObject([{ action: 'removed' }])
})
