import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROLES, type Role } from '../../domain/officer.ts'
import { EVENT_KINDS } from '../../domain/wire/live.ts'
import { fullPathOf } from '../../gateway/http/answer-route.ts'
import { authorize, EVENT_ACTIONS } from '../../gateway/trust/authorize.ts'
import { ACTIONS, type Action, type Subject } from '../../gateway/trust/policy.ts'
import { READERS, WRITERS } from '../../command-ui/registers/who-may.ts'
import { ownRoutes, startFixture, type Fixture } from '../http/fixture.ts'
import { coreRoutes } from './core-routes.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture({ routes: (parts) => [...coreRoutes(parts), ...ownRoutes(parts, tmpdir())] })
})

afterAll(() => fixture.close())

function officer(role: Role, jurisdiction = '', patrolId: string | null = null): Subject {
  const me = { id: 'u', username: 'u', displayName: 'u', role, jurisdiction, patrolId, mustSetPassword: false }
  return { type: 'officer', me, sessionId: 's' }
}
function may(subject: Subject, action: Action, object: Parameters<typeof authorize>[2] = { kind: 'x' }): string {
  try {
    authorize(subject, action, object)
    return 'yes'
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** Written down a second time, by hand: a slip in the table of `authorize` must not be its own proof. */
const MAY_DO: Record<Action, readonly Role[]> = {
  public: ROLES,
  self: ROLES,
  'desk.view': ['officer', 'supervisor', 'commander', 'installer', 'inspector', 'admin'],
  'alarm.handle': ['officer', 'supervisor', 'commander', 'admin'],
  'alarm.take-over': ['officer', 'supervisor', 'commander', 'admin'],
  'alarm.shelve': ['officer', 'supervisor', 'commander', 'admin'],
  'drill.plan': ['supervisor', 'commander', 'admin'],
  'incident.handle': ['officer', 'supervisor', 'commander', 'admin'],
  'incident.dispatch': ['officer', 'supervisor', 'commander', 'admin'],
  'assignment.step': ['officer', 'supervisor', 'commander', 'patrol', 'admin'],
  'recording.watch': ['officer', 'supervisor', 'commander', 'admin'],
  'recording.lock': ['officer', 'supervisor', 'commander', 'admin'],
  'recording.release': ['supervisor', 'commander', 'admin'],
  'order.view': ['patrol'],
  'fix.report': ['patrol'],
  'photo.add': ['patrol'],
  'photo.view': ['officer', 'supervisor', 'commander', 'patrol', 'admin'],
  'camera.still': ['officer', 'supervisor', 'commander', 'patrol', 'installer', 'admin'],
  'camera.list': ['officer', 'supervisor', 'commander', 'installer', 'inspector', 'admin'],
  'camera.watch': ['officer', 'supervisor', 'commander', 'installer', 'admin'],
  'camera.ptz': ['officer', 'supervisor', 'commander', 'installer', 'admin'],
  'camera.write': ['installer', 'admin'],
  'device.list': ['officer', 'supervisor', 'commander', 'installer', 'inspector', 'admin'],
  'device.write': ['installer', 'admin'],
  'device.credential': ['installer', 'admin'],
  'signal.read': ['officer', 'supervisor', 'commander', 'installer', 'inspector', 'admin'],
  'vehicle.view': ['officer', 'supervisor', 'commander', 'admin'],
  'vehicle.trail': ['officer', 'supervisor', 'commander', 'admin'],
  'patrol.write': ['supervisor', 'commander', 'admin'],
  'site.write': ['supervisor', 'installer', 'admin'],
  'zone.write': ['supervisor', 'commander', 'admin'],
  'duty-level.write': ['supervisor', 'commander', 'admin'],
  'report.read': ['officer', 'supervisor', 'commander', 'inspector', 'admin'],
  'user.write': ['admin'],
  'audit.read': ['inspector', 'admin'],
  internal: [],
}
const PROGRAM_MAY: readonly Action[] = ['public', 'internal', 'camera.list', 'device.list', 'device.credential']

test('each role may do what is written down for it and nothing else', () => {
  let visited = 0
  for (const action of ACTIONS) {
    for (const role of ROLES) {
      const expected = MAY_DO[action].includes(role)
      expect(may(officer(role, '', 'p1'), action, { kind: 'x', patrolId: 'p1' }), `${role} ${action}`).toBe(
        expected ? 'yes' : 'forbidden',
      )
      visited++
    }
    const isPublic = action === 'public'
    expect(may({ type: 'anonymous' }, action)).toBe(isPublic ? 'yes' : 'not-signed-in')
    expect(may({ type: 'program', name: 'centre' }, action)).toBe(PROGRAM_MAY.includes(action) ? 'yes' : 'forbidden')
  }
  expect(visited).toBe(ACTIONS.length * ROLES.length)
})

test('a jurisdiction covers itself and what is below it; anything else is not there', () => {
  const station = officer('officer', 'city/east/station-1')
  const at = (jurisdiction: string) => may(station, 'camera.watch', { kind: 'camera', id: 'c', jurisdiction })
  expect(at('city/east/station-1')).toBe('yes')
  expect(at('city/east/station-1/block')).toBe('yes')
  expect(at('city/east/station-10')).toBe('not-found')
  expect(at('city/east')).toBe('not-found')
  expect(at('city/west')).toBe('not-found')
  expect(at('')).toBe('yes')
})

test('a crew steps its own orders and no others', () => {
  const crew = officer('patrol', '', 'p7')
  expect(may(crew, 'assignment.step', { kind: 'assignment', patrolId: 'p7' })).toBe('yes')
  expect(may(crew, 'assignment.step', { kind: 'assignment', patrolId: 'p8' })).toBe('not-found')
  expect(may(crew, 'assignment.step', { kind: 'assignment' })).toBe('not-found')
  expect(may(officer('patrol'), 'assignment.step', { kind: 'assignment' })).toBe('not-found')
})

test('every event kind and every route names a policy', () => {
  for (const kind of EVENT_KINDS) expect(ACTIONS).toContain(EVENT_ACTIONS[kind])
  const openPaths: string[] = []
  let visited = 0
  for (const route of fixture.routes) {
    expect(ACTIONS, route.path).toContain(route.action)
    if (route.action === 'public') openPaths.push(`${route.method} ${fullPathOf(route)}`)
    if (fullPathOf(route).startsWith('/live/')) expect(route.action).toBe('camera.watch')
    if (fullPathOf(route).includes('/internal/')) expect(route.action).toBe('internal')
    visited++
  }
  expect(visited).toBeGreaterThan(50)
  // Whoever makes a route public has to write it down here.
  expect(openPaths).toEqual(['post /api/v1/session'])
})

test('over HTTP too: nobody gets past his role on any route', async () => {
  const clients = new Map<Role | 'anonymous' | 'program', Fixture['anonymous']>()
  for (const role of ROLES) clients.set(role, await fixture.as(role, role === 'patrol' ? { patrolId: 'p1' } : {}))
  clients.set('anonymous', fixture.anonymous)
  clients.set('program', fixture.program)
  let visited = 0
  for (const route of fixture.routes) {
    if (route.action === 'public' || route.action === 'self') continue
    const path = fullPathOf(route).replace(':layer', 'roads').replace(':file', 'index.m3u8').replace(/:\w+/g, 'none')
    for (const [who, client] of clients) {
      const allowed =
        who === 'program'
          ? PROGRAM_MAY.includes(route.action)
          : who !== 'anonymous' && MAY_DO[route.action].includes(who)
      // An input that fails keeps allowed requests without effect; the answer then is anything but a refusal.
      const body = route.method === 'get' ? undefined : 'not an object'
      if (allowed && (route.method === 'delete' || !route.body)) continue
      const { status } = await client.send(route.method.toUpperCase(), path, body)
      const refused = who === 'anonymous' ? [401] : [403]
      if (allowed) expect([401, 403], `${who} ${route.method} ${path}`).not.toContain(status)
      else expect(refused, `${who} ${route.method} ${path}`).toContain(status)
      visited++
    }
  }
  expect(visited).toBeGreaterThan(350)
}, 60_000)

test('the desk shows a button and a page to those whom the centre lets, and to nobody else', () => {
  const actionOf: Record<keyof typeof WRITERS, Action> = {
    camera: 'camera.write',
    device: 'device.write',
    site: 'site.write',
    zone: 'zone.write',
    drill: 'drill.plan',
    duty: 'duty-level.write',
    user: 'user.write',
    dispatch: 'incident.dispatch',
  }
  for (const [what, action] of Object.entries(actionOf)) {
    const roles: readonly Role[] = WRITERS[what as keyof typeof WRITERS]
    for (const role of ROLES) expect(roles.includes(role), `${role} ${what}`).toBe(MAY_DO[action].includes(role))
  }
  const pageOf = {
    wall: 'camera.watch',
    replay: 'recording.watch',
    vehicles: 'vehicle.view',
    reports: 'report.read',
    audit: 'audit.read',
  } as const
  expect(Object.keys(READERS).sort()).toEqual(Object.keys(pageOf).sort())
  for (const [page, action] of Object.entries(pageOf)) {
    const roles = READERS[page as keyof typeof pageOf]!
    for (const role of ROLES) expect(roles.includes(role), `${role} ${page}`).toBe(MAY_DO[action].includes(role))
  }
})
