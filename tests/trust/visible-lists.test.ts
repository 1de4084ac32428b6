import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROLES, type Role } from '../../domain/officer.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { fullPathOf } from '../../gateway/http/answer-route.ts'
import type { Route } from '../../gateway/http/route.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { withJurisdiction } from '../../gateway/live/route-jurisdiction.ts'
import { authorize } from '../../gateway/trust/authorize.ts'
import { clientOf, ownRoutes, startFixture, type Client, type Fixture } from '../http/fixture.ts'
import { coreRoutes, type Worked } from './core-routes.ts'
import { CALLED, OWN, photoId, PLACES, registerEverything, VISIBLE, type Place } from './placed-things.ts'

const cityDir = mkdtempSync(join(tmpdir(), 'vigil-city-'))
const state = new CentreState(new Positions())
let fixture: Fixture
let routes: Route[]
const clients = new Map<Role, Client>()

beforeAll(async () => {
  fixture = await startFixture({
    routes: (parts) => {
      const all = [...coreRoutes(parts, state, worked), ...ownRoutes(parts, cityDir)]
      return all.map((route) => withJurisdiction(route, { state, database: parts.database }))
    },
  })
  ;({ routes } = fixture)
  await registerEverything(fixture.database)
  await state.load(fixture.database)
  const feature = (layer: string) => (place: string) => ({ type: 'Feature', properties: { id: `${layer}-${place}` } })
  for (const layer of ['site', 'zone']) {
    const features = Object.keys(PLACES).map(feature(layer))
    writeFileSync(join(cityDir, `${layer}s.geojson`), JSON.stringify({ type: 'FeatureCollection', features }))
  }
  for (const role of ROLES) clients.set(role, await clientAt(role, OWN))
})
afterAll(async () => {
  await fixture.close()
  rmSync(cityDir, { recursive: true })
})

async function clientAt(role: Role, jurisdiction: string): Promise<Client> {
  const patrolId = role === 'patrol' ? 'patrol-own' : null
  const username = `${role}-${jurisdiction}`
  const me = { id: username, username, displayName: username, role, jurisdiction, patrolId, mustSetPassword: false }
  await fixture.database.execute(
    `insert into users (id, username, display_name, role, jurisdiction, patrol_id, password_hash) values ($1, $1, $1, $2, $3, $4, 'x')`,
    [username, role, jurisdiction, patrolId],
  )
  const row = { ...me, display_name: username, patrol_id: patrolId, password_hash: 'x', disabled: false }
  return clientOf(fixture.url, (await fixture.sessions.open(row as never)).token)
}

const at = '2026-11-25T12:00:00.000Z'
const places = Object.keys(PLACES) as Place[]
const HELD = { goalS: 60, share: 1, roadKm: 1, freePatrols: 1 }
const worked: Worked = {
  coverage: () => ({
    at,
    zones: places.map((place) => ({ ...HELD, zoneId: `zone-${place}`, name: place })),
    computedInMs: 1,
  }),
  moveUps: () => ({
    at,
    share: 1,
    uncovers: places.map((place) => ({ patrolId: `patrol-${place}`, share: 1 })),
    best: { patrolId: 'patrol-sibling', callsign: 'x', to: [0, 0], gain: 1 },
    computedInMs: 1,
  }),
  health: () => ({ database: 'ok' }) as never,
  city: { name: 'x' } as never,
}

type Body = Record<string, unknown>
type Named = Record<string, string>
const idsOf =
  (key: string, member = 'id') =>
  (body: Body) =>
    (body[key] as Named[]).map((one) => one[member] ?? '')
const items = idsOf('items')
/** Of a file: its ids, below the names of the columns. */
const firstCells = (body: Body) =>
  (body as unknown as string)
    .split('\r\n')
    .slice(1)
    .flatMap((line) => line.split(',')[0] || [])
const things = (...kinds: string[]) => kinds.flatMap((kind) => VISIBLE.map((place) => `${kind}-${place}`))
const supervises = (role: Role) => ['supervisor', 'commander', 'admin'].includes(role)
/** Of alarms and incidents also those that somebody has been called to. */
const called = (kind: string) => (role: Role) => {
  const reached = Object.entries(CALLED).filter(([, { reaches }]) => reaches === 'all' || (reaches === 'supervisors' && supervises(role))) // prettier-ignore
  return [...things(kind), ...reached.map(([name]) => `${kind}-${name}`)]
}

