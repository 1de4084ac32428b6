import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Role } from '../../domain/officer.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { withJurisdiction } from '../../gateway/live/route-jurisdiction.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from '../http/fixture.ts'
import { OWN, PLACES, registerEverything, VISIBLE, type Place } from './placed-things.ts'

let fixture: Fixture
const state = new CentreState(new Positions())
const clients = new Map<Role, Client>()
/** Who may write each kind of thing at all, beside the admin; the admin of these tests has a jurisdiction, too. */
const WRITERS = {
  site: ['supervisor', 'installer', 'admin'],
  zone: ['supervisor', 'commander', 'admin'],
  patrol: ['supervisor', 'commander', 'admin'],
  device: ['installer', 'admin'],
  camera: ['installer', 'admin'],
} as const satisfies Record<string, readonly Role[]>
type Kind = keyof typeof WRITERS
const KINDS = Object.keys(WRITERS) as Kind[]
const places = Object.keys(PLACES) as Place[]

beforeAll(async () => {
  fixture = await startFixture({
    routes: (parts) =>
      ownRoutes(parts, tmpdir()).map((route) => withJurisdiction(route, { state, database: parts.database })),
  })
  await registerEverything(fixture.database)
  await state.load(fixture.database)
  fixture.events.subscribe((event) => state.apply(event))
  for (const role of new Set(Object.values(WRITERS).flat())) {
    clients.set(role, await fixture.as(role, { jurisdiction: OWN }))
  }
})
afterAll(() => fixture.close())

type Body = Record<string, unknown>
const rowOf = async (kind: Kind, id: string) =>
  (await fixture.database.query<{ body: Body }>(`select body from ${kind} where id = $1`, [id]))[0]?.body
const SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]] // prettier-ignore
/** What is typed for a new one of each kind. */
const NEW: Record<Kind, Body> = {
  site: { name: 'n', nameEn: null, kind: 'school', address: '', lng: 0, lat: 0, contacts: [], cameraIds: [], notes: null },
  zone: { name: 'n', nameEn: null, kind: 'busy', goalS: 60, polygon: SQUARE },
  patrol: { callsign: 'n', kind: 'car', crew: [], plate: null, duty: 'on', homeLng: 0, homeLat: 0, zoneId: null },
  device: { kind: 'button', name: 'n', lng: 0, lat: 0 },
  camera: { name: 'n', lng: 0, lat: 0, source: { kind: 'push' } },
} // prettier-ignore
const refusal = { status: 403, body: { code: 'foreign-jurisdiction', own: OWN } }

test('what is added belongs to the writer’s jurisdiction, or to nobody in particular', async () => {
  let visited = 0
  for (const kind of KINDS) {
    for (const role of WRITERS[kind]) {
      for (const place of places) {
        const id = `new-${kind}-${role}-${place}`
        const body = { ...NEW[kind], id, jurisdiction: PLACES[place] }
        const answer = await clients.get(role)!.send('POST', `${kind}s`, body)
        const isAllowed = VISIBLE.includes(place)
        if (isAllowed) expect(answer.status, `${id} ${JSON.stringify(answer.body)}`).toBe(201)
        else expect(answer, id).toMatchObject(refusal)
        expect((await rowOf(kind, id)) !== undefined, id).toBe(isAllowed)
        visited++
      }
    }
  }
  expect(visited).toBe(13 * places.length)
})

test('what is theirs cannot be moved elsewhere, nor to everybody; the refusal says where it would go', async () => {
  let visited = 0
  for (const kind of KINDS) {
    for (const role of WRITERS[kind]) {
      for (const place of places) {
        const id = `${kind}-own`
        const before = await rowOf(kind, id)
        const answer = await clients.get(role)!.send('PATCH', `${kind}s/${id}`, { jurisdiction: PLACES[place] })
        if (place === 'own' || place === 'child') {
          expect(answer.status, `${role} ${id} → ${place}: ${JSON.stringify(answer.body)}`).toBe(200)
          await clients.get(role)!.send('PATCH', `${kind}s/${id}`, { jurisdiction: OWN })
        } else expect(answer, `${role} ${id} → ${place}`).toMatchObject({ ...refusal, body: { to: PLACES[place] } })
        expect(await rowOf(kind, id)).toEqual(before)
        visited++
      }
    }
  }
  expect(visited).toBe(13 * places.length)
})

test('what is nobody’s in particular can be edited, and not be taken away from everybody', async () => {
  for (const kind of KINDS) {
    for (const role of WRITERS[kind]) {
      const client = clients.get(role)!
      const id = `${kind}-nobody`
      const name = kind === 'patrol' ? 'callsign' : 'name'
      expect((await client.send('PATCH', `${kind}s/${id}`, { [name]: role })).status, `${role} ${id}`).toBe(200)
      expect(await client.send('PATCH', `${kind}s/${id}`, { jurisdiction: OWN }), `${role} ${id}`).toMatchObject(
        refusal,
      )
      expect(await rowOf(kind, id)).toMatchObject({ [name]: role, jurisdiction: '' })
    }
  }
})

test('what is elsewhere is not there to be written, and stays as it is', async () => {
  for (const kind of KINDS) {
    for (const place of places.filter((one) => !VISIBLE.includes(one))) {
      const id = `${kind}-${place}`
      const before = await rowOf(kind, id)
      for (const role of WRITERS[kind]) {
        const client = clients.get(role)!
        expect((await client.send('PATCH', `${kind}s/${id}`, { jurisdiction: OWN })).status, `${role} ${id}`).toBe(404)
        expect((await client.send('DELETE', `${kind}s/${id}`)).status, `${role} ${id}`).toBe(404)
      }
      expect(await rowOf(kind, id)).toEqual(before)
    }
  }
})

test('a device follows its site: it is not given to one of another jurisdiction, nor to none', async () => {
  for (const role of WRITERS.device) {
    const client = clients.get(role)!
    for (const place of places) {
      const answer = await client.send('PATCH', 'devices/homed-own', { siteId: `site-${place}` })
      if (place === 'own' || place === 'child') expect(answer.status, place).toBe(200)
      else expect(answer, place).toMatchObject(refusal)
      await client.send('PATCH', 'devices/homed-own', { siteId: 'site-own' })
    }
    expect(await client.send('PATCH', 'devices/homed-own', { siteId: null })).toMatchObject(refusal)
    expect(await rowOf('device', 'homed-own')).toMatchObject({ siteId: 'site-own' })
    // With a word of its own it may go to any site: it stays theirs.
    const own = { siteId: 'site-sibling', jurisdiction: OWN }
    expect((await client.send('PATCH', 'devices/homed-own', own)).status).toBe(200)
    await fixture.database.execute(`update device set body = body - 'jurisdiction' || '{"siteId":"site-own"}' where id = 'homed-own'`) // prettier-ignore
  }
})

test('somebody of the whole centre moves anything anywhere', async () => {
  const whole = await fixture.as('admin', { jurisdiction: '' })
  for (const kind of KINDS) {
    for (const place of places) {
      const moved = await whole.send('PATCH', `${kind}s/${kind}-own`, { jurisdiction: PLACES[place] })
      expect(moved.status, `${kind} → ${place}`).toBe(200)
    }
  }
})
