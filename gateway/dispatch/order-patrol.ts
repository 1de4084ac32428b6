import type { Assignment } from '../../domain/assignment.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import { canDispatch, deriveIncident } from '../../domain/incident-transitions.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import { incidentEvent } from '../alarms/alarm-actions.ts'
import { lockAlarms } from '../alarms/alarm-rows.ts'
import { lockIncident, lockIncidents, saveIncidents } from '../alarms/incident-rows.ts'
import { setTimers } from '../alarms/timer-rows.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { assignmentsOfIncident, insertAssignment, openAssignmentOfPatrol } from './assignment-rows.ts'
import { checkDivert, divertPatrol } from './divert-patrol.ts'
import { orderMessage } from './order-message.ts'
import { putOutbox } from './outbox-rows.ts'
import { endPosting } from './end-posting.ts'
import { patrolEvent } from './patrol-event.ts'
import { putReceipts } from './receipts.ts'

/** An order that nobody accepts within this is offered to the next patrol. */
export const ORDER_ANSWER_MS = 30_000

export interface DispatchDeps {
  events: EventLog
  clock: Clock
  state: CentreState
  /** Who should go now, from live places. @throws Fault `not-found` */
  recommend(incident: Incident): Recommendation
}

export interface Order {
  incidentId: string
  patrolId: string
  /** Why another than the recommended one. */
  reason: string | null
  /** Take it from the less urgent incident that it is on its way to. */
  divert?: boolean
  actor: string
  /** The crew has it already, by radio, since then (RFC 3339): it is recorded whoever was recommended and whatever its duty says. */
  radioAt?: string
}

/**
 * Sends a patrol: the order, what the officer was shown, the message to its terminal, the timer and the incident's new state in one
 * transaction. The same patrol on the same incident again: the order that is there.
 * @throws Fault `patrol-busy` with its incident; `reason-needed` for another than the recommended; `state-changed`; `not-found`
 */
export async function orderPatrol(deps: DispatchDeps, order: Order): Promise<Assignment> {
  return await deps.events.transact((tx) => orderPatrolIn(tx, deps, order))
}

/** The same in the caller's transaction. */
export async function orderPatrolIn(tx: Tx, deps: DispatchDeps, order: Order): Promise<Assignment> {
  const { state, clock } = deps
  const patrol = state.patrols.get(order.patrolId)
  if (!patrol) throw new Fault('not-found', 'there is no such patrol', { kind: 'patrol', id: order.patrolId })
  const { incident, from } = await lockBoth(tx, order)
  if (!canDispatch(incident)) {
    throw new Fault('state-changed', `the incident is already ${incident.state}`, { state: incident.state })
  }
  // Two desks that send the same car to two scenes wait for each other here.
  await tx.execute('select id from patrol where id = $1 for update', [order.patrolId])
  const busy = await openAssignmentOfPatrol(tx, order.patrolId)
  if (busy?.incidentId === incident.id) return busy
  if (busy && !order.divert) throw busyFault(state, busy)
  // Ordered elsewhere since the incidents were locked.
  if (busy && busy.incidentId !== from?.id) throw busyFault(state, busy)
  const isByRadio = order.radioAt !== undefined
  if (patrol.duty !== 'on' && !isByRadio) {
    throw new Fault('state-changed', `${patrol.callsign} is not on duty`, { patrolId: patrol.id, duty: patrol.duty })
  }
  const recommendation = deps.recommend(incident)
  if (busy && from) checkDivert({ busy, from, to: incident }, recommendation, order.reason)
  else if (!isByRadio && !isRecommended(recommendation, order.patrolId) && !order.reason) {
    const detail = 'another patrol than the recommended one needs a reason'
    throw new Fault('reason-needed', detail, { recommended: recommendation.chosen })
  }
  const nowMs = clock.nowMs()
  const diverted =
    busy && from ? await divertPatrol(tx, state, { busy, from, to: incident, actor: order.actor, nowMs }) : []
  const posted = await endPosting(tx, order.patrolId, { why: 'assigned', actor: order.actor, nowMs })
  const orderedAtMs = order.radioAt === undefined ? nowMs : Date.parse(order.radioAt)
  const assignment = newAssignment(order, incident, recommendation, orderedAtMs)
  await insertAssignment(tx, assignment, recommendation, order.reason)
  await writeOrder(tx, deps, { assignment, incident, recommendation, order, nowMs, before: [...diverted, ...posted] })
  return assignment
}

