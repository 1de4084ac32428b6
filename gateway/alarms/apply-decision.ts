import type { Alarm } from '../../domain/alarm.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import type { DeviceKind } from '../../domain/device.ts'
import { Fault } from '../../domain/fault.ts'
import type { Tx } from '../store/database.ts'
import { acknowledgeIn, noteEvent, takeOverIn, type ActionDeps } from './alarm-actions.ts'
import { lockAlarm } from './alarm-rows.ts'

/** What an officer has decided when the database could not be asked. */
export interface Decision {
  /** ULID; the same decision takes effect once, however often it is offered. */
  id: string
  alarmId: string
  deviceId: string
  deviceKind: DeviceKind
  actor: string
  /** When the officer pressed. */
  at: string
  /** How many presses of the alarm the officer had been shown. */
  seen: number
  /** Absent: acknowledged. */
  do?: 'take-over' | 'radio-order' | undefined
  /** Of a take-over. */
  reason?: string | undefined
  sessionId?: string | null | undefined
  /** Of an order that was given by radio. */
  patrolId?: string | undefined
}

/** An order that a crew has had by radio, to be recorded as of then. */
export interface RadioOrder {
  incidentId: string
  patrolId: string
  actor: string
  at: string
}

export interface DecisionDeps extends ActionDeps {
  /** Records it, in the transaction. @throws Fault `patrol-busy`, `state-changed`, `not-found` */
  orderByRadio: (tx: Tx, order: RadioOrder) => Promise<void>
}

/** `waiting`: its alarm is not stored yet. `known`: it has had its effect before. */
export type Outcome = 'merged' | 'lost' | 'gone' | 'known' | 'waiting'

/** The alarm as the decision makes it. @throws Fault as `transitionAlarm` */
export function decided(alarm: Alarm, { at, actor: by, seen, ...what }: Decision): Alarm {
  switch (what.do) {
    case undefined:
      return transitionAlarm(alarm, { do: 'acknowledge', at, by, seen })
    case 'take-over':
      return transitionAlarm(alarm, { do: 'take-over', at, by, seen })
    case 'radio-order':
      return { ...alarm, radioOrders: [...(alarm.radioOrders ?? []), { patrolId: what.patrolId!, by, at }] }
    default: {
      const never: never = what.do
      return never
    }
  }
}

/**
 * Compare and set: the first acknowledgement of an alarm wins, whichever way it came. The loser is told by a note in the log.
 * @param mayBeGone everything that was shown is stored: an alarm that is not there, or a press, was the repetition of an old signal
 */
export async function applyDecision(
  tx: Tx,
  deps: DecisionDeps,
  decision: Decision,
  mayBeGone: boolean,
): Promise<Outcome> {
  const { id, alarmId } = decision
  const alarm = await lockAlarm(tx, alarmId).catch(orNothing)
  // Under the alarm's lock, or two that merge at once would both find nothing.
  if (await isKnown(tx, id)) return 'known'
  if (!alarm && !mayBeGone) return 'waiting'
  // The officer had seen presses that are not stored yet: merged now, they would ring again when they are.
  if (alarm && !mayBeGone && alarm.occurrences < decision.seen) return 'waiting'
  const outcome = alarm ? await effect(tx, deps, alarm, decision) : 'gone'
  await tx.execute(
    'insert into decision (id, alarm_id, actor, decided_at, outcome) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [id, alarmId, decision.actor, decision.at, outcome],
  )
  return outcome
}

async function effect(tx: Tx, deps: DecisionDeps, alarm: Alarm, decision: Decision): Promise<Outcome> {
  try {
    await act(tx, deps, alarm, decision)
    return 'merged'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    await tellLoser(tx, deps, alarm, decision, error)
    return 'lost'
  }
}

async function act(tx: Tx, deps: DecisionDeps, alarm: Alarm, decision: Decision): Promise<void> {
  const { alarmId, actor, at, seen, reason = '', sessionId = null, patrolId } = decision
  switch (decision.do) {
    case undefined:
      await acknowledgeIn(tx, deps, alarmId, actor, at, seen)
      return
    case 'take-over':
      await takeOverIn(tx, deps, alarmId, { actor, sessionId, reason, at, seen })
      return
    case 'radio-order': {
      const { incidentId } = alarm
      if (incidentId === null) throw new Fault('state-changed', 'the alarm belongs to no incident')
      await deps.orderByRadio(tx, { incidentId, patrolId: patrolId!, actor, at })
      await deps.events.append(tx, restated(alarm, 'ordered-by-radio', actor))
      return
    }
    default: {
      const never: never = decision.do
      return never
    }
  }
}

/** The desks that show it are told what stands; the timeline keeps who wanted what. */
async function tellLoser(tx: Tx, deps: DecisionDeps, alarm: Alarm, decision: Decision, error: Fault): Promise<void> {
  const { id: subjectId, incidentId } = alarm
  const { actor, at, patrolId } = decision
  if (decision.do === 'radio-order') {
    await deps.events.append(tx, noteEvent(incidentId, actor, `${patrolId ?? ''}: ${error.message}`))
    await deps.events.append(tx, restated(alarm, 'radio-order-lost', actor))
    return
  }
  const body = { ...error.facts, by: actor, pressedAt: at, code: error.code }
  const action = decision.do === 'take-over' ? 'take-over-lost' : 'acknowledge-lost'
  await deps.events.append(tx, { kind: 'note', action, subjectId, incidentId, actor, body })
}

function restated(alarm: Alarm, action: string, actor: string) {
  return { kind: 'alarm' as const, action, subjectId: alarm.id, incidentId: alarm.incidentId, actor, body: alarm }
}

function orNothing(error: unknown): null {
  if (error instanceof Fault && error.code === 'not-found') return null
  throw error
}

async function isKnown(tx: Tx, id: string): Promise<boolean> {
  return (await tx.query('select 1 from decision where id = $1', [id])).length > 0
}
