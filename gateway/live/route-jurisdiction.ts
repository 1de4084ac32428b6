import { jurisdictionOf } from '../../domain/jurisdiction.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { readAssignment } from '../dispatch/assignment-rows.ts'
import type { Route, RouteInput } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import type { PolicyObject } from '../trust/policy.ts'
import type { CentreState } from './centre-state.ts'
import { movingThing } from './visibility.ts'

interface Whose {
  state: CentreState
  database: Database
}

/** The thing that a path is about, by its first word. */
const THINGS = {
  cameras: (state: CentreState, id: string) => ['camera', state.cameras.get(id)] as const,
  live: (state: CentreState, id: string) => ['camera', state.cameras.get(id)] as const,
  devices: (state: CentreState, id: string) => ['device', state.devices.get(id)] as const,
  sites: (state: CentreState, id: string) => ['site', state.sites.get(id)] as const,
  zones: (state: CentreState, id: string) => ['zone', state.zones.get(id)] as const,
  patrols: (state: CentreState, id: string) => ['patrol', state.patrols.get(id)] as const,
  vehicles: (state: CentreState, id: string) => ['vehicle', movingThing(state, id)] as const,
}
const THING_PATH = /^!?\/(cameras|live|devices|sites|zones|patrols|vehicles)\/:(id|cameraId)(\/|$)/
const INCIDENT_PATH = /^!?\/(incidents|recordings|assignments)\/:(id|incidentId)(\/|$)/

/**
 * Gives the routes of one thing, order or incident the jurisdiction of it, for `authorize()` to decide on: from memory; of an incident that is
 * over, from its row. A crew is asked for its own patrol instead, wherever it is sent.
 */
export function withJurisdiction(route: Route, whose: Whose): Route {
  const [, incidents, incidentParam] = INCIDENT_PATH.exec(route.path) ?? []
  if (incidents !== undefined) {
    const find = incidents === 'assignments' ? ofOrder : ofIncident
    return { ...route, object: ofWhat(route, (input) => find(whose, input.params[incidentParam!] ?? '')) }
  }
  const [, word, param] = THING_PATH.exec(route.path) ?? []
  if (word === undefined) return route
  return {
    ...route,
    object: ofWhat(route, ({ params }) => ofThing(whose, word as keyof typeof THINGS, params[param!] ?? '')),
  }
}

type Input = RouteInput<Record<string, string>, unknown, unknown>

function ofWhat(route: Route, what: (input: Input) => PolicyObject | Promise<PolicyObject>): Route['object'] {
  return async (input) => {
    const { subject } = input
    const isCrew = subject.type === 'officer' && subject.me.role === 'patrol'
    if (isCrew && route.object) return await route.object(input)
    const object = await what(input)
    return route.object ? { ...object, ...(await route.object(input)) } : object
  }
}

function ofThing({ state }: Whose, word: keyof typeof THINGS, id: string): PolicyObject {
  const [kind, thing] = THINGS[word](state, id)
  if (!thing) return { kind, id }
  return { kind, id, jurisdiction: jurisdictionOf(thing, (siteId) => state.sites.get(siteId)) }
}

/** An order belongs to who has its incident. */
async function ofOrder(whose: Whose, id: string): Promise<PolicyObject> {
  const { incidentId } = whose.state.assignments.get(id) ?? (await readAssignment(whose.database, id))
  return { ...(await ofIncident(whose, incidentId)), kind: 'assignment', id }
}

async function ofIncident({ state, database }: Whose, id: string): Promise<PolicyObject> {
  const { jurisdiction, escalatedTo } = state.incidents.get(id) ?? (await readIncident(database, id))
  return { kind: 'incident', id, jurisdiction, escalatedTo }
}
