import { alarmSchema } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { incidentSchema, type Incident } from '../../domain/incident.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import { idSchema } from '../../domain/scalars.ts'
import {
  classifySchema,
  closeIncidentSchema,
  incidentDetailSchema,
  noteSchema,
  pageQuerySchema,
  pageSchema,
  signalSchema,
  takeOverSchema,
} from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { logEventSchema } from '../../domain/wire/live.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Database } from '../store/database.ts'
import { acknowledgeAlarm, classifyAlarm, noteEvent, takeOverAlarm } from './alarm-actions.ts'
import { pageOfAlarms } from './alarm-rows.ts'
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
  /** Something has been put in the outbox. */
  onOutbox: () => void
}

const idParams = z.object({ id: z.string().min(1).max(64) })
const yesNo = z.enum(['true', 'false']).transform((word) => word === 'true')

/** Signals, alarms and incidents. */
export function alarmRoutes(deps: AlarmRouteDeps): Route[] {
  return [signalsRoute(deps), ...listRoutes(deps), ...actionRoutes(deps), ...incidentRoutes(deps)]
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
    handler: async ({ query: { device, after, limit } }) => {
      const items = await readSignals(database, { deviceId: device ?? null, after, limit })
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
      handler: async ({ query: { limit, cursor, state, device } }) => {
        const filter = { limit: limit + 1, before: cursor ?? null, state: state ?? null, deviceId: device ?? null }
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
      handler: async ({ query: { limit, cursor, open } }) => {
        const filter = { limit: limit + 1, before: cursor ?? null, open: open ?? null }
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
  return [
    defineRoute({
      method: 'post',
      path: '/alarms/:id/acknowledge',
      summary: 'Own the alarm; 409 already-acknowledged names the owner',
      action: 'alarm.handle',
      params: idParams,
      answer: alarmSchema,
      handler: async ({ params, actor }) => {
        const alarm = await acknowledgeAlarm(deps, params.id, actor)
        onOutbox()
        return alarm
      },
    }),
    defineRoute({
      method: 'post',
      path: '/alarms/:id/take-over',
      summary: 'Take the alarm from its owner, with a reason',
      action: 'alarm.take-over',
      params: idParams,
      body: takeOverSchema,
      answer: alarmSchema,
      handler: async ({ params, actor, body }) => {
        const alarm = await takeOverAlarm(deps, params.id, actor, body.reason)
        onOutbox()
        return alarm
      },
    }),
    defineRoute({
      method: 'post',
      path: '/alarms/:id/classify',
      summary: 'Say what it was',
      action: 'alarm.handle',
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
          return await deps.events.append(tx, noteEvent(params.id, actor, body.text))
        }),
    }),
  ]
}
