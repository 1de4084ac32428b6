import { CREW_STEPS, type Assignment } from '../../domain/assignment.ts'
import { transitionAssignment, type AssignmentAction } from '../../domain/assignment-transitions.ts'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import { deriveIncident } from '../../domain/incident-transitions.ts'
import { incidentEvent } from '../alarms/alarm-actions.ts'
import { lockAlarms } from '../alarms/alarm-rows.ts'
import { lockIncident, saveIncidents } from '../alarms/incident-rows.ts'
import { cancelTimers } from '../alarms/timer-rows.ts'
import type { NewEvent } from '../live/event-log.ts'
import { assignmentsOfIncident, readAssignment, saveAssignment } from './assignment-rows.ts'
import type { DispatchDeps } from './order-patrol.ts'
import { releaseMessage } from './order-message.ts'
import { putOutbox } from './outbox-rows.ts'
import { patrolEvent } from './patrol-event.ts'
import { putReceipts } from './receipts.ts'
import { answeredTap, rememberTap, type Tap } from './tap-rows.ts'

/** What happens to an order, without its time: that is ours. */
export type Step =
  | { do: 'accept' | 'en-route' }
  | { do: 'clear'; note?: string | null }
  | { do: 'on-scene'; arrival: NonNullable<Assignment['arrival']> }
  | { do: 'decline' | 'cancel' | 'divert'; reason: string | null }

/** The verb in the past, as the timeline has it. */
const TOLD: Record<Step['do'], string> = {
  accept: 'accepted',
  'en-route': 'en-route',
  'on-scene': 'on-scene',
  clear: 'cleared',
  decline: 'declined',
  cancel: 'cancelled',
  divert: 'diverted',
}

/**
 * One step of an order, from the crew's terminal, a phone, a desk, or the arrival detection. The incident's state follows. A step that
 * was already made changes nothing; a tap that was already taken is answered as the first time, whatever has happened since.
 * @throws Fault `state-changed` when the order has ended otherwise; `not-found`
 */
export async function stepAssignment(
  deps: Pick<DispatchDeps, 'events' | 'clock' | 'state'>,
  assignmentId: string,
  step: Step,
  actor: string,
  tap: Tap | null = null,
): Promise<Assignment> {
  return await deps.events.transact(async (tx) => {
    const { incidentId } = await readAssignment(tx, assignmentId)
    // The incident first: its lock is what all changes of its orders wait for.
    const incident = await lockIncident(tx, incidentId)
    const answered = tap && (await answeredTap(tx, tap.id, assignmentId, step.do))
    if (answered) return answered
    const all = await assignmentsOfIncident(tx, incidentId)
    const before = all.find((one) => one.id === assignmentId)!
    const nowMs = deps.clock.nowMs()
    const at = toIso(nowMs)
    const action: AssignmentAction = { ...step, at }
    const after = withTap(transitionAssignment(before, action), before, step.do, tap)
    if (tap) await rememberTap(tx, tap, { assignment: after, step: step.do, actor, at })
    if (after === before) return before
    await saveAssignment(tx, after)
    if (step.do === 'cancel' || step.do === 'divert') {
      await putOutbox(tx, [releaseMessage(after, step.reason ?? step.do, nowMs)])
    }
    await cancelTimers(tx, ['order-unanswered'], [assignmentId], at)
    const events: NewEvent[] = [
      { kind: 'assignment', action: TOLD[step.do], subjectId: assignmentId, incidentId, actor, body: after },
    ]
    const derived = deriveIncident(
      incident,
      all.map((one) => (one.id === assignmentId ? after : one)),
    )
    if (differs(incident, derived)) {
      await saveIncidents(tx, [derived])
      events.push(incidentEvent(derived, derived.state, actor))
      if (incident.onSceneAt === null && derived.onSceneAt !== null) {
        await putReceipts(tx, await lockAlarms(tx, incident.alarmIds), 'arrived', nowMs)
      }
    }
    events.push(...patrolEvent(deps.state, after, actor))
    await deps.events.appendAll(tx, events)
    return after
  })
}

/** A step that changes nothing is not dated by a tap that came after it. */
function withTap(after: Assignment, before: Assignment, step: Step['do'], tap: Tap | null): Assignment {
  const crewStep = CREW_STEPS.find((one) => one === step)
  if (after === before || tap?.tappedAt == null || crewStep === undefined) return after
  return { ...after, tappedAt: { ...before.tappedAt, [crewStep]: tap.tappedAt } }
}

function differs(a: Incident, b: Incident): boolean {
  return (
    a.state !== b.state ||
    a.enRouteAt !== b.enRouteAt ||
    a.onSceneAt !== b.onSceneAt ||
    a.controlledAt !== b.controlledAt
  )
}