/** The incident, and the one that the patrol would be taken from. */
async function lockBoth(tx: Tx, order: Order): Promise<{ incident: Incident; from: Incident | null }> {
  const before = order.divert ? await openAssignmentOfPatrol(tx, order.patrolId) : null
  if (!before || before.incidentId === order.incidentId) {
    return { incident: await lockIncident(tx, order.incidentId), from: null }
  }
  const locked = await lockIncidents(tx, [order.incidentId, before.incidentId])
  const incident = locked.get(order.incidentId)
  if (!incident) throw new Fault('not-found', 'there is no such incident', { kind: 'incident', id: order.incidentId })
  return { incident, from: locked.get(before.incidentId) ?? null }
}

/** The first choice, or one of the support that the run card asks for; when nobody is recommended, anybody. */
function isRecommended({ chosen, plan }: Recommendation, patrolId: string): boolean {
  return chosen === null || chosen === patrolId || (plan?.support.includes(patrolId) ?? false)
}

async function writeOrder(
  tx: Tx,
  deps: DispatchDeps,
  all: {
    assignment: Assignment
    incident: Incident
    recommendation: Recommendation
    order: Order
    nowMs: number
    before: NewEvent[]
  },
): Promise<void> {
  const { assignment, incident, recommendation, order, nowMs } = all
  const { actor } = order
  const { id: subjectId, incidentId } = assignment
  const derived = deriveIncident(incident, await assignmentsOfIncident(tx, incidentId))
  await saveIncidents(tx, [derived])
  await putOutbox(tx, [orderMessage(assignment, incident, recommendation, nowMs)])
  const dueAtMs = nowMs + ORDER_ANSWER_MS * deps.state.escalationFactor
  await setTimers(tx, [{ kind: 'order-unanswered', subjectId, step: 1, dueAtMs }])
  if (incident.dispatchedAt === null) {
    await putReceipts(tx, await lockAlarms(tx, incident.alarmIds), 'dispatched', nowMs)
  }
  const events: NewEvent[] = [
    ...all.before,
    { kind: 'assignment', action: 'ordered', subjectId, incidentId, actor, body: assignment },
  ]
  if (order.reason) {
    events.push({ kind: 'note', action: 'overridden', subjectId, incidentId, actor, body: { text: order.reason } })
  }
  events.push(incidentEvent(derived, 'dispatched', actor), ...patrolEvent(deps.state, assignment, actor))
  await deps.events.appendAll(tx, events)
}

function newAssignment(order: Order, incident: Incident, shown: Recommendation, nowMs: number): Assignment {
  const candidate = shown.candidates.find((one) => one.patrolId === order.patrolId)
  return {
    id: newId(nowMs),
    incidentId: incident.id,
    patrolId: order.patrolId,
    state: 'ordered',
    orderedAt: toIso(nowMs),
    orderedBy: order.actor,
    acceptedAt: null,
    enRouteAt: null,
    onSceneAt: null,
    arrival: null,
    clearedAt: null,
    endedAt: null,
    endedReason: null,
    etaS: candidate?.etaS ?? null,
    distanceM: candidate?.distanceM ?? null,
    insideGoal: candidate?.insideGoal ?? null,
    goalS: incident.goalS,
  }
}

/** Why a patrol cannot be sent: where it is, and by whom. */
export function busyFault(state: CentreState, busy: Assignment): Fault {
  const callsign = state.patrols.get(busy.patrolId)?.callsign ?? busy.patrolId
  const number = state.incidents.get(busy.incidentId)?.number ?? busy.incidentId
  return new Fault('patrol-busy', `${callsign} is already on incident ${number}`, {
    patrolId: busy.patrolId,
    incidentId: busy.incidentId,
    assignmentId: busy.id,
    state: busy.state,
    by: busy.orderedBy,
  })
}
