import type { DeviceKind } from '../../domain/device.ts'
import { Fault } from '../../domain/fault.ts'
import type { Tx } from '../store/database.ts'
import { acknowledgeIn, type ActionDeps } from './alarm-actions.ts'
import { lockAlarm } from './alarm-rows.ts'

/** An officer's acknowledgement, made when the database could not be asked. */
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
}

/** `waiting`: its alarm is not stored yet. `known`: it has had its effect before. */
export type Outcome = 'merged' | 'lost' | 'gone' | 'known' | 'waiting'

/**
 * Compare and set: the first acknowledgement of an alarm wins, whichever way it came. The loser is told by a note in the log.
 * @param mayBeGone everything that was shown is stored: an alarm that is not there, or a press, was the repetition of an old signal
 */
export async function applyDecision(
  tx: Tx,
  deps: ActionDeps,
  decision: Decision,
  mayBeGone: boolean,
): Promise<Outcome> {
  let outcome: Outcome = 'merged'
  try {
    const alarm = await lockAlarm(tx, decision.alarmId)
    // Under the alarm's lock, or two that merge at once would both find nothing.
    if (await isKnown(tx, decision.id)) return 'known'
    // The officer had seen presses that are not stored yet: merged now, they would ring again when they are.
    if (!mayBeGone && alarm.occurrences < decision.seen) return 'waiting'
    try {
      await acknowledgeIn(tx, deps, decision.alarmId, decision.actor, decision.at, decision.seen)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      outcome = 'lost'
      const body = { ...error.facts, by: decision.actor, pressedAt: decision.at, code: error.code }
      const { id: subjectId, incidentId } = alarm
      await deps.events.append(tx, {
        kind: 'note',
        action: 'acknowledge-lost',
        subjectId,
        incidentId,
        actor: decision.actor,
        body,
      })
    }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'not-found') throw error
    if (!mayBeGone) return 'waiting'
    if (await isKnown(tx, decision.id)) return 'known'
    outcome = 'gone'
  }
  await tx.execute(
    'insert into decision (id, alarm_id, actor, decided_at, outcome) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [decision.id, decision.alarmId, decision.actor, decision.at, outcome],
  )
  return outcome
}

async function isKnown(tx: Tx, id: string): Promise<boolean> {
  return (await tx.query('select 1 from decision where id = $1', [id])).length > 0
}
