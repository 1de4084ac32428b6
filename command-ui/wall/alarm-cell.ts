import type { Alarm } from '../../domain/alarm.ts'

/** Least urgent priority that may take a tile: 1 a call for help, 2 an intrusion or fire. */
const PRIORITY_MAX = 2

/**
 * The alarm that the wall shows: unacknowledged before acknowledged, then the more urgent, then the one that waits longest.
 * Null when none is open, and the tile goes back to what it was.
 */
export function wallAlarm(alarms: readonly Alarm[]): Alarm | null {
  let first: Alarm | null = null
  for (const alarm of alarms) {
    if (alarm.priority > PRIORITY_MAX || (alarm.state !== 'raised' && alarm.state !== 'acknowledged')) continue
    if (!first || rank(alarm) < rank(first) || (rank(alarm) === rank(first) && alarm.raisedAt < first.raisedAt)) {
      first = alarm
    }
  }
  return first
}

function rank(alarm: Alarm): number {
  return (alarm.state === 'raised' ? 0 : 10) + alarm.priority
}

/** The tile an alarm takes: the one that shows the camera already, else an empty one, else the last. */
export function alarmCell(shown: readonly (string | null)[], cameraId: string): number {
  const at = shown.indexOf(cameraId)
  if (at >= 0) return at
  const empty = shown.indexOf(null)
  return empty >= 0 ? empty : shown.length - 1
}