interface Filtered {
  read: (body: Body) => string[]
  expected: (role: Role) => string[]
  query?: string
}
const only = (read: Filtered['read'], expected: readonly string[]): Filtered => ({
  read,
  expected: () => [...expected],
})

/**
 * For every route that answers about more than one thing: what an officer of a/b gets of one of each in every place, or why it is for everybody.
 * A new one that is not in here fails the test below.
 */
const DECISIONS: Record<string, Filtered | { everybody: string }> = {
  '/alarms': { read: items, expected: called('alarm') },
  '/incidents': { read: items, expected: called('incident') },
  '/signals': {
    read: (body) => (body['items'] as Named[]).map((one) => one['alarmId'] ?? one['deviceId'] ?? ''),
    expected: (role) => [...called('alarm')(role), ...things('device')],
  },
  '/devices': only(items, things('device', 'homed')),
  '/cameras': only(items, things('camera')),
  '/cameras/register.csv': only(firstCells, things('camera')),
  '/devices/register.csv': only(firstCells, things('device', 'homed')),
  '/sites': only(items, things('site')),
  '/zones': only(items, things('zone')),
  '/patrols': only(items, things('patrol')),
  '/vehicles': only(items, things('device')),
  '/city/:layer.geojson': only(
    (body) => (body['features'] as { properties: Named }[]).map(({ properties }) => properties['id'] ?? ''),
    things('site'),
  ),
  '/coverage': only(idsOf('zones', 'zoneId'), things('zone')),
  '/coverage/move-ups': only(
    (body) => [...idsOf('uncovers', 'patrolId')(body), ...(body['best'] === null ? [] : ['the best one'])],
    things('patrol'),
  ),
  '/reports/coverage': only(idsOf('days', 'zoneId'), things('zone')),
  '/reports/response-times': {
    query: 'by=patrol',
    read: (body) => [...idsOf('excluded', 'assignmentId')(body), ...idsOf('zones', 'zoneId')(body).filter(Boolean)],
    expected: (role) => [...called('order')(role), ...things('zone')],
  },
  '/audit': {
    query: 'action=test',
    read: (body) =>
      (body['items'] as Named[]).map(({ actor, objectKind, objectId }) => objectKind === 'session' ? actor! : objectId!), // prettier-ignore
    expected: () => [
      ...things('camera', 'device', 'site', 'zone', 'patrol', 'alarm', 'incident', 'user', 'removed'),
      ...things('user'),
    ],
  },
  '/snapshot': {
    read: (body) =>
      ['alarms', 'incidents', 'assignments', 'patrols', 'postings', 'vehicles', 'cameras', 'sites', 'zones', 'devices']
        .flatMap((key) => idsOf(key)(body))
        .concat(idsOf('troubles', 'subjectId')(body))
        .concat(idsOf('zones', 'zoneId')(body['coverage'] as Body)),
    expected: (role) => [
      ...['alarm', 'incident', 'order'].flatMap((kind) => called(kind)(role)),
      ...things('patrol', 'posting', 'device', 'camera', 'site', 'zone', 'device', 'homed', 'zone'),
      // Troubles: of things as the things, of a flooded desk for whom it is below and for whoever may help.
      ...things('device', 'camera', 'site'),
      ...(supervises(role) ? places : VISIBLE).map((place) => PLACES[place] || 'centre'),
    ],
  },
  '/events': { everybody: 'hides each event in its own test, tests/core/jurisdiction.test.ts' },
  '/users': { everybody: 'who runs the accounts runs those of the whole centre' },
  '/centre-settings': { everybody: 'one for the whole centre' },
  '/duty-level': { everybody: 'one for the whole centre' },
  '/roads/closures': { everybody: 'a closed road is closed for every patrol' },
  '/me': { everybody: 'about oneself' },
  '/me/layouts': { everybody: 'about oneself' },
  '/openapi.json': { everybody: 'says nothing about this centre' },
}

const isAboutMany = ({ method, path }: Route) => method === 'get' && !/:(?!layer)/.test(path)

