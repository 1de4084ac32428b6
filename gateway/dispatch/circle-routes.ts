import { Fault } from '../../domain/fault.ts'
import { flipGraph } from '../../domain/roads/flip.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import type { Snapper } from '../../domain/roads/snap.ts'
import { circleFeaturesSchema } from '../../domain/wire/circles.ts'
import { z } from '../../domain/z.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { Database } from '../store/database.ts'
import { sceneOf } from './arrivals.ts'
import { circleFeatures } from './circle-features.ts'

export interface CircleRouteDeps {
  database: Database
  state: CentreState
  graph: RoadGraph
  snap: Snapper
}

const idParams = z.object({ id: z.string().min(1).max(64) })
/** At most four times in one answer, each up to half an hour. */
const querySchema = z.object({
  goals: z
    .string()
    .regex(/^\d{1,4}(,\d{1,4}){0,3}$/)
    .transform((text) => text.split(',').map(Number))
    .refine((goals) => goals.every((goalS) => goalS >= 10 && goalS <= 1800), 'seconds from 10 to 1800, at most four')
    .optional(),
  roads: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .default(true),
})
const SCENE_SNAP_MAX_M = 5000
const PATROL_SNAP_MAX_M = 1000
/** As many as the query may name. */
const GOALS_MAX = 4

/** What can be reached, as shapes and as roads to colour: from a patrol where it is now, and towards a scene. */
export function circleRoutes({ database, state, graph, snap }: CircleRouteDeps): Route[] {
  const goalsOf = (asked: number[] | undefined): number[] => {
    if (asked) return asked
    const own = new Set(state.zonesNow().map((zone) => zone.goalS))
    return [...own].sort((a, b) => a - b).slice(0, GOALS_MAX)
  }
  return [
    defineRoute({
      method: 'get',
      path: '/patrols/:id/circle',
      summary: 'What this patrol can reach from where it is now, as GeoJSON: shapes and roads for each goal',
      action: 'vehicle.view',
      params: idParams,
      query: querySchema,
      answer: circleFeaturesSchema,
      handler: async ({ params: { id }, query: { goals, roads } }) => {
        if (!state.patrols.has(id)) throw new Fault('not-found', 'there is no such patrol', { kind: 'patrol', id })
        const position = state.positions.get(id)
        const place = position?.known ? snap(position.lng, position.lat, PATROL_SNAP_MAX_M, position.bearingDeg) : null
        if (!place) throw new Fault('not-found', 'this patrol has no place on a road', { kind: 'place', id })
        return await circleFeatures(flipGraph(graph), place, goalsOf(goals), roads)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/incidents/:id/circles',
      summary: 'From where this scene is reached in time, as GeoJSON: shapes and roads for each goal',
      action: 'desk.view',
      params: idParams,
      query: querySchema,
      answer: circleFeaturesSchema,
      handler: async ({ params: { id }, query: { goals, roads } }) => {
        const incident = state.incidents.get(id) ?? (await readIncident(database, id))
        const [lng, lat] = sceneOf(state, incident)
        const place = snap(lng, lat, SCENE_SNAP_MAX_M)
        if (!place) throw new Fault('not-found', 'the scene is not near any road', { kind: 'place', id })
        return await circleFeatures(graph, place, goalsOf(goals), roads)
      },
    }),
  ]
}
