import { Fault } from '../../domain/fault.ts'
import { idSchema, type LngLat } from '../../domain/scalars.ts'
import { crewFixesAnswerSchema, crewFixesSchema, crewViewSchema, crewWaySchema } from '../../domain/wire/crew.ts'
import { z } from '../../domain/z.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { PolicyObject } from '../trust/policy.ts'
import type { CrewViews } from './crew-view.ts'
import { wayTo, type WayDeps } from './way.ts'
import { sceneOf } from '../dispatch/arrivals.ts'

export interface CrewRouteDeps extends WayDeps {
  state: CentreState
  views: CrewViews
  fleet: Pick<Fleet, 'takeFromPhone'>
}

const patrolParams = z.object({ id: idSchema })
/** A crew is the owner of exactly one patrol: its own. */
const ownPatrol = ({ params }: { params: Record<string, string> }): PolicyObject => ({
  kind: 'patrol',
  id: params['id']!,
  patrolId: params['id']!,
})

/** What a crew's phone asks and tells, besides the steps of its order and its photos. */
export function crewRoutes(deps: CrewRouteDeps): Route[] {
  return [orderRoute(deps), wayRoute(deps), fixesRoute(deps)]
}

function orderRoute({ views }: CrewRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/patrols/:id/order',
    summary:
      'For its own phone: the order of this patrol with what one needs to drive there, and how the last one ended',
    action: 'order.view',
    object: ownPatrol,
    params: patrolParams,
    answer: crewViewSchema,
    handler: ({ params }) => views.of(params.id),
  })
}

function wayRoute(deps: CrewRouteDeps): Route {
  const { state } = deps
  return defineRoute({
    method: 'get',
    path: '/patrols/:id/way',
    summary:
      'For its own phone: the fastest way to the scene of its order, or to where it shall stand, with the roads around it for a sketch',
    action: 'order.view',
    object: ownPatrol,
    params: patrolParams,
    query: z.object({ roads: z.enum(['true', 'false']).default('true') }),
    answer: crewWaySchema,
    handler: ({ params: { id }, query }) => {
      const goal = goalOf(state, id)
      if (!goal) throw new Fault('not-found', 'this patrol has no order', { kind: 'order', patrolId: id })
      const position = state.positions.get(id)
      const from: [number, number] | null = position?.known ? [position.lng, position.lat] : null
      return wayTo(deps, from, goal, query.roads === 'true')
    },
  })
}

/** The scene of its order; without one, where it is told to stand. */
function goalOf(state: CentreState, patrolId: string): LngLat | null {
  const assignment = state.openAssignmentOf(patrolId)
  const incident = assignment && state.incidents.get(assignment.incidentId)
  if (incident) return sceneOf(state, incident)
  const posting = state.postingOf(patrolId)
  return posting && [posting.lng, posting.lat]
}

function fixesRoute({ state, fleet }: CrewRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/patrols/:id/fixes',
    summary:
      'Fixes of the crew’s phone, oldest first, at most 100 and one a second; the newest place wins over the terminal’s',
    action: 'fix.report',
    object: ownPatrol,
    params: patrolParams,
    body: crewFixesSchema,
    answer: crewFixesAnswerSchema,
    handler: ({ params: { id }, body }) => {
      const patrol = state.patrols.get(id)
      if (!patrol) throw new Fault('not-found', 'there is no such patrol', { kind: 'patrol', id })
      // Nobody is followed home: off duty means that no place is kept, whatever a phone sends.
      if (patrol.duty !== 'on') return { taken: 0, left: body.length, refused: 'off-duty' as const }
      const taken = fleet.takeFromPhone(id, body)
      return { taken, left: body.length - taken, refused: null }
    },
  })
}
