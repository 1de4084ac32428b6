import { assignmentSchema } from '../../domain/assignment.ts'
import { coverageSchema, recommendationSchema, type Coverage } from '../../domain/recommendation.ts'
import { timeSchema } from '../../domain/scalars.ts'
import { assignSchema, responseTimesSchema, stepSchema } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'
import { readAssignment } from './assignment-rows.ts'
import { orderPatrol, type DispatchDeps } from './order-patrol.ts'
import { readResponseTimes } from './response-times.ts'
import { stepAssignment, type Step } from './step-assignment.ts'

export interface DispatchRouteDeps extends DispatchDeps {
  database: Database
  /** As of now; computed when the last one is older than a few seconds. */
  coverage: () => Coverage
  /** Something has been put in the outbox. */
  onOutbox: () => void
}

const idParams = z.object({ id: z.string().min(1).max(64) })
/** A report without limits is of the last 30 days. */
const REPORT_MS = 30 * 86_400_000

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
      object: ({ params }) => ({ kind: 'incident', id: params['id'], ...whoseIncident(deps, params['id']!) }),
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
      summary: 'Send a patrol; another than the recommended one needs a reason; 409 patrol-busy names its incident',
      action: 'incident.dispatch',
      object: ({ params }) => ({ kind: 'incident', id: params['id'], ...whoseIncident(deps, params['id']!) }),
      params: idParams,
      body: assignSchema,
      answer: assignmentSchema,
      status: 201,
      handler: async ({ params, actor, body }) => {
        const order = { incidentId: params.id, patrolId: body.patrolId, reason: body.reason ?? null, actor }
        const assignment = await orderPatrol(deps, order)
        deps.onOutbox()
        return assignment
      },
    }),
  ]
}

/** An incident that is not in memory is over, or is none: then the handler says so. */
function whoseIncident({ state }: DispatchRouteDeps, id: string) {
  const { jurisdiction, escalatedTo } = state.incidents.get(id) ?? {}
  return { jurisdiction, escalatedTo }
}

const STEPS = ['accept', 'en-route', 'on-scene', 'clear', 'decline', 'cancel'] as const

function stepRoute(deps: DispatchRouteDeps, step: (typeof STEPS)[number]): Route {
  return defineRoute({
    method: 'post',
    path: `/assignments/:id/${step}`,
    summary: `The order: ${step}`,
    action: 'assignment.step',
    params: idParams,
    body: stepSchema.optional(),
    answer: assignmentSchema,
    object: async ({ params, subject }) => {
      const { patrolId, incidentId } = await readAssignment(deps.database, params['id']!)
      const object = { kind: 'assignment', id: params['id'], patrolId }
      // A crew may answer its order wherever it is sent.
      const isCrew = subject.type === 'officer' && subject.me.role === 'patrol'
      return isCrew ? object : { ...object, ...whoseIncident(deps, incidentId) }
    },
    handler: async ({ params, actor, body, subject }) => {
      const after = await stepAssignment(deps, params.id, toStep(step, subject, body?.reason ?? null), actor)
      deps.onOutbox()
      return after
    },
  })
}

function toStep(step: (typeof STEPS)[number], subject: Subject, reason: string | null): Step {
  switch (step) {
    case 'accept':
    case 'en-route':
    case 'clear':
      return { do: step }
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

function reportRoutes(deps: DispatchRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/coverage',
      summary: 'How much of each zone the free patrols reach inside its goal, now',
      action: 'desk.view',
      answer: coverageSchema,
      handler: () => deps.coverage(),
    }),
    defineRoute({
      method: 'get',
      path: '/reports/response-times',
      summary: 'Handling, turnout, travel and response times by zone; with n and every exclusion',
      action: 'report.read',
      query: z.object({ from: timeSchema.optional(), to: timeSchema.optional() }),
      answer: responseTimesSchema,
      handler: async ({ query }) => {
        const toMs = query.to === undefined ? deps.clock.nowMs() : Date.parse(query.to)
        const fromMs = query.from === undefined ? toMs - REPORT_MS : Date.parse(query.from)
        return await readResponseTimes(deps.database, [...deps.state.zones.values()], fromMs, toMs)
      },
    }),
  ]
}
