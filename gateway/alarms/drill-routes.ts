import { drillSchema } from '../../domain/drill.ts'
import { idSchema } from '../../domain/scalars.ts'
import { drillPlanSchema } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Drills } from './drills.ts'

const siteParams = z.object({ id: idSchema })

/** Planned drills of one site. */
export function drillRoutes(drills: Pick<Drills, 'plan' | 'cancel' | 'ofSite'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/sites/:id/drills',
      summary: 'Planned and past drills of the site, the latest first',
      action: 'desk.view',
      params: siteParams,
      answer: z.object({ items: z.array(drillSchema) }),
      handler: async ({ params }) => ({ items: await drills.ofSite(params.id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/sites/:id/drills',
      summary: 'Plan a drill of at most 4 hours: presses in it are marked, and are alarms all the same',
      action: 'drill.plan',
      params: siteParams,
      body: drillPlanSchema,
      answer: drillSchema,
      status: 201,
      handler: ({ params, subject, body }) => drills.plan(params.id, subject, body),
    }),
    defineRoute({
      method: 'post',
      path: '/sites/:id/drills/:drillId/cancel',
      summary: 'End a drill, or take it back',
      action: 'drill.plan',
      params: siteParams.extend({ drillId: z.string().min(1).max(64) }),
      answer: drillSchema,
      handler: ({ params, subject }) => drills.cancel(params.id, params.drillId, subject),
    }),
  ]
}
