import type { Alarm, AlarmType, Disposition, Priority } from './alarm.ts'
import { ALARM_PRIORITY } from './alarm.ts'
import { Fault } from './fault.ts'

/** What may happen to an alarm. `at` is always our clock, RFC 3339; `by` a username. */
export type AlarmAction =
  | { do: 'repeat'; at: string; type: AlarmType }
  | { do: 'restore'; at: string }
  | { do: 'acknowledge'; at: string; by: string }
  | { do: 'take-over'; at: string; by: string }
  | { do: 'classify'; at: string; disposition: Disposition }
  | { do: 'escalate'; step: number }
  | { do: 'close'; at: string }

/** 10 s second tone, 15 s neighbour desk, 30 s supervisor, 60 s everyone. */
const ESCALATION_MAX = 4

/**
 * The alarm after the action. Acknowledge and restore are two flags: a cause that is gone still waits for an owner.
 * @throws Fault `already-acknowledged` with `{owner, at}` for the loser of a race; `state-changed` for what no longer fits
 * @returns the same object when nothing changed (a repeated acknowledge by its owner)
 */
export function transitionAlarm(alarm: Alarm, action: AlarmAction): Alarm {
  switch (action.do) {
    case 'repeat':
      return repeat(alarm, action.at, action.type)
    case 'restore':
      return alarm.restoredAt === null && alarm.state !== 'closed' ? { ...alarm, restoredAt: action.at } : alarm
    case 'acknowledge':
      return acknowledge(alarm, action.at, action.by)
    case 'take-over':
      return takeOver(alarm, action.at, action.by)
    case 'classify':
      mustBeOpen(alarm)
      if (alarm.state === 'raised') {
        throw new Fault('state-changed', 'the alarm must be acknowledged first', { state: alarm.state })
      }
      return { ...alarm, state: 'classified', classifiedAt: action.at, disposition: action.disposition }
    case 'escalate':
      if (alarm.state !== 'raised' || action.step <= alarm.escalation) return alarm
      return { ...alarm, escalation: Math.min(action.step, ESCALATION_MAX) }
    case 'close':
      return alarm.state === 'closed' ? alarm : { ...alarm, state: 'closed', closedAt: action.at }
    default: {
      const never: never = action
      return never
    }
  }
}

/**
 * A new signal of a device whose alarm is open: it counts, and it sounds again, because the state returns to `raised`. Its owner
 * stays named. The priority never falls; a graver type takes the alarm's name.
 */
function repeat(alarm: Alarm, at: string, type: AlarmType): Alarm {
  mustBeOpen(alarm)
  const priority = priorityOf(type)
  const graver = priority !== null && priority < alarm.priority
  return {
    ...alarm,
    state: 'raised',
    type: graver ? type : alarm.type,
    priority: graver ? priority : alarm.priority,
    occurrences: alarm.occurrences + 1,
    lastOccurrenceAt: at,
    restoredAt: null,
    // Whatever was decided about the first press is open again.
    classifiedAt: null,
    disposition: null,
    escalation: 0,
  }
}

function acknowledge(alarm: Alarm, at: string, by: string): Alarm {
  mustBeOpen(alarm)
  if (alarm.state === 'raised') {
    // After a re-press the first acknowledgement keeps its time; whoever answers now owns it.
    return { ...alarm, state: 'acknowledged', owner: by, acknowledgedAt: alarm.acknowledgedAt ?? at }
  }
  if (alarm.owner === by) return alarm
  throw new Fault('already-acknowledged', `${alarm.owner ?? 'somebody'} has acknowledged this alarm`, {
    owner: alarm.owner,
    at: alarm.acknowledgedAt,
  })
}

function takeOver(alarm: Alarm, at: string, by: string): Alarm {
  mustBeOpen(alarm)
  if (alarm.owner === by && alarm.state !== 'raised') return alarm
  return {
    ...alarm,
    state: alarm.state === 'raised' ? 'acknowledged' : alarm.state,
    owner: by,
    acknowledgedAt: alarm.acknowledgedAt ?? at,
  }
}

function mustBeOpen(alarm: Alarm): void {
  if (alarm.state === 'closed') {
    throw new Fault('state-changed', 'the alarm is closed', { state: alarm.state, at: alarm.closedAt })
  }
}

/** Null for what is a trouble or a note, never the siren. */
export function priorityOf(type: AlarmType): Priority | null {
  return ALARM_PRIORITY[type] ?? null
}
