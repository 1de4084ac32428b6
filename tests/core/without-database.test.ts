import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { startCentre, until, type Desk, type TestCentre } from './centre.ts'
import { connectDevice, eventsOf, type PressedDevice } from './devices.ts'

let centre: TestCentre
let desk: Desk
const devices: PressedDevice[] = []
beforeAll(async () => {
  centre = await startCentre()
  desk = await centre.desk()
  for (const [n, patrol] of ['patrol-01', 'patrol-02', 'patrol-03'].entries()) await drive(patrol, n)
})
afterAll(async () => {
  for (const { client } of devices) client.end(true)
  await centre.stop()
})
afterEach(() => centre.cable.plug())

/** Its terminal tells where it is: near the first school, each a little farther. */
async function drive(patrol: string, n: number): Promise<void> {
  const terminal = await connectDevice(centre.mqttPort, patrol, { kind: 'patrol' })
  devices.push(terminal)
  const site = centre.core.state.sites.get('school-06')!
  const fix = { at: new Date().toISOString(), lng: site.lng + 0.001 * (n + 1), lat: site.lat, speedMps: 0 }
  await terminal.client.publishAsync(topicOf('patrol', patrol, 'fix'), JSON.stringify([fix]))
  await until('its place', () => centre.core.state.positions.get(patrol)?.known)
}
async function press(id: string, eventId: string): Promise<void> {
  const device = await connectDevice(centre.mqttPort, id)
  devices.push(device)
  await device.press(eventId)
}
async function away(): Promise<void> {
  centre.cable.pull()
  await until('the core to notice', () => centre.core.health().database === 'away', 20_000)
}
const raisedOf = (deviceId: string) =>
  until('the alarm', () => [...centre.core.state.alarms.values()].find((one) => one.deviceId === deviceId), 20_000)
const provisional = (deviceId: string) =>
  desk.messages.flatMap((m) => (m.type === 'provisional' && m.alarm.deviceId === deviceId ? [m.alarm] : []))
const post = <T = Alarm>(path: string, body?: unknown, who = 'li') => centre.api<T>('POST', path, body, who)
const actionsOf = (id: string) =>
  desk.messages.flatMap((m) => (m.type === 'event' && m.event.subjectId === id ? [m.event.action] : []))
const stored = async (id: string) =>
  (await centre.straight.query<{ body: Alarm }>('select body from alarm where id = $1', [id]))[0]?.body
const ordersOf = async (patrolId: string) =>
  (
    await centre.straight.query<{ body: Assignment }>('select body from assignment where patrol_id = $1', [patrolId])
  ).map(({ body }) => body)

test('an alarm is taken over without the database, on every desk at once, and its reason is in the audit afterwards', async () => {
  await press('button-school-01', 't-1')
  const { id } = await raisedOf('button-school-01')
  expect((await post(`/alarms/${id}/acknowledge`)).status).toBe(200)
  await until('stored', () => actionsOf(id).includes('acknowledged'))
  await away()
  const before = Date.now()
  const taken = await post(`/alarms/${id}/take-over`, { reason: '换班' }, 'wu')
  expect(taken).toMatchObject({ status: 200, body: { owner: 'wu', state: 'acknowledged', provisional: true } })
  await until('every desk', () => provisional('button-school-01').at(-1)?.owner === 'wu')
  const { alarms } = (await centre.api<Snapshot>('GET', '/snapshot')).body
  expect(alarms.find((one) => one.id === id)).toMatchObject({ owner: 'wu' })
  // Back again: the last word counts, and both are kept in their order.
  expect((await post(`/alarms/${id}/take-over`, { reason: '换回' }, 'li')).body).toMatchObject({ owner: 'li' })
  centre.cable.plug()
  await until('both are stored', () => actionsOf(id).filter((one) => one === 'taken-over').length === 2, 10_000)
  expect(await stored(id)).toMatchObject({ owner: 'li' })
  const audit = await centre.straight.query<{ actor: string; reason: string; facts: { from: string } }>(
    `select actor, reason, facts from audit where action = 'alarm.take-over' and object_id = $1 order by at`,
    [id],
  )
  expect(audit).toMatchObject([
    { actor: 'wu', reason: '换班', facts: { from: 'li' } },
    { actor: 'li', reason: '换回', facts: { from: 'wu' } },
  ])
  expect(eventsOf(desk, 'note', 'taken-from').filter(({ body }) => body['alarmId'] === id)).toHaveLength(2)
  const rows = await centre.straight.query<{ at: string }>('select decided_at as at from decision where alarm_id = $1 order by id', [id]) // prettier-ignore
  expect(Math.abs(Date.parse(rows[0]!.at) - before)).toBeLessThan(2_000)
})

