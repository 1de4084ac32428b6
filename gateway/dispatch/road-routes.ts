import { closureWriteSchema, roadClosureSchema } from '../../domain/road-closure.ts'
import { moveUpsSchema, type MoveUpsNow } from '../../domain/recommendation.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { whoOf, type Who } from '../live/visibility.ts'
import type { RoadClosures } from './road-closures.ts'

const idParams = z.object({ id: z.string().min(1).max(64) })

/** Closed and slowed roads, which every recommendation, circle and coverage drives by; and who should move where. */
export function roadRoutes({
  closures,
  moveUps,
}: {
  closures: RoadClosures
  moveUps: (who: Who) => MoveUpsNow
}): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/roads/closures',
      summary: 'Roads that are closed or driven at another speed now',
      action: 'desk.view',
      answer: z.array(roadClosureSchema),
      handler: () => closures.list(),
    }),
    defineRoute({
      method: 'get',
      path: '/coverage/move-ups',
      summary: 'What each free patrol alone holds, and the single move to a patrol’s home that restores most',
      action: 'desk.view',
      answer: moveUpsSchema,
      handler: ({ subject }) => moveUps(whoOf(subject)),
    }),
    defineRoute({
      method: 'post',
      path: '/roads/closures',
      summary:
        'Close a road or change its speed: an edge, the road at a place, or all within a radius; in force at once',
      action: 'incident.dispatch',
      body: closureWriteSchema,
      answer: roadClosureSchema,
      status: 201,
      handler: ({ body, subject, actor }) => closures.add(body, subject, actor),
    }),
    defineRoute({
      method: 'delete',
      path: '/roads/closures/:id',
      summary: 'The road is as before',
      action: 'incident.dispatch',
      params: idParams,
      answer: roadClosureSchema,
      handler: ({ params, subject, actor }) => closures.end(params.id, subject, actor),
    }),
  ]
}
