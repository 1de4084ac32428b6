import mqtt, { type MqttClient } from 'mqtt'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import { crewViewSchema, crewWaySchema, type CrewMessage, type CrewView, type Photo } from '../../domain/wire/crew.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { checkPhoto } from '../../gateway/crew/photo-format.ts'
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

const tapId = () => newId(Date.now())
const crewMessages = (desk: Desk) => desk.messages as unknown as CrewMessage[]
const views = (desk: Desk): CrewView[] => crewMessages(desk).flatMap((m) => (m.type === 'view' ? [m.view] : []))

async function press(buttonId: string): Promise<Incident> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${centre.mqttPort}`, {
    clientId: buttonId,
    username: buttonId,
    password: passwordOf(buttonId),
    protocolVersion: 4,
  })
  clients.push(client)
  const event = JSON.stringify({ id: newId(Date.now()), type: 'panic' })
  await client.publishAsync(topicOf('button', buttonId, 'event'), event, { qos: 1 })
  return await until('the incident', () =>
    [...centre.core.state.incidents.values()].find(({ siteId }) => buttonId.endsWith(siteId ?? 'none')),
  )
}

/** Sends a patrol, whoever is recommended. */
async function order(incident: Incident, patrolId: string): Promise<Assignment> {
  const body = { patrolId, reason: 'a test' }
  const answer = await centre.api<Assignment>('POST', `/incidents/${incident.id}/assignments`, body)
  expect(answer.status).toBe(201)
  return answer.body
}

let incident: Incident
let assignment: Assignment

test('a crew’s stream carries its own order within a second, and nothing of anybody else', async () => {
  const own = await centre.desk(null, 'crew1')
  const other = await centre.desk(null, 'crew2')
  await until('both know that there is nothing', () => views(own).length > 0 && views(other).length > 0)
  expect(views(own)[0]).toMatchObject({ patrol: { id: 'patrol-01' }, order: null, ended: null })
  const before = views(other).length
  incident = await press('button-school-01')
  const orderedMs = performance.now()
  assignment = await order(incident, 'patrol-01')
  const view = await until('the order', () => views(own).find((one) => one.order !== null))
  console.log(`order → phone: ${(performance.now() - orderedMs).toFixed(0)} ms`)
  expect(performance.now() - orderedMs).toBeLessThan(5000)
  crewViewSchema.parse(view)
  const site = centre.city.places.sites.find(({ id }) => id === 'school-01')!
  expect(view.order).toMatchObject({
    assignment: { id: assignment.id, state: 'ordered' },
    incident: { number: incident.number, type: 'panic' },
    site: { address: site.address, contacts: site.contacts },
  })
  expect(view.order!.device!.spot).toBeTruthy()
  await until('a pulse', () => crewMessages(other).some(({ type }) => type === 'pulse'))
  // The other crew may have been told again that it has nothing; never what the first one has.
  expect(
    views(other)
      .slice(before)
      .every((one) => one.order === null),
  ).toBe(true)
  const words = new Set([...crewMessages(own), ...crewMessages(other)].map(({ type }) => type))
  expect([...words].toSorted()).toEqual(['hello', 'pulse', 'view'])
  expect(JSON.stringify(crewMessages(other))).not.toContain(incident.number)
})

test('another crew’s order, way, place and photos are not there; a desk’s pages are refused', async () => {
  const { api } = centre
  const foreign: [string, string, unknown?][] = [
    ['GET', '/patrols/patrol-01/order'],
    ['GET', '/patrols/patrol-01/way'],
    ['POST', '/patrols/patrol-01/fixes', [{ at: toIso(Date.now()), lng: 114.6, lat: 21.9 }]],
    ['POST', `/assignments/${assignment.id}/accept`],
    ['POST', `/assignments/${assignment.id}/messages/${tapId()}/confirm`],
  ]
  for (const [method, path, body] of foreign) {
    expect((await api(method, path, body, 'crew2')).status, path).toBe(404)
  }
  for (const path of ['/snapshot', '/alarms', '/incidents', '/patrols', '/vehicles', `/incidents/${incident.id}`]) {
    expect((await api('GET', path, undefined, 'crew1')).status, path).toBe(403)
  }
  // A desk reads incidents; the phone's own routes are for its crew.
  expect((await api('GET', '/patrols/patrol-01/order')).status).toBe(403)
})

test('a crew may look at the cameras of its own incident, and only while its order stands', () => {
  const { crewSees } = centre.core
  const [first] = incident.cameraIds
  expect(crewSees('patrol-01', first!)).toBe(true)
  expect(crewSees('patrol-02', first!)).toBe(false)
  const elsewhere = [...centre.core.state.cameras.keys()].find((id) => !incident.cameraIds.includes(id))!
  expect(crewSees('patrol-01', elsewhere)).toBe(false)
})

test('a tap that is delivered five times at once, and again later, is one step with the time of the finger', async () => {
  const { api } = centre
  const tap = { id: tapId(), tappedAt: '2026-11-25T20:00:00.000Z' }
  const path = `/assignments/${assignment.id}/accept`
  const answers = await Promise.all(Array.from({ length: 5 }, () => api<Assignment>('POST', path, tap, 'crew1')))
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(answers[0]).toMatchObject({
    status: 200,
    body: { state: 'accepted', tappedAt: { accept: tap.tappedAt } },
  })
  expect(answers[0]!.body.acceptedAt).not.toBe(tap.tappedAt)
  await api('POST', `/assignments/${assignment.id}/en-route`, { id: tapId() }, 'crew1')
  // The answer of the first time, although the order has gone on since.
  expect(await api<Assignment>('POST', path, tap, 'crew1')).toEqual(answers[0])
  const detail = (await api<IncidentDetail>('GET', `/incidents/${incident.id}`)).body
  expect(detail.timeline.filter(({ action }) => action === 'accepted')).toHaveLength(1)
  const stolen = await api('POST', `/assignments/${assignment.id}/on-scene`, tap, 'crew1')
  expect(stolen).toMatchObject({ status: 409, body: { code: 'conflict' } })
})

test('a photo counts once, is one of at most 20, has lost its Exif, and each look is in the audit', async () => {
  const { upload, download, api, database } = centre
  const path = (id: string) => `/assignments/${assignment.id}/photos?id=${id}&tappedAt=2026-11-25T20:01:00.000Z`
  const id = tapId()
  const first = await upload<Photo>(path(id), 'image/png', png('words that nobody shall read'), 'crew1')
  expect(first).toMatchObject({ status: 201, body: { id, type: 'image/png', widthPx: 2, heightPx: 2 } })
  expect(await upload(path(id), 'image/png', png(''), 'crew1')).toEqual(first)
  expect((await upload(path(tapId()), 'image/png', png(''), 'crew2')).status).toBe(404)
  expect((await upload(path(tapId()), 'image/jpeg', Buffer.from('<svg onload="x">'), 'crew1')).status).toBe(400)
  expect((await upload(path(tapId()), 'text/html', png(''), 'crew1')).status).toBe(400)
  const tooLarge = await upload(path(tapId()), 'image/png', new Uint8Array(5 * 1024 * 1024 + 1), 'crew1')
  expect(tooLarge).toMatchObject({ status: 413, body: { bytesMax: 5 * 1024 * 1024 } })

  const picture = await download(`/photos/${id}`, 'li')
  expect(picture.headers.get('content-type')).toBe('image/png')
  expect(picture.headers.get('cache-control')).toBe('no-store')
  const bytes = Buffer.from(await picture.arrayBuffer())
  expect(bytes.includes('nobody')).toBe(false)
  expect(checkPhoto(bytes)).toMatchObject({ widthPx: 2, heightPx: 2 })
  expect((await download(`/photos/${id}`, 'crew1')).status).toBe(200)
  expect((await download(`/photos/${id}`, 'crew2')).status).toBe(404)
  const looks = await database.query<{ actor: string }>(
    `select actor from audit where action = 'photo.view' and object_id = $1 order by n`,
    [id],
  )
  expect(looks.map(({ actor }) => actor)).toEqual(['li', 'crew1'])

  for (let i = 1; i < 20; i++) expect((await upload(path(tapId()), 'image/png', png(''), 'crew1')).status).toBe(201)
  expect((await upload(path(tapId()), 'image/png', png(''), 'crew1')).status).toBe(409)
  const detail = (await api<IncidentDetail>('GET', `/incidents/${incident.id}`)).body
  expect(detail.timeline.filter(({ action }) => action === 'photographed')).toHaveLength(20)
})

test('a message of the desk is on the phone, and its confirmation on the desk, once', async () => {
  const { api } = centre
  const phone = await centre.desk(null, 'crew1')
  const sent = await api('POST', `/assignments/${assignment.id}/messages`, { text: '走北门' })
  expect(sent.status).toBe(201)
  const note = await until('the message', () =>
    views(phone)
      .at(-1)
      ?.order?.notes.find(({ text }) => text === '走北门'),
  )
  expect(note).toMatchObject({ by: 'li', isConfirmed: false })
  const path = `/assignments/${assignment.id}/messages/${note.messageId}/confirm`
  expect((await api('POST', path, undefined, 'crew1')).status).toBe(200)
  expect((await api('POST', path, undefined, 'crew1')).status).toBe(200)
  await until('confirmed', () =>
    views(phone)
      .at(-1)
      ?.order?.notes.some(({ isConfirmed }) => isConfirmed),
  )
  const detail = (await api<IncidentDetail>('GET', `/incidents/${incident.id}`)).body
  expect(detail.timeline.filter(({ action }) => action === 'message-confirmed')).toHaveLength(1)
})

test('the phone’s fixes are the patrol’s place, once, one a second, and show its arrival', async () => {
  const { api, core } = centre
  const { lng, lat } = incident.place
  const startMs = Date.now() - 60_000
  const fixes = (n: number, fromMs: number, everyMs: number, at: [number, number]) =>
    Array.from({ length: n }, (_, i) => ({
      at: toIso(fromMs + i * everyMs),
      lng: at[0],
      lat: at[1],
      speedMps: 8,
    }))
  const send = (body: unknown) => api('POST', '/patrols/patrol-01/fixes', body, 'crew1')
  const far = fixes(10, startMs, 1000, [lng + 0.005, lat])
  expect(await send(far)).toMatchObject({ status: 200, body: { taken: 10, left: 0, refused: null } })
  expect(await send(far)).toMatchObject({ body: { taken: 0, left: 10 } })
  expect(await send(fixes(5, startMs + 20_000, 100, [lng + 0.005, lat]))).toMatchObject({ body: { taken: 1, left: 4 } })
  expect((await send(fixes(101, startMs, 1000, [lng, lat]))).status).toBe(400)
  expect(core.state.patrolNow(core.state.patrols.get('patrol-01')!)).toMatchObject({ fixSource: 'phone' })

  const way = crewWaySchema.parse((await api('GET', '/patrols/patrol-01/way', undefined, 'crew1')).body)
  expect(way.etaS).toBeGreaterThan(5)
  expect(way.line.length).toBeGreaterThan(1)
  expect(way.roads.length).toBeGreaterThan(10)

  // The terminal in the car is newer: it wins, until the phone is.
  const terminal = await mqtt.connectAsync(`mqtt://127.0.0.1:${centre.mqttPort}`, {
    clientId: 'patrol-01',
    username: 'patrol-01',
    password: passwordOf('patrol-01'),
    protocolVersion: 4,
  })
  clients.push(terminal)
  const fix = { at: toIso(startMs + 30_000), lng: lng + 0.004, lat, speedMps: 8 }
  await terminal.publishAsync(topicOf('patrol', 'patrol-01', 'fix'), JSON.stringify(fix), { qos: 1 })
  await until('the terminal’s place', () => core.state.positions.get('patrol-01')?.source === 'terminal')
  const there = fixes(15, startMs + 40_000, 1000, [lng, lat]).map((one) => ({ ...one, speedMps: 0 }))
  expect(await send(there)).toMatchObject({ body: { taken: 15 } })
  expect(core.state.positions.get('patrol-01')?.source).toBe('phone')
  const arrived = await until('the arrival', () => {
    const now = core.state.assignments.get(assignment.id)
    return now?.state === 'onScene' && now
  })
  expect(arrived.arrival).toBe('detected')
})

