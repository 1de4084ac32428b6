import type { Alarm } from '../../domain/alarm.ts'
import { timeMs } from './clock.ts'

/** The window of ISA-18.2, and its limit for one officer: more than ten in ten minutes is a flood. */
export const LOAD_WINDOW_MS = 10 * 60_000
export const FLOOD_ALARMS = 10
/** Two in ten minutes is what one position can keep up for a shift. */
export const BUSY_ALARMS = 3

export type LoadLevel = 'calm' | 'busy' | 'flood'

/** Alarms that were raised within the window before `nowMs`. */
export function alarmLoad(alarms: readonly Alarm[], nowMs: number): { count: number; level: LoadLevel } {
  let count = 0
  for (const alarm of alarms) if (nowMs - timeMs(alarm.raisedAt) < LOAD_WINDOW_MS) count++
  return { count, level: count > FLOOD_ALARMS ? 'flood' : count >= BUSY_ALARMS ? 'busy' : 'calm' }
}
