import type { Assignment } from '../../domain/assignment.ts'
import { transitionAssignment } from '../../domain/assignment-transitions.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import { deriveIncident } from '../../domain/incident-transitions.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import { incidentEvent } from '../alarms/alarm-actions.ts'
import { lockAlarms, saveAlarms } from '../alarms/alarm-rows.ts'
import { ESCALATION_STEPS_S } from '../alarms/effects.ts'
import { saveIncidents } from '../alarms/incident-rows.ts'
import { cancelTimers, setTimers } from '../alarms/timer-rows.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { assignmentsOfIncident, saveAssignment } from './assignment-rows.ts'
import { releaseMessage } from './order-message.ts'
import { putOutbox } from './outbox-rows.ts'

export interface Divert {
  /** The open order that ends. */
  busy: Assignment
  /** Its incident, and the more urgent one; both rows are locked. */
  from: Incident
  to: Incident
  actor: string
  nowMs: number
}

/** What somebody has decided it was is not a call that waits. */
const NOT_CALLING: readonly (string | null)[] = ['false', 'test', 'drill', 'duplicate']

/**
 * Whether this patrol may be taken away at all, and without a word of explanation.
 * @throws Fault `patrol-busy` when it has arrived; `reason-needed` when the other incident is no less urgent, or nobody had offered it
 */
export function checkDivert(
  { busy, from, to }: Pick<Divert, 'busy' | 'from' | 'to'>,
  shown: Recommendation,
  reason: string | null,
): void {
  if (busy.state === 'onScene') {
    throw new Fault('patrol-busy', `the patrol is on scene at incident ${from.number}`, {
      patrolId: busy.patrolId,
      incidentId: from.id,
      assignmentId: busy.id,
      state: busy.state,
      by: busy.orderedBy,
    })
  }
  const offer = shown.candidates.find((one) => one.patrolId === busy.patrolId)?.divert
  if (reason || (offer && offer.assignmentId === busy.id && from.priority > to.priority)) return
  throw new Fault('reason-needed', `taking a patrol from incident ${from.number} needs a reason`, {
    recommended: shown.chosen,
    incidentId: from.id,
  })
}

/**
 * Ends the other order as diverted and tells the other incident so. When nobody else has an order there it is open again and its alarms
 * sound as if they had just come: an officer must know that no car is on its way. The crew's terminal lets the old order go before it gets the new one.
 */
export async function divertPatrol(tx: Tx, state: CentreState, divert: Divert): Promise<NewEvent[]> {
  const { busy, from, to, actor, nowMs } = divert
  const at = toIso(nowMs)
  const ended = transitionAssignment(busy, { do: 'divert', at, reason: to.number })
  await saveAssignment(tx, ended)
  await putOutbox(tx, [releaseMessage(ended, to.number, nowMs)])
  await cancelTimers(tx, ['order-unanswered'], [busy.id], at)
  const callsign = state.patrols.get(busy.patrolId)?.callsign ?? busy.patrolId
  const body = { text: `${callsign} → ${to.number}`, patrolId: busy.patrolId, toIncidentId: to.id, toNumber: to.number }
  const events: NewEvent[] = [
    { kind: 'assignment', action: 'diverted', subjectId: busy.id, incidentId: from.id, actor, body: ended },
    { kind: 'note', action: 'patrol-diverted', subjectId: from.id, incidentId: from.id, actor, body },
  ]
  const derived = deriveIncident(from, await assignmentsOfIncident(tx, from.id))
  await saveIncidents(tx, [derived])
  const isLeft = derived.state === 'open'
  events.push(incidentEvent(derived, isLeft ? 'reopened' : derived.state, actor))
  if (isLeft) events.push(...(await soundAgain(tx, state, from, nowMs)))
  return events
}

async function soundAgain(tx: Tx, state: CentreState, { alarmIds }: Incident, nowMs: number): Promise<NewEvent[]> {
  const alarms = await lockAlarms(tx, alarmIds)
  const calling = alarms.filter((alarm) => alarm.state !== 'closed' && !NOT_CALLING.includes(alarm.disposition))
  const recalled = calling.map((alarm) => transitionAlarm(alarm, { do: 'recall' }))
  await saveAlarms(tx, recalled)
  await setTimers(
    tx,
    recalled.flatMap(({ id: subjectId }) =>
      ESCALATION_STEPS_S.map((seconds, i) => ({
        kind: 'escalate' as const,
        subjectId,
        step: i + 1,
        dueAtMs: nowMs + seconds * 1000 * state.escalationFactor,
      })),
    ),
  )
  return recalled.map((alarm) => ({
    kind: 'alarm',
    action: 'recalled',
    subjectId: alarm.id,
    incidentId: alarm.incidentId,
    actor: 'centre',
    body: alarm,
  }))
}
