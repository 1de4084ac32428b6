import type { Alarm } from '../../domain/alarm.ts'
import { BUSY_FROM, countInWindow, isFlood } from '../../domain/flood.ts'
import { clock, timeMs } from './clock.ts'
import { store } from './centre.ts'
import { Observable } from './observable.ts'

export type LoadLevel = 'calm' | 'busy' | 'flood'

/** This desk gets more than one officer can answer: the stack is grouped, a banner stands. */
export const flood = new Observable(false)

/** Alarms that were raised within the window before `nowMs`. @param was a flood that has begun ends later than it begins */
export function alarmLoad(alarms: readonly Alarm[], nowMs: number, was = false): { count: number; level: LoadLevel } {
  const count = countInWindow(
    alarms.map((alarm) => timeMs(alarm.raisedAt)),
    nowMs,
  )
  return { count, level: isFlood(was, count) ? 'flood' : count >= BUSY_FROM ? 'busy' : 'calm' }
}

/** Follows the alarms of this desk. Returns what ends it. */
export function watchFlood(): () => void {
  const look = () => flood.set(alarmLoad(store.alarms.all(), clock.nowMs(), flood.get()).level === 'flood')
  const unfollow = store.alarms.subscribe(look)
  // It ends by time, not by an event.
  const timer = setInterval(look, 1000)
  look()
  return () => {
    unfollow()
    clearInterval(timer)
  }
}