test('cleared with words; a late tap of an order that is over is told in words', async () => {
  const { api, core } = centre
  const path = (step: string) => `/assignments/${assignment.id}/${step}`
  const cleared = await api<Assignment>('POST', path('clear'), { id: tapId(), note: '误触，已核实' }, 'crew1')
  expect(cleared.body).toMatchObject({ state: 'cleared', clearedNote: '误触，已核实' })
  const late = await api('POST', path('decline'), { id: tapId(), reason: 'x' }, 'crew1')
  expect(late).toMatchObject({ status: 409, body: { code: 'state-changed', state: 'cleared' } })
  const view = (await api<CrewView>('GET', '/patrols/patrol-01/order', undefined, 'crew1')).body
  expect(view).toMatchObject({ order: null, ended: { assignmentId: assignment.id, state: 'cleared' } })
  expect(core.crewSees('patrol-01', incident.cameraIds[0]!)).toBe(false)
})

test('off duty nobody is followed', async () => {
  const patrol = centre.core.state.patrols.get('patrol-02')!
  centre.core.state.patrols.set('patrol-02', { ...patrol, duty: 'off' })
  const fix = [{ at: toIso(Date.now()), lng: 114.62, lat: 21.96 }]
  const answer = await centre.api('POST', '/patrols/patrol-02/fixes', fix, 'crew2')
  expect(answer.body).toEqual({ taken: 0, left: 1, refused: 'off-duty' })
  expect(centre.core.state.positions.get('patrol-02')?.known ?? false).toBe(false)
})

