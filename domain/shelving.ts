import type { Alarm, Shelved } from './alarm.ts'
import { Fault } from './fault.ts'

/** Shorter than a shift of twelve hours: whoever relieves the officer decides anew. */
export const SHELVED_MAX_MS = 8 * 3_600_000

/**
 * Puts an alarm aside that somebody has already answered: a contact that chatters, a device that is being repaired. Never one of the first
 * priority, never one that still sounds.
 * @throws Fault `state-changed` when it may not be shelved now; `bad-request` for an end that is past or too far away
 */
export function shelve(alarm: Alarm, at: string, shelved: Shelved): Alarm {
  if (alarm.state === 'closed' || alarm.state === 'raised') {
    const what = alarm.state === 'closed' ? 'the alarm is closed' : 'the alarm must be acknowledged first'
    throw new Fault('state-changed', what, { state: alarm.state })
  }
  if (alarm.priority === 1) {
    throw new Fault('state-changed', 'an alarm of the first priority is never shelved', { priority: alarm.priority })
  }
  const forMs = Date.parse(shelved.until) - Date.parse(at)
  if (!(forMs > 0 && forMs <= SHELVED_MAX_MS)) {
    const hours = SHELVED_MAX_MS / 3_600_000
    throw new Fault('bad-request', `an alarm is shelved for at most ${hours} hours from now`, { until: shelved.until })
  }
  return { ...alarm, shelved }
}

/** @returns the same object when it is not shelved */
export function unshelve(alarm: Alarm): Alarm {
  return alarm.shelved ? { ...alarm, shelved: null } : alarm
}
