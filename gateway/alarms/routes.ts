import { alarmSchema, type Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { incidentSchema, type Incident } from '../../domain/incident.ts'
import { Fault } from '../../domain/fault.ts'
import { recommendationSchema, type Recommendation } from '../../domain/recommendation.ts'
import { idSchema } from '../../domain/scalars.ts'
import {
  classifySchema,
  closeIncidentSchema,
  incidentDetailSchema,
  noteSchema,
  pageQuerySchema,
  pageSchema,
  radioOrderWriteSchema,
  signalSchema,
  shelveSchema,
  takeOverSchema,
} from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { logEventSchema } from '../../domain/wire/live.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { busyFault } from '../dispatch/order-patrol.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import { whoOf } from '../live/visibility.ts'
import type { Database } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'
import { callEvent, classifyAlarm, noteEvent, shelveAlarm, unshelveAlarm } from './alarm-actions.ts'
import { pageOfAlarms, readAlarms } from './alarm-rows.ts'
import { closeIncident } from './close-incident.ts'
import { readIncidentDetail } from './incident-detail.ts'
import { pageOfIncidents, readIncident } from './incident-rows.ts'
import { readSignals } from './signal-rows.ts'

export interface AlarmRouteDeps {
  database: Database
  events: EventLog
  state: CentreState
  clock: Clock
  recommend: (incident: Incident) => Recommendation
  /** As memory has it, stored or provisional. */
  findAlarm: (id: string) => Alarm | undefined
  /** Works without the database, too. */
  acknowledge: (alarmId: string, actor: string) => Promise<Alarm>
  takeOver: (alarmId: string, subject: Subject, reason: string) => Promise<Alarm>
  orderByRadio: (alarmId: string, patrolId: string, actor: string) => Promise<Alarm>
  recommendFor: (alarmId: string) => Recommendation
  /** Something has been put in the outbox. */
  onOutbox: () => void
}

const idParams = z.object({ id: z.string().min(1).max(64) })
const yesNo = z.enum(['true', 'false']).transform((word) => word === 'true')

/** Signals, alarms and incidents. */
export function alarmRoutes(deps: AlarmRouteDeps): Route[] {
  return [
    signalsRoute(deps),
    ...listRoutes(deps),
    ...actionRoutes(deps),
    ...radioRoutes(deps),
    ...shelfRoutes(deps),
    ...incidentRoutes(deps),
  ]
}

function signalsRoute({ database }: AlarmRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/signals',
    summary: 'Signals as received, oldest first, after a signal id; `next` goes on',
    action: 'signal.read',
    query: z.object({
      device: idSchema.optional(),
      after: z.coerce.number().int().min(0).default(0),
      limit: pageQuerySchema.shape.limit,
    }),
    answer: pageSchema(signalSchema),
    handler: async ({ query: { device, after, limit }, subject }) => {
      const filter = { deviceId: device ?? null, after, limit, who: whoOf(subject) }
      const items = await readSignals(database, filter)
      return { items, next: items.length === limit ? items.at(-1)!.id : null }
    },
  })
}

function listRoutes({ database }: AlarmRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/alarms',
      summary: 'Alarms, newest first; of one state, of one device',
      action: 'desk.view',
      query: pageQuerySchema.extend({ state: alarmSchema.shape.state.optional(), device: idSchema.optional() }),
      answer: pageSchema(alarmSchema),
      handler: async ({ query: { limit, cursor, state, device }, subject }) => {
        const which = { state: state ?? null, deviceId: device ?? null, who: whoOf(subject) }
        const filter = { limit: limit + 1, before: cursor ?? null, ...which }
        return pageOf(await pageOfAlarms(database, filter), limit)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/incidents',
      summary: 'Incidents, newest first; only the open or only the closed ones',
      action: 'desk.view',
      query: pageQuerySchema.extend({ open: yesNo.optional() }),
      answer: pageSchema(incidentSchema),
      handler: async ({ query: { limit, cursor, open }, subject }) => {
        const filter = { limit: limit + 1, before: cursor ?? null, open: open ?? null, who: whoOf(subject) }
        return pageOf(await pageOfIncidents(database, filter), limit)
      },
    }),
  ]
}

function pageOf<T extends { id: string }>(rows: T[], limit: number): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? items.at(-1)!.id : null }
}

function actionRoutes(deps: AlarmRouteDeps): Route[] {
  const { onOutbox } = deps
  const object = alarmObject(deps)
  return [
    defineRoute({
      method: 'post',
      path: '/alarms/:id/acknowledge',
      summary:
        'Own the alarm; 409 already-acknowledged names the owner. Without the database it is kept on disk: `provisional`',
      action: 'alarm.handle',
      object,
      params: idParams,
      answer: alarmSchema,
      handler: async ({ params, actor }) => {
        const alarm = await deps.acknowledge(params.id, actor)
        onOutbox()
        return alarm
      },
    }),
    defineRoute({
      method: 'post',
      path: '/alarms/:id/take-over',
      summary: 'Take the alarm from its owner, with a reason. Without the database it is kept on disk: `provisional`',
      action: 'alarm.take-over',
      object,
      params: idParams,
      body: takeOverSchema,
      answer: alarmSchema,
      handler: async ({ params, subject, body }) => {
        const alarm = await deps.takeOver(params.id, subject, body.reason)
        onOutbox()
        return alarm
      },
    }),
    defineRoute({
      method: 'post',
      path: '/alarms/:id/classify',
      summary: 'Say what it was',
      action: 'alarm.handle',
      object,
      params: idParams,
      body: classifySchema,
      answer: alarmSchema,
      handler: async ({ params, actor, body }) => {
        const alarm = await classifyAlarm(deps, params.id, actor, body.disposition, body.note ?? null)
        onOutbox()
        return alarm
      },
    }),
  ]
}

