import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { trailSchema, vehicleNowSchema } from '../../domain/fix.ts'
import { patrolNowSchema } from '../../domain/patrol.ts'
import { idSchema, timeSchema } from '../../domain/scalars.ts'
import { pageQuerySchema, pageSchema } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { CentreState } from '../live/centre-state.ts'
import { seesMoving, whoOf } from '../live/visibility.ts'
import type { Database } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'
import { readTrail } from './vehicle-rows.ts'

export interface FleetRouteDeps {
  database: Database
  state: CentreState
  clock: Clock
}

/** Without `from`: the last half hour. */
const TRAIL_MS = 30 * 60_000
/** A week of one vehicle; more is a report. */
const TRAIL_SPAN_MAX_MS = 7 * 86_400_000

/** Where everything that moves is, and was. */
export function fleetRoutes(deps: FleetRouteDeps): Route[] {
  const { state, clock } = deps
  const mine = <T extends { id: string }>(things: ReadonlyMap<string, T>, subject: Subject): T[] => {
    const who = whoOf(subject)
    return [...things.values()].filter(({ id }) => seesMoving(state, who, id))
  }
  return [
    defineRoute({
      method: 'get',
      path: '/patrols',
      summary: 'Patrols with status and place',
      action: 'vehicle.view',
      query: pageQuerySchema,
      answer: pageSchema(patrolNowSchema),
      handler: ({ query, subject }) =>
        page(mine(state.patrols, subject), query, (patrol) => ({
          ...state.patrolNow(patrol),
          place: state.placeNow(patrol.id, clock.nowMs()),
        })),
    }),
    defineRoute({
      method: 'get',
      path: '/vehicles',
      summary: 'Taxis and other vehicles with their last place, from memory',
      action: 'vehicle.view',
      query: pageQuerySchema,
      answer: pageSchema(vehicleNowSchema),
      handler: ({ query, subject }) =>
        page(mine(state.vehicles, subject), query, (vehicle) => ({
          ...state.vehicleNow(vehicle),
          place: state.placeNow(vehicle.id, clock.nowMs()),
        })),
    }),
    trailRoute(deps),
  ]
}

function trailRoute({ database, state, clock }: FleetRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/vehicles/:id/trail',
    summary: 'Fixes of one vehicle or patrol, oldest first; default the last half hour; at most 20,000, then truncated',
    action: 'vehicle.trail',
    params: z.object({ id: idSchema }),
    query: z.object({ from: timeSchema.optional(), to: timeSchema.optional() }),
    answer: trailSchema,
    handler: async ({ params: { id }, query }) => {
      if (!state.vehicles.has(id) && !state.patrols.has(id)) {
        throw new Fault('not-found', 'there is no such vehicle', { kind: 'vehicle', id })
      }
      const toMs = query.to === undefined ? clock.nowMs() : Date.parse(query.to)
      const fromMs = query.from === undefined ? toMs - TRAIL_MS : Date.parse(query.from)
      if (fromMs > toMs) throw new Fault('bad-request', 'from must not be after to', { from: query.from, to: query.to })
      if (toMs - fromMs > TRAIL_SPAN_MAX_MS) throw new Fault('bad-request', 'a trail is at most 7 days long')
      const trail = await readTrail(database, id, fromMs, toMs)
      return { vehicleId: id, from: toIso(fromMs), to: toIso(toMs), ...trail }
    },
  })
}

/** A page of a register in memory, by id. */
function page<T extends { id: string }, N>(
  items: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string },
  toItem: (item: T) => N,
): { items: N[]; next: string | null } {
  const after = items.filter((item) => cursor === undefined || item.id > cursor).sort((a, b) => (a.id < b.id ? -1 : 1))
  const shown = after.slice(0, limit)
  return { items: shown.map(toItem), next: after.length > limit ? shown.at(-1)!.id : null }
}