test('a JPEG keeps its picture and loses what it says about its maker', () => {
  const jpeg = Buffer.from(
    'ffd8ffe000104a46494600010100000100010000' + // JFIF
      `ffe1000e${Buffer.from('Exif\0\0secret').toString('hex')}` +
      'ffc0000b080002000301011100' + // 3 × 2, one component
      'ffda0008010100003f00d2ffd9',
    'hex',
  )
  const checked = checkPhoto(jpeg)
  expect(checked).toMatchObject({ type: 'image/jpeg', widthPx: 3, heightPx: 2 })
  expect(checked.bytes.includes('secret')).toBe(false)
  expect(checkPhoto(checked.bytes).bytes.equals(checked.bytes)).toBe(true)
  for (let cut = 1; cut < jpeg.length - 1; cut++) expect(() => checkPhoto(jpeg.subarray(0, cut)), `${cut}`).toThrow()
})

/** A PNG of 2 × 2 grey pixels with a comment. The checksums are not looked at. */
function png(words: string): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    return Buffer.concat([length, Buffer.from(type, 'latin1'), body, Buffer.alloc(4)])
  }
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0])
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('tEXt', Buffer.from(`Comment\0${words}`)),
      chunk('IDAT', deflateSync(Buffer.from([0, 9, 9, 0, 9, 9]))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  )
}
