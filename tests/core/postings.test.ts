import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import { postingSchema, type Posting } from '../../domain/posting.ts'
import type { MoveUpsNow } from '../../domain/recommendation.ts'
import type { CrewMessage, CrewView, CrewWay } from '../../domain/wire/crew.ts'
import type { LogEvent, Snapshot } from '../../domain/wire/live.ts'
import { commandPayloadSchema, topicOf } from '../../domain/wire/mqtt.ts'
import type { ResponseTimes } from '../../domain/wire/reports.ts'
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

const eventsOf = (desk: Desk): LogEvent[] => desk.messages.flatMap((m) => (m.type === 'event' ? [m.event] : []))
const viewsOf = (desk: Desk): CrewView[] =>
  (desk.messages as unknown as CrewMessage[]).flatMap((m) => (m.type === 'view' ? [m.view] : []))

async function device(kind: 'button' | 'patrol', id: string): Promise<MqttClient> {
  const url = `mqtt://127.0.0.1:${centre.mqttPort}`
  const client = await mqtt.connectAsync(url, {
    clientId: id,
    username: id,
    password: passwordOf(id),
    protocolVersion: 4,
  })
  clients.push(client)
  return client
}

/** Where another patrol is at home, which is beside a road. */
function home(patrolId: string) {
  const { homeLng: lng, homeLat: lat, callsign } = centre.core.state.patrols.get(patrolId)!
  return { lng, lat, placeName: `${callsign} 驻点` }
}
const send = (patrolId: string, to: object, who = 'li') =>
  centre.api<Posting>('POST', `/patrols/${patrolId}/posting`, to, who)
const step = (patrolId: string, word: string, body: object, who: string) =>
  centre.api<Posting>('POST', `/patrols/${patrolId}/posting/${word}`, body, who)

test('a free patrol is told where to stand, on its phone and on every desk, and answers', async () => {
  const desk = await centre.desk()
  const phone = await centre.desk(null, 'crew1')
  await until('the phone is connected', () => viewsOf(phone).length > 0)
  const { status, body: posting } = await send('patrol-01', home('patrol-07'))
  expect(status).toBe(201)
  postingSchema.parse(posting)
  expect(posting).toMatchObject({ state: 'sent', patrolId: 'patrol-01', sentBy: 'li', ended: null })
  const view = await until('the phone knows', () => viewsOf(phone).find((one) => one.posting?.id === posting.id))
  expect([view.order, view.posting]).toEqual([null, posting])
  const way = await centre.api<CrewWay>('GET', '/patrols/patrol-01/way', undefined, 'crew1')
  expect(way.status).toBe(200)
  expect(way.body.roads.length).toBeGreaterThan(0)

  expect((await step('patrol-01', 'accept', { postingId: posting.id }, 'crew1')).body.state).toBe('accepted')
  const again = await step('patrol-01', 'accept', { postingId: posting.id }, 'crew1')
  expect(again).toMatchObject({ status: 200, body: { state: 'accepted' } })
  const told = () => eventsOf(desk).filter(({ kind, subjectId }) => kind === 'posting' && subjectId === posting.id)
  await until('the desk', () => told().length === 2)
  expect(told().map(({ action, actor, incidentId }) => [action, actor, incidentId])).toEqual([
    ['sent', 'li', null],
    ['accepted', 'crew1', null],
  ])
  const { body: snapshot } = await centre.api<Snapshot>('GET', '/snapshot')
  expect(snapshot.postings).toMatchObject([{ id: posting.id, state: 'accepted' }])
  expect(snapshot.patrols.find(({ id }) => id === 'patrol-01')!.status).toBe('free')
  const audit = await centre.database.query(`select actor, object_id, facts from audit where object_kind = 'patrol'`)
  expect(audit).toMatchObject([
    { actor: 'li', object_id: 'patrol-01', facts: { verb: 'posted', postingId: posting.id } },
  ])
})

test('its arrival is seen from its own fixes, and it counts as standing there for the next proposal', async () => {
  const [standing] = [...centre.core.state.postings.values()]
  const startMs = Date.now() - 40_000
  const fixes = Array.from({ length: 15 }, (_, i) => {
    const at = toIso(startMs + i * 1000)
    return { at, lng: standing!.lng + (i % 2) * 0.00001, lat: standing!.lat, speedMps: 0 }
  })
  const { status } = await centre.api('POST', '/patrols/patrol-01/fixes', fixes, 'crew1')
  expect(status).toBe(200)
  await until('there', () => centre.core.state.postings.get(standing!.id)?.state === 'there')
  expect(centre.core.state.postings.get(standing!.id)).toMatchObject({ arrival: 'detected', acceptedAt: expect.any(String) }) // prettier-ignore
  const { body } = await centre.api<MoveUpsNow>('GET', '/coverage/move-ups')
  expect(body.uncovers.map(({ patrolId }) => patrolId)).toContain('patrol-01')
})

