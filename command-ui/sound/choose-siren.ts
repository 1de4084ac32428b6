import type { Alarm } from '../../domain/alarm.ts'
import { timeMs } from '../data/clock.ts'
import { toneOf, type ToneName } from './tones.ts'

/** Until when this desk is quiet, and for which newest signal it was made so; a newer signal sounds again. */
export interface Mute {
  untilMs: number
  /** Server time of the newest signal that was ringing when the officer muted, ms. */
  newestSignalMs: number
}

export const MUTE_MS = 30_000

/**
 * What must sound now: the most urgent alarm that nobody has acknowledged. Acknowledging anywhere ends it everywhere, because
 * the state comes from the event log. A mute is this desk's own, thirty seconds, and any new signal ends it.
 */
export function chooseSiren(
  alarms: readonly Alarm[],
  mute: Mute | null,
  nowMs: number,
): { tone: ToneName | null; newestSignalMs: number } {
  let urgent: Alarm | null = null
  let newestSignalMs = 0
  for (const alarm of alarms) {
    if (alarm.state !== 'raised') continue
    const tone = toneOf(alarm.priority)
    if (!tone) continue
    newestSignalMs = Math.max(newestSignalMs, timeMs(alarm.lastOccurrenceAt))
    if (!urgent || alarm.priority < urgent.priority) urgent = alarm
  }
  const isMuted = mute !== null && nowMs < mute.untilMs && newestSignalMs <= mute.newestSignalMs
  return { tone: urgent && !isMuted ? toneOf(urgent.priority) : null, newestSignalMs }
}