/** Who should go although its incident is not open yet, and what was told by radio: while the database is away no order can be sent. */
function radioRoutes(deps: AlarmRouteDeps): Route[] {
  const object = alarmObject(deps)
  return [
    defineRoute({
      method: 'get',
      path: '/alarms/:id/recommendation',
      summary:
        'The right patrol by road for an alarm that is open, also while the database is away and it has no incident',
      action: 'incident.dispatch',
      object,
      params: idParams,
      answer: recommendationSchema,
      handler: ({ params }) => deps.recommendFor(params.id),
    }),
    defineRoute({
      method: 'post',
      path: '/alarms/:id/radio-order',
      summary:
        'A patrol was sent by radio because no order could be: kept on disk, on every desk at once, an assignment as of now when the database is back',
      action: 'incident.dispatch',
      object,
      params: idParams,
      body: radioOrderWriteSchema,
      answer: alarmSchema,
      handler: ({ params, actor, body }) => {
        if (!deps.state.patrols.has(body.patrolId)) {
          throw new Fault('not-found', 'There is no such patrol.', { id: body.patrolId })
        }
        const going = deps.state.openAssignmentOf(body.patrolId)
        const alarm = deps.findAlarm(params.id)
        if (going && going.incidentId !== alarm?.incidentId) throw busyFault(deps.state, going)
        return deps.orderByRadio(params.id, body.patrolId, actor)
      },
    }),
  ]
}

/** Whose the alarm is: from memory, so that it is known while the database is away; of one that is over, from its row. */
function alarmObject({ findAlarm, database }: AlarmRouteDeps): Route['object'] {
  return async ({ params }) => {
    const id = params['id']!
    const alarm = findAlarm(id) ?? (await readAlarms(database, [id]))[0]
    return { kind: 'alarm', id, jurisdiction: alarm?.jurisdiction, escalatedTo: alarm?.escalatedTo }
  }
}

function shelfRoutes(deps: AlarmRouteDeps): Route[] {
  const object = alarmObject(deps)
  return [
    defineRoute({
      method: 'post',
      path: '/alarms/:id/shelve',
      summary:
        'Put an acknowledged alarm of priority 2–4 aside, with a reason, for at most 8 hours; a new press ends it',
      action: 'alarm.shelve',
      object,
      params: idParams,
      body: shelveSchema,
      answer: alarmSchema,
      handler: ({ params, subject, body: { until, minutes, reason } }) => {
        const untilMs = until === undefined ? deps.clock.nowMs() + minutes! * 60_000 : Date.parse(until)
        return shelveAlarm(deps, params.id, subject, { untilMs, why: reason })
      },
    }),
    defineRoute({
      method: 'post',
      path: '/alarms/:id/unshelve',
      summary: 'Take it out of the shelf',
      action: 'alarm.shelve',
      object,
      params: idParams,
      answer: alarmSchema,
      handler: ({ params, subject }) => unshelveAlarm(deps, params.id, subject),
    }),
  ]
}

function incidentRoutes(deps: AlarmRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/incidents/:id',
      summary: 'One incident with its alarms, orders, contacts, checklist and timeline',
      action: 'desk.view',
      params: idParams,
      answer: incidentDetailSchema,
      handler: ({ params }) => readIncidentDetail(deps, params.id),
    }),
    defineRoute({
      method: 'post',
      path: '/incidents/:id/close',
      summary: 'Close it: its patrols are cleared, its alarms closed',
      action: 'incident.handle',
      params: idParams,
      body: closeIncidentSchema,
      answer: incidentSchema,
      handler: async ({ params, actor, body }) => {
        const incident = await closeIncident(deps, params.id, actor, body.disposition, body.note ?? null)
        deps.onOutbox()
        return incident
      },
    }),
    defineRoute({
      method: 'post',
      path: '/incidents/:id/notes',
      summary: 'Write a line into its timeline',
      action: 'incident.handle',
      params: idParams,
      body: noteSchema,
      answer: logEventSchema,
      status: 201,
      handler: async ({ params, actor, body }) =>
        await deps.events.transact(async (tx) => {
          await readIncident(tx, params.id)
          const { text, call } = body
          const event = call ? callEvent(params.id, actor, call, text) : noteEvent(params.id, actor, text)
          return await deps.events.append(tx, event)
        }),
    }),
  ]
}
