/**
 * When the map is painted next. Nothing moves: not at all. Something moves: at most 30 times a second, and never so often that
 * painting takes more than a third of the machine (software rendering takes 100–300 ms a frame, and the desk must answer keys).
 */
export const FRAME_MIN_MS = 1000 / 30
/** Only ages change: once in this time is enough for the fading of stale dots. */
export const IDLE_TICK_MS = 5000
/** However slow the machine, a gliding dot is moved this often. */
const FRAME_MAX_MS = 3000
/** Of every three moments painting takes one. */
const REST = 3

export interface Motion {
  isHidden: boolean
  /** Dots glide, or the beacon pulses. */
  isMoving: boolean
  hasDots: boolean
  /** What the last frame cost, ms: start of painting until the GPU was done. */
  frameCostMs: number
}

/** @returns ms from the start of the last frame to the next, or null: wait until something happens */
export function nextFrameMs(motion: Motion): number | null {
  if (motion.isHidden) return null
  if (motion.isMoving) return Math.min(FRAME_MAX_MS, Math.max(FRAME_MIN_MS, motion.frameCostMs * REST))
  return motion.hasDots ? IDLE_TICK_MS : null
}