test('a take-over that a slow database has stored after all is one take-over, with one row in the audit', async () => {
  await press('button-school-03', 'v-1')
  const { id } = await raisedOf('button-school-03')
  await post(`/alarms/${id}/acknowledge`)
  // Somebody holds the alarm's row for longer than an officer is kept waiting.
  const blocker = centre.straight.tx(async (tx) => {
    await tx.query('select 1 from alarm where id = $1 for update', [id])
    await new Promise((resolve) => setTimeout(resolve, 1_500))
  })
  await new Promise((resolve) => setTimeout(resolve, 200))
  const taken = await post(`/alarms/${id}/take-over`, { reason: '换班' }, 'wu')
  expect(taken).toMatchObject({ status: 200, body: { owner: 'wu', provisional: true } })
  await blocker
  await until('stored', () => actionsOf(id).includes('taken-over'), 15_000)
  await until('nothing waits', () => !/vigil_decisions_waiting [1-9]/.test(centre.metrics.text()), 15_000)
  expect(actionsOf(id).filter((one) => one === 'taken-over')).toHaveLength(1)
  const audit = await centre.straight.query(`select reason from audit where action = 'alarm.take-over' and object_id = $1`, [id]) // prettier-ignore
  expect(audit).toEqual([{ reason: '换班' }])
})

test('a take-over silences no press that its officer had not seen', async () => {
  await press('button-school-02', 'u-1')
  const { id } = await raisedOf('button-school-02')
  await away()
  await post(`/alarms/${id}/acknowledge`)
  expect((await post(`/alarms/${id}/take-over`, { reason: '换班' }, 'wu')).body).toMatchObject({ owner: 'wu' })
  await press('button-school-02', 'u-2')
  const again = await until('the second press', () => provisional('button-school-02').find((a) => a.occurrences === 2))
  expect(again).toMatchObject({ state: 'raised', owner: 'wu' })
  centre.cable.plug()
  await until('the merge', () => actionsOf(id).includes('taken-over'), 10_000)
  expect(await stored(id)).toMatchObject({ state: 'raised', owner: 'wu', occurrences: 2 })
})

