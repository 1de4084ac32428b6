import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import { isOpenAssignment } from '../../domain/assignment-transitions.ts'
import { crewMessageSchema } from '../../domain/wire/crew.ts'
import { tapIdSchema } from '../../domain/wire/http.ts'
import { logEventSchema } from '../../domain/wire/live.ts'
import { z } from '../../domain/z.ts'
import { lockIncident } from '../alarms/incident-rows.ts'
import { readAssignment } from '../dispatch/assignment-rows.ts'
import { crewMessage } from '../dispatch/order-message.ts'
import { putOutbox } from '../dispatch/outbox-rows.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Database } from '../store/database.ts'

export interface MessageRouteDeps {
  database: Database
  events: EventLog
  clock: Clock
  onOutbox: () => void
}

/** Short texts of the desk to one crew: to its phone by the live stream, to its terminal by MQTT. The crew confirms each. */
export function messageRoutes(deps: MessageRouteDeps): Route[] {
  return [sendRoute(deps), confirmRoute(deps)]
}

function sendRoute({ events, clock, onOutbox }: MessageRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/assignments/:id/messages',
    summary: 'A short text to the crew of this order',
    action: 'incident.dispatch',
    params: z.object({ id: z.string().min(1).max(64) }),
    body: crewMessageSchema,
    answer: logEventSchema,
    status: 201,
    handler: async ({ params, body: { text }, actor }) => {
      const event = await events.transact(async (tx) => {
        const assignment = await readAssignment(tx, params.id)
        if (!isOpenAssignment(assignment)) {
          throw new Fault('state-changed', `the order is already ${assignment.state}`, { state: assignment.state })
        }
        const { id: assignmentId, incidentId, patrolId } = assignment
        const nowMs = clock.nowMs()
        const messageId = newId(nowMs)
        await putOutbox(tx, [crewMessage(assignment, messageId, text, nowMs)])
        const body = { text, messageId, assignmentId, patrolId }
        return await events.append(tx, {
          kind: 'note',
          action: 'messaged',
          subjectId: messageId,
          incidentId,
          actor,
          body,
        })
      })
      onOutbox()
      return event
    },
  })
}

function confirmRoute({ database, events, clock }: MessageRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/assignments/:id/messages/:messageId/confirm',
    summary: 'The crew has read it; a repeat changes nothing',
    action: 'assignment.step',
    object: async ({ params }) => {
      const { patrolId } = await readAssignment(database, params['id']!)
      return { kind: 'assignment', id: params['id']!, patrolId }
    },
    params: z.object({ id: z.string().min(1).max(64), messageId: tapIdSchema }),
    answer: z.object({ messageId: z.string(), confirmedAt: z.string() }),
    handler: ({ params: { id, messageId }, actor }) =>
      events.transact(async (tx) => {
        const { incidentId, patrolId } = await readAssignment(tx, id)
        await lockIncident(tx, incidentId)
        const rows = await tx.query<{ at: string; action: string }>(
          `select at, action from event where incident_id = $1 and kind = 'note' and subject_id = $2
              and body->>'assignmentId' = $3 order by n desc limit 1`,
          [incidentId, messageId, id],
        )
        const last = rows[0]
        if (!last) throw new Fault('not-found', 'there is no such message', { kind: 'message', id: messageId })
        if (last.action === 'message-confirmed') return { messageId, confirmedAt: last.at }
        const body = { messageId, assignmentId: id, patrolId }
        const confirmed = {
          kind: 'note',
          action: 'message-confirmed',
          subjectId: messageId,
          incidentId,
          actor,
          body,
        } as const
        await events.append(tx, confirmed)
        return { messageId, confirmedAt: toIso(clock.nowMs()) }
      }),
  })
}
