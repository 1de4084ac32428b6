import type { Alarm, AlarmType, Disposition, Priority, Shelved } from './alarm.ts'
import { ALARM_PRIORITY } from './alarm.ts'
import { addCall, callOfStep } from './calls.ts'
import { Fault } from './fault.ts'
import { parentOf } from './jurisdiction.ts'
import { shelve, unshelve } from './shelving.ts'

/** What may happen to an alarm. `at` is always our clock, RFC 3339; `by` a username. */
export type AlarmAction =
  | { do: 'repeat'; at: string; type: AlarmType }
  | { do: 'restore'; at: string }
  /** `seen`: how many presses the officer had been shown; absent: all of them. A press that came later stays unanswered. */
  | { do: 'acknowledge'; at: string; by: string; seen?: number }
  | { do: 'take-over'; at: string; by: string; seen?: number }
  | { do: 'classify'; at: string; disposition: Disposition }
  | { do: 'escalate'; step: number; at: string }
  /** Nobody on duty has had it on a screen: first the parent jurisdiction, then, or at once, everyone. */
  | { do: 'call'; to: 'parent' | 'everyone'; at: string }
  | { do: 'shelve'; at: string; shelved: Shelved }
  | { do: 'unshelve' }
  /** The planned drill does not explain this press. */
  | { do: 'drop-drill' }
  /** Nobody is on the way any more: it sounds again. */
  | { do: 'recall' }
  | { do: 'close'; at: string }

/** 10 s second tone, 15 s neighbour desk, 30 s supervisor, 60 s everyone. */
const ESCALATION_MAX = 4
/** A second press within this is somebody who insists: it raises the priority by one, and no drill explains it. */
export const INSISTS_WITHIN_MS = 60_000

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
      return acknowledge(alarm, action.at, action.by, action.seen ?? alarm.occurrences)
    case 'take-over':
      return takeOver(alarm, action.at, action.by, action.seen ?? alarm.occurrences)
    case 'classify':
      mustBeOpen(alarm)
      if (alarm.state === 'raised') {
        throw new Fault('state-changed', 'the alarm must be acknowledged first', { state: alarm.state })
      }
      return { ...alarm, state: 'classified', classifiedAt: action.at, disposition: action.disposition }
    case 'escalate':
      return escalate(alarm, action.step, action.at)
    case 'call': {
      if (alarm.state !== 'raised') return alarm
      const jurisdiction = action.to === 'parent' ? parentOf(alarm.jurisdiction ?? '') : ''
      return withCall(alarm, { to: action.to, jurisdiction, at: action.at })
    }
    case 'shelve':
      return shelve(alarm, action.at, action.shelved)
    case 'unshelve':
      return unshelve(alarm)
    case 'drop-drill':
      return alarm.drill && alarm.state !== 'closed' ? { ...alarm, drill: null } : alarm
    case 'recall':
      if (alarm.state === 'closed') return alarm
      return { ...alarm, state: 'raised', classifiedAt: null, disposition: null, escalation: 0 }
    case 'close':
      return alarm.state === 'closed' ? alarm : { ...unshelve(alarm), state: 'closed', closedAt: action.at }
    default: {
      const never: never = action
      return never
    }
  }
}

/**
 * A new signal of a device whose alarm is open: it counts, and it sounds again, because the state returns to `raised`, also out of the
 * shelf. Its owner stays named. The priority never falls: a graver type takes the alarm's name, somebody who insists raises it by one.
 */
function repeat(alarm: Alarm, at: string, type: AlarmType): Alarm {
  mustBeOpen(alarm)
  const priority = priorityOf(type)
  const graver = priority !== null && priority < alarm.priority
  const insists = isSiren(alarm.type) && isSiren(type) && isSoon(alarm.lastOccurrenceAt, at)
  return {
    ...unshelve(insists || type === 'duress' ? transitionAlarm(alarm, { do: 'drop-drill' }) : alarm),
    state: 'raised',
    type: graver ? type : alarm.type,
    priority: Math.min(graver ? priority : 4, insists ? higher(alarm.priority) : alarm.priority) as Priority,
    occurrences: alarm.occurrences + 1,
    lastOccurrenceAt: at,
    restoredAt: null,
    // Whatever was decided about the first press is open again.
    classifiedAt: null,
    disposition: null,
    escalation: 0,
  }
}

/** A test that is repeated is still a test. */
function isSiren(type: AlarmType): boolean {
  return (priorityOf(type) ?? 4) < 4
}

/** Two journals may tell two presses in the wrong order: what seems to come from before is soon, too. */
function isSoon(before: string, at: string): boolean {
  return Date.parse(at) - Date.parse(before) <= INSISTS_WITHIN_MS
}

function higher(priority: Priority): Priority {
  return Math.max(1, priority - 1) as Priority
}

function acknowledge(alarm: Alarm, at: string, by: string, seen: number): Alarm {
  mustBeOpen(alarm)
  if (alarm.state === 'raised') {
    // After a re-press the first acknowledgement keeps its time; whoever answers now owns it.
    const acknowledgedAt = earlier(alarm.acknowledgedAt, at)
    if (seen >= alarm.occurrences) return { ...alarm, state: 'acknowledged', owner: by, acknowledgedAt }
    // Decided before the newest press was known: it has an owner, and it sounds.
    const isTold = alarm.owner !== null && alarm.acknowledgedAt === acknowledgedAt
    return isTold ? alarm : { ...alarm, owner: alarm.owner ?? by, acknowledgedAt }
  }
  if (alarm.owner === by) {
    // The key that was pressed first counts, also when it is told later.
    const isEarlier = alarm.acknowledgedAt !== null && at < alarm.acknowledgedAt
    return isEarlier ? { ...alarm, acknowledgedAt: at } : alarm
  }
  throw new Fault('already-acknowledged', `${alarm.owner ?? 'somebody'} has acknowledged this alarm`, {
    owner: alarm.owner,
    at: alarm.acknowledgedAt,
  })
}

function earlier(known: string | null, at: string): string {
  return known !== null && known < at ? known : at
}

function takeOver(alarm: Alarm, at: string, by: string, seen: number): Alarm {
  mustBeOpen(alarm)
  const isUnseen = alarm.state === 'raised' && seen < alarm.occurrences
  if (alarm.owner === by && (alarm.state !== 'raised' || isUnseen)) return alarm
  return {
    ...alarm,
    // Decided before the newest press was known: it has another owner, and it sounds.
    state: alarm.state === 'raised' && !isUnseen ? 'acknowledged' : alarm.state,
    owner: by,
    acknowledgedAt: alarm.acknowledgedAt ?? at,
  }
}

function escalate(alarm: Alarm, step: number, at: string): Alarm {
  if (alarm.state !== 'raised' || step <= alarm.escalation) return alarm
  const escalated = { ...alarm, escalation: Math.min(step, ESCALATION_MAX) }
  const call = callOfStep(step, alarm.jurisdiction ?? '', at)
  return call === null ? escalated : withCall(escalated, call)
}

function withCall(alarm: Alarm, call: Parameters<typeof addCall>[1]): Alarm {
  const escalatedTo = addCall(alarm.escalatedTo, call)
  return escalatedTo.length === (alarm.escalatedTo ?? []).length ? alarm : { ...alarm, escalatedTo: [...escalatedTo] }
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