test('every list has a decision, and shows an officer of a jurisdiction what is theirs, nobody’s, or what they were called to', async () => {
  let visited = 0
  const lists = routes.filter(isAboutMany)
  expect(new Set(lists.map(({ path }) => path))).toEqual(new Set(Object.keys(DECISIONS).filter((p) => p !== '/openapi.json'))) // prettier-ignore
  for (const { path, action } of lists) {
    const decision = DECISIONS[path]!
    if ('everybody' in decision) continue
    for (const [role, client] of clients) {
      const url = `${path.slice(1).replace(':layer', 'sites')}?${decision.query ?? (path.includes('/city') ? '' : 'limit=200')}`
      const asked = path.startsWith('/coverage') || path === '/snapshot' || path.startsWith('/reports') ? url.replace('limit=200', '') : url // prettier-ignore
      const { status, body } = await client.get<Body>(asked)
      if (!mayDo(role, action)) {
        expect(status, `${role} ${path}`).toBe(403)
        continue
      }
      // A crew has no lists.
      expect(role).not.toBe('patrol')
      expect(status, `${role} ${path} ${JSON.stringify(body)}`).toBe(200)
      expect(decision.read(body).sort(), `${role} ${path}`).toEqual(decision.expected(role).sort())
      visited++
    }
  }
  expect(visited).toBeGreaterThan(70)
})

function mayDo(role: Role, action: Route['action']): boolean {
  try {
    const me = {
      id: 'u',
      username: 'u',
      displayName: 'u',
      role,
      jurisdiction: '',
      patrolId: 'p',
      mustSetPassword: false,
    }
    authorize({ type: 'officer', me, sessionId: 's' }, action, { kind: 'x', patrolId: 'p' })
    return true
  } catch {
    return false
  }
}

test('an officer of the whole city sees all of it', async () => {
  const city = await clientAt('officer', '')
  for (const kind of ['alarm', 'incident', 'device', 'camera', 'site', 'zone', 'patrol']) {
    const { body } = await city.get<{ items: unknown[] }>(`${kind}s?limit=200`)
    const count = kind === 'alarm' || kind === 'incident' ? places.length + Object.keys(CALLED).length : places.length
    const more = kind === 'device' ? places.length + Object.keys(CALLED).length : 0
    expect(body.items, kind).toHaveLength(count + more)
  }
})

test('pages stay full: what is not shown takes no room', async () => {
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: { id: string }[]; next: string | null } = (await clients.get('officer')!.get<never>(`devices?limit=2&cursor=${cursor}`)).body // prettier-ignore
    if (page.next !== null) expect(page.items).toHaveLength(2)
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next
  }
  expect(seen.sort()).toEqual(things('device', 'homed').sort())
})

/** First words of paths about one thing, and the id of such a thing; those that are nobody's in particular by their nature. */
const ONE: Record<string, (place: string) => string> = {
  alarms: (place) => `alarm-${place}`,
  incidents: (place) => `incident-${place}`,
  recordings: (place) => `incident-${place}`,
  assignments: (place) => `order-${place}`,
  photos: photoId,
  cameras: (place) => `camera-${place}`,
  live: (place) => `camera-${place}`,
  devices: (place) => `device-${place}`,
  sites: (place) => `site-${place}`,
  zones: (place) => `zone-${place}`,
  patrols: (place) => `patrol-${place}`,
  vehicles: (place) => `device-${place}`,
}
const OF_THE_CENTRE = ['users', 'roads', 'internal', 'city']

test('no route about one thing of elsewhere answers more than that there is none', async () => {
  let visited = 0
  for (const route of routes.filter(({ path }) => path.includes(':'))) {
    const word = /^!?\/(\w+)/.exec(route.path)![1]!
    if (OF_THE_CENTRE.includes(word)) continue
    const idOf = ONE[word]
    expect(idOf, `${route.path}: whose is it?`).toBeDefined()
    for (const place of places) {
      const id = idOf!(place)
      const path = fullPathOf(route).replace(/:\w+/, encodeURIComponent(id))
      const params = { id, cameraId: id, incidentId: id }
      for (const role of ROLES) {
        if (role === 'patrol' || !mayDo(role, route.action)) continue
        const me = { id: 'u', username: 'u', displayName: 'u', role, jurisdiction: OWN, patrolId: null, mustSetPassword: false } // prettier-ignore
        const subject = { type: 'officer' as const, me, sessionId: 's' }
        expect(route.object, `${route.path}: whose is it?`).toBeDefined()
        const object = await route.object!({ params, subject } as never)
        const decide = () => authorize(subject, route.action, object)
        if (VISIBLE.includes(place)) expect(decide, `${role} ${path}`).not.toThrow()
        else expect(decide, `${role} ${path}`).toThrow(/There is no such/)
        visited++
      }
    }
  }
  expect(visited).toBeGreaterThan(1000)
})
