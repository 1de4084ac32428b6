/** Code of the trouble of a desk that gets more alarms than an officer can answer. */
export const FLOOD = 'alarm-flood'
/** In place of the jurisdiction: the desks of the whole city. */
export const WHOLE = 'centre'

/** The window of ISA-18.2, and its words for one position: more than ten alarms in ten minutes begin a flood, fewer than five end it. */
export const LOAD_WINDOW_MS = 10 * 60_000
export const FLOOD_BEGINS_ABOVE = 10
export const FLOOD_ENDS_BELOW = 5
/** One in ten minutes can be kept up all shift, two are the most that can be managed. */
export const BUSY_FROM = 3

/** @param was whether there was a flood a moment ago: it does not flicker between five and ten */
export function isFlood(was: boolean, count: number): boolean {
  return count > FLOOD_BEGINS_ABOVE || (was && count >= FLOOD_ENDS_BELOW)
}

/** How many of these moments lie within the window before `nowMs`. */
export function countInWindow(timesMs: Iterable<number>, nowMs: number): number {
  let count = 0
  for (const ms of timesMs) if (nowMs - ms < LOAD_WINDOW_MS) count++
  return count
}
