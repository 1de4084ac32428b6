import { assignmentSchema } from '../../domain/assignment.ts'
import { recommendationSchema } from '../../domain/recommendation.ts'
import { Fault } from '../../domain/fault.ts'
import { incidentSchema } from '../../domain/incident.ts'
import { alarmLevelSchema, assignedSchema, assignSchema, stepSchema, type Assigned } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'
import { readAssignment } from './assignment-rows.ts'
import { orderPatrol, type DispatchDeps, type Order } from './order-patrol.ts'
import { raiseAlarmLevel } from './alarm-level.ts'
import { reportRoutes, type ReportRouteDeps } from './report-routes.ts'
import { stepAssignment, type Step } from './step-assignment.ts'

export interface DispatchRouteDeps extends DispatchDeps, ReportRouteDeps {
  database: Database
  /** Something has been put in the outbox. */
  onOutbox: () => void
}

const idParams = z.object({ id: z.string().min(1).max(64) })

/** Who should go, who goes, how far they are, and how it went. */
export function dispatchRoutes(deps: DispatchRouteDeps): Route[] {
  return [...orderRoutes(deps), ...STEPS.map((step) => stepRoute(deps, step)), ...reportRoutes(deps)]
}

function orderRoutes(deps: DispatchRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/incidents/:id/recommendation',
      summary: 'The right patrol by road, now, and why not each other one',
      action: 'incident.dispatch',
      params: idParams,
      answer: recommendationSchema,
      handler: async ({ params }) => {
        const incident = deps.state.incidents.get(params.id) ?? (await readIncident(deps.database, params.id))
        return deps.recommend(incident)
      },
    }),
    defineRoute({
      method: 'post',
      path: '/incidents/:id/assignments',
      summary:
        'Send a patrol, and its support with patrolIds; another than the recommended ones needs a reason; 409 patrol-busy names its incident, divert takes it away from there',
      action: 'incident.dispatch',
      params: idParams,
      body: assignSchema,
      answer: assignedSchema,
      status: 201,
      handler: async ({ params, actor, body }) => {
        const { patrolId, patrolIds, divert, reason = null } = body
        const base = { incidentId: params.id, reason, actor }
        const assignment = await orderPatrol(deps, { ...base, patrolId, ...(divert ? { divert } : {}) })
        const others = patrolIds && (await orderOthers(deps, base, patrolIds))
        deps.onOutbox()
        return others ? { ...assignment, others } : assignment
      },
    }),
    defineRoute({
      method: 'post',
      path: '/incidents/:id/alarm-level',
      summary: 'Ask for more, or less, than the run card sends at first',
      action: 'incident.dispatch',
      params: idParams,
      body: alarmLevelSchema,
      answer: incidentSchema,
      handler: ({ params, actor, body }) => raiseAlarmLevel(deps, params.id, body, actor),
    }),
  ]
}

/** Each on its own: that one is busy by now must not keep the others at home. */
async function orderOthers(
  deps: DispatchRouteDeps,
  base: Omit<Order, 'patrolId'>,
  patrolIds: readonly string[],
): Promise<NonNullable<Assigned['others']>> {
  const others: NonNullable<Assigned['others']> = []
  for (const patrolId of patrolIds) {
    try {
      others.push({ patrolId, assignment: await orderPatrol(deps, { ...base, patrolId }), problem: null })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      others.push({ patrolId, assignment: null, problem: { code: error.code, detail: error.message } })
    }
  }
  return others
}

const STEPS = ['accept', 'en-route', 'on-scene', 'clear', 'decline', 'cancel'] as const

function stepRoute(deps: DispatchRouteDeps, step: (typeof STEPS)[number]): Route {
  return defineRoute({
    method: 'post',
    path: `/assignments/:id/${step}`,
    summary: `The order: ${step}; with an id (ULID) a repeat is answered as the first was`,
    action: 'assignment.step',
    params: idParams,
    body: stepSchema.optional(),
    answer: assignmentSchema,
    object: async ({ params }) => {
      const id = params['id']!
      const { patrolId } = await readAssignment(deps.database, id)
      return { kind: 'assignment', id, patrolId }
    },
    handler: async ({ params, actor, body, subject }) => {
      const { reason = null, note = null, id, tappedAt = null } = body ?? {}
      const tap = id === undefined ? null : { id, tappedAt }
      const after = await stepAssignment(deps, params.id, toStep(step, subject, { reason, note }), actor, tap)
      deps.onOutbox()
      return after
    },
  })
}

function toStep(
  step: (typeof STEPS)[number],
  subject: Subject,
  { reason, note }: { reason: string | null; note: string | null },
): Step {
  switch (step) {
    case 'accept':
    case 'en-route':
      return { do: step }
    case 'clear':
      return { do: step, note }
    case 'on-scene': {
      const isCrew = subject.type === 'officer' && subject.me.role === 'patrol'
      return { do: step, arrival: isCrew ? 'crew' : 'desk' }
    }
    case 'decline':
    case 'cancel':
      return { do: step, reason }
    default: {
      const never: never = step
      return never
    }
  }
}