test('without the database the patrols are ranked for an alarm that has no incident yet; who was sent by radio is kept, on every desk, and recorded once as of then', async () => {
  await away()
  await press('button-school-06', 'r-1')
  const { id } = await until('the provisional alarm', () => provisional('button-school-06')[0])
  await post(`/alarms/${id}/acknowledge`)
  const ranked = await centre.api<Recommendation>('GET', `/alarms/${id}/recommendation`)
  expect(ranked).toMatchObject({ status: 200, body: { chosen: 'patrol-01' } })
  // No order can be sent: refused in words, not left hanging.
  expect(await post(`/incidents/${ranked.body.incidentId}/assignments`, { patrolId: 'patrol-01' })).toMatchObject({
    status: 503,
    body: { code: 'database-away' },
  })
  const before = Date.now()
  const told = await post(`/alarms/${id}/radio-order`, { patrolId: 'patrol-01' })
  expect(told).toMatchObject({ status: 200, body: { radioOrders: [{ patrolId: 'patrol-01', by: 'li' }] } })
  await until('every desk', () => provisional('button-school-06').at(-1)?.radioOrders?.length === 1)
  expect((await post(`/alarms/${id}/radio-order`, { patrolId: 'patrol-01' })).body.radioOrders).toHaveLength(1)
  const next = await centre.api<Recommendation>('GET', `/alarms/${id}/recommendation`)
  expect(next.body.chosen, 'nobody is offered who is on the way').toBe('patrol-02')
  await press('button-school-07', 'r-2')
  const other = await until('another alarm', () => provisional('button-school-07')[0])
  expect(await post(`/alarms/${other.id}/radio-order`, { patrolId: 'patrol-01' }, 'wu')).toMatchObject({
    status: 409,
    body: { code: 'patrol-busy', by: 'li' },
  })
  expect((await post(`/alarms/${id}/radio-order`, { patrolId: 'patrol-99' })).status).toBe(404)

  centre.cable.plug()
  await until('the order', () => actionsOf(id).includes('ordered-by-radio'), 15_000)
  const orders = await ordersOf('patrol-01')
  // Only now it has one: the number and the id are given when it is stored.
  const { incidentId } = (await stored(id))!
  expect(orders).toMatchObject([{ incidentId, state: 'ordered', orderedBy: 'li' }])
  expect(Math.abs(Date.parse(orders[0]!.orderedAt) - before)).toBeLessThan(2_000)
  const last = desk.messages.flatMap((m) => (m.type === 'event' && m.event.subjectId === id ? [m.event] : [])).at(-1)!
  expect(last.body, 'the desks show the order itself from now on').not.toHaveProperty('radioOrders')
  await until('nothing waits', () => !/vigil_decisions_waiting [1-9]/.test(centre.metrics.text()), 15_000)
  expect(await ordersOf('patrol-01')).toHaveLength(1)
  expect((await centre.api<Snapshot>('GET', '/snapshot')).body.incidents.find((one) => one.id === incidentId)).toMatchObject({ state: 'dispatched' }) // prettier-ignore
})

test('an order by radio that can no longer be recorded stands in the timeline, with why', async () => {
  await press('button-school-08', 'l-1')
  const { id, incidentId } = await raisedOf('button-school-08')
  await away()
  expect((await post(`/alarms/${id}/radio-order`, { patrolId: 'patrol-03' })).status).toBe(200)
  // Another program of the centre has closed it, and ours has not heard of it.
  await centre.straight.execute(
    `update incident set state = 'closed', body = body || '{"state":"closed"}'::jsonb where id = $1`,
    [incidentId],
  )
  centre.cable.plug()
  await until('the word', () => actionsOf(id).includes('radio-order-lost'), 10_000)
  const note = eventsOf(desk, 'note', 'written').find((one) => one.incidentId === incidentId)!
  expect(note.body['text']).toMatch(/patrol-03.*closed/)
  expect(await ordersOf('patrol-03')).toEqual([])
})

test('what must wait for the database is refused at once, and changes nothing', async () => {
  await press('button-school-09', 'w-1')
  const { id, incidentId } = await raisedOf('button-school-09')
  await post(`/alarms/${id}/acknowledge`)
  await away()
  const refused = { status: 503, body: { code: 'database-away' } }
  expect(await post(`/alarms/${id}/classify`, { disposition: 'false' })).toMatchObject(refused)
  expect(await post(`/alarms/${id}/shelve`, { minutes: 10, reason: 'x' })).toMatchObject(refused)
  expect(await post(`/incidents/${incidentId}/close`, { disposition: 'false' })).toMatchObject(refused)
  centre.cable.plug()
  await until('the database is back', () => centre.core.health().database !== 'away', 10_000)
  expect(await stored(id)).toMatchObject({ state: 'acknowledged' })
})