test('an order to an incident ends it: the crew sees the order alone, and no report counts the move', async () => {
  const button = await device('button', 'button-school-01')
  const press = JSON.stringify({ id: newId(Date.now()), type: 'panic' })
  await button.publishAsync(topicOf('button', 'button-school-01', 'event'), press, { qos: 1 })
  const incident: Incident = await until('the incident', () => [...centre.core.state.incidents.values()][0])
  const [standing] = [...centre.core.state.postings.values()]
  const order = { patrolId: 'patrol-01', reason: 'a test' }
  const { body: assignment } = await centre.api<Assignment>('POST', `/incidents/${incident.id}/assignments`, order)
  await until('it is over', () => centre.core.state.postingOf('patrol-01') === null)
  const [row] = await centre.database.query<{ body: Posting }>('select body from posting where id = $1', [standing!.id])
  expect(row!.body).toMatchObject({ state: 'ended', ended: 'assigned', endedBy: 'li' })
  const { body: view } = await centre.api<CrewView>('GET', '/patrols/patrol-01/order', undefined, 'crew1')
  expect([view.order?.assignment.id, view.posting]).toEqual([assignment.id, null])
  // Who has an order cannot be posted, and the refusal says why.
  const busy = await send('patrol-01', home('patrol-07'))
  expect(busy).toMatchObject({ status: 409, body: { code: 'patrol-busy' } })
  const report = await centre.api<ResponseTimes>('GET', '/reports/response-times?by=patrol')
  const counted = [...report.body.groups.map(({ n }) => n), report.body.excluded.length].reduce((a, b) => a + b, 0)
  expect(counted).toBe(1)
})

test('two desks, another post, a release and the end of the duty: one stands, and each end has its reason', async () => {
  const endOf = async (id: string) => {
    const [row] = await centre.database.query<{ body: Posting }>('select body from posting where id = $1', [id])
    return row!.body.ended
  }
  const both = await Promise.all([send('patrol-02', home('patrol-07')), send('patrol-02', home('patrol-08'), 'wu')])
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409])
  const first = both.find(({ status }) => status === 201)!.body
  // The loser is told who won, and may replace what it has seen.
  const loser = both.find(({ status }) => status === 409)!.body
  expect(loser).toMatchObject({ code: 'state-changed', by: first.sentBy, placeName: first.placeName })
  expect((await send('patrol-02', first)).body.id).toBe(first.id)
  const { body: standing } = await send('patrol-02', { ...home('patrol-09'), replaces: first.id })
  await until('the other one', () => centre.core.state.postingOf('patrol-02')?.id === standing.id)
  const other = first.id
  expect(await endOf(other)).toBe('replaced')
  // A tap about the one that is over changes nothing, and the phone is told so.
  expect(await step('patrol-02', 'there', { postingId: other }, 'crew2')).toMatchObject({
    status: 409,
    body: { code: 'state-changed', state: 'replaced' },
  })
  expect((await centre.api('DELETE', '/patrols/patrol-02/posting')).status).toBe(200)
  expect(await endOf(standing.id)).toBe('released')
  expect((await centre.api('DELETE', '/patrols/patrol-02/posting')).status).toBe(404)

  const { body: third } = await send('patrol-02', home('patrol-07'))
  const said = { postingId: third.id, reason: '车辆故障' }
  expect((await step('patrol-02', 'decline', said, 'crew2')).body).toMatchObject({ ended: 'declined', endedReason: '车辆故障' }) // prettier-ignore
  const { body: fourth } = await send('patrol-02', home('patrol-07'))
  await centre.officer('sun', '', 'supervisor')
  await centre.core.events.transact(async (tx) => {
    const body = { ...centre.core.state.patrols.get('patrol-02')!, duty: 'off' }
    await tx.execute('update patrol set body = $2 where id = $1', ['patrol-02', JSON.stringify(body)])
    await centre.core.events.append(tx, {
      kind: 'patrol',
      action: 'changed',
      subjectId: 'patrol-02',
      actor: 'sun',
      body,
    })
  })
  await until('nobody stands there', () => centre.core.state.postingOf('patrol-02') === null)
  expect(await endOf(fourth.id)).toBe('off-duty')
  expect(await send('patrol-02', home('patrol-07'))).toMatchObject({ status: 409, body: { duty: 'off' } })
  expect((await send('patrol-03', { lng: 100, lat: 10, placeName: 'x' })).status).toBe(400)
  expect((await send('nobody', home('patrol-07'))).status).toBe(404)
  // Another crew's posting is not there, and a crew sends nobody anywhere.
  expect((await step('patrol-02', 'accept', { postingId: fourth.id }, 'crew1')).status).toBe(404)
  expect((await send('patrol-01', home('patrol-07'), 'crew1')).status).toBe(403)
})

test('a terminal gets the place and answers by its own words; a restart knows what stands', async () => {
  const terminal = await device('patrol', 'patrol-03')
  const heard: unknown[] = []
  terminal.on('message', (_topic, payload) => heard.push(JSON.parse(payload.toString())))
  await terminal.subscribeAsync(topicOf('patrol', 'patrol-03', 'command'), { qos: 1 })
  const { body: posting } = await send('patrol-03', home('patrol-07'))
  const command = commandPayloadSchema.parse(await until('the command', () => heard[0]))
  expect(command).toMatchObject({ name: 'message', args: { postingId: posting.id, lng: posting.lng, released: false } })
  const reply = (body: object, ok = true) =>
    terminal.publishAsync(topicOf('patrol', 'patrol-03', 'reply'), JSON.stringify({ id: command.id, ok, body }), { qos: 1 }) // prettier-ignore
  await reply({ postingId: posting.id, step: 'accept' })
  await until('accepted', () => centre.core.state.postingOf('patrol-03')?.state === 'accepted')
  const rows = await centre.database.query<{ body: Posting }>('select body from posting where not ended')
  expect(rows.map(({ body }) => [body.id, body.state])).toEqual([[posting.id, 'accepted']])
  await reply({ postingId: posting.id, step: 'decline', reason: '缺油' }, false)
  await until('declined', () => centre.core.state.postingOf('patrol-03') === null)
})
