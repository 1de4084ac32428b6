import type { Alarm, Disposition } from '../../domain/alarm.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import { isOpenAssignment, transitionAssignment } from '../../domain/assignment-transitions.ts'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import { closeIncident as close } from '../../domain/incident-transitions.ts'
import { assignmentsOfIncident, saveAssignment } from '../dispatch/assignment-rows.ts'
import { releaseMessage } from '../dispatch/order-message.ts'
import { putOutbox } from '../dispatch/outbox-rows.ts'
import { patrolEvent } from '../dispatch/patrol-event.ts'
import { putReceipts } from '../dispatch/receipts.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { NewEvent } from '../live/event-log.ts'
import { incidentEvent, noteEvent, type ActionDeps } from './alarm-actions.ts'
import { lockAlarms, saveAlarms } from './alarm-rows.ts'
import { lockIncident, saveIncidents } from './incident-rows.ts'
import { ANSWER_TIMERS, cancelTimers } from './timer-rows.ts'

/**
 * Ends an incident: its patrols are cleared and told so, its alarms are closed with the same disposition, its timers end. Again with the
 * same disposition: nothing happens.
 * @throws Fault `state-changed` when it has been closed otherwise; `not-found`
 */
export async function closeIncident(
  deps: ActionDeps & { state: CentreState },
  id: string,
  actor: string,
  disposition: Disposition,
  note: string | null,
): Promise<Incident> {
  return await deps.events.transact(async (tx) => {
    const nowMs = deps.clock.nowMs()
    const at = toIso(nowMs)
    const before = await lockIncident(tx, id)
    const incident = close(before, at, disposition, note)
    if (incident === before) return incident
    const events: NewEvent[] = []
    for (const assignment of await assignmentsOfIncident(tx, id)) {
      if (!isOpenAssignment(assignment)) continue
      const cleared = transitionAssignment(assignment, { do: 'clear', at })
      await saveAssignment(tx, cleared)
      await putOutbox(tx, [releaseMessage(cleared, 'incident closed', nowMs)])
      const { id: subjectId } = cleared
      events.push({ kind: 'assignment', action: 'cleared', subjectId, incidentId: id, actor, body: cleared })
      events.push(...patrolEvent(deps.state, cleared, actor))
    }
    const alarms = (await lockAlarms(tx, incident.alarmIds)).filter((alarm) => alarm.state !== 'closed')
    const closed = alarms.map((alarm) => closeAlarm(alarm, at, actor, disposition))
    await saveAlarms(tx, closed)
    await saveIncidents(tx, [incident])
    await cancelTimers(tx, ANSWER_TIMERS, incident.alarmIds, at)
    await putReceipts(tx, closed, 'closed', nowMs)
    for (const alarm of closed) {
      events.push({ kind: 'alarm', action: 'closed', subjectId: alarm.id, incidentId: id, actor, body: alarm })
    }
    if (note) events.push(noteEvent(id, actor, note))
    events.push(incidentEvent(incident, 'closed', actor))
    await deps.events.appendAll(tx, events)
    return incident
  })
}

/** Whoever closes has seen it: what nobody had acknowledged or classified is so now. */
function closeAlarm(alarm: Alarm, at: string, by: string, disposition: Disposition): Alarm {
  const owned = alarm.state === 'raised' ? transitionAlarm(alarm, { do: 'acknowledge', at, by }) : alarm
  const classified = owned.state === 'classified' ? owned : transitionAlarm(owned, { do: 'classify', at, disposition })
  return transitionAlarm(classified, { do: 'close', at })
}
