/**
 * Keeps a live picture near the present. A tile that fell behind (a slow minute, a hidden tab) must not stay there: it plays
 * a little faster while the gap is small and jumps when it is large. Pure: one decision from one look.
 */

export interface Timing {
  /** Server clock minus the programme time on the glass, ms; null while unknown. */
  latencyMs: number | null
  /** Picture that is in the buffer after the one on the glass, ms. */
  aheadMs: number
  /** How much comes at a time: one segment; 0 where parts come. */
  comesMs: number
  /** Where this picture should be. */
  targetMs: number
  /** As it plays now. */
  rate: number
  /** The page has just become visible again. */
  isBack: boolean
}

export interface Correction {
  rate: number
  toLiveEdge: boolean
}

/** Ten per cent: nobody sees it on traffic, and a second is made good in ten. */
export const RATE_MAX = 1.1
const RATE_MIN = 1.04
/** Below this the gap is the rhythm of segments, not a delay; a picture that comes by parts has a quicker one. */
const TOLERANCE_MS_MAX = 400
const TOLERANCE_SHARE = 0.15
/**
 * Faster than the picture arrives ends in a stop; so much must be left when the next of it comes. How late a plain playlist tells of a whole
 * segment depends on when it is asked, up to the segment's own length: a tile is as near as that lets it be.
 */
const AHEAD_MS_MIN = 350
/** 4 s at 1.1 would take 40 s to make good; an officer would rather lose them. */
export const JUMP_AFTER_MS = 4000
/** Who comes back to the page wants the present at once. */
const JUMP_WHEN_BACK_MS = 1000
/** Behind by this much the full rate is used. */
const FULL_RATE_AT_MS = 2000

export function govern({ latencyMs, aheadMs, comesMs, targetMs, rate, isBack }: Timing): Correction {
  if (latencyMs === null) return { rate: 1, toLiveEdge: false }
  const behindMs = latencyMs - targetMs
  if (behindMs > (isBack ? JUMP_WHEN_BACK_MS : JUMP_AFTER_MS)) return { rate: 1, toLiveEdge: true }
  // Once it hurries it goes on until it is there, not until the edge of the tolerance: else the rate would flutter.
  const toleranceMs = Math.min(TOLERANCE_MS_MAX, targetMs * TOLERANCE_SHARE)
  const isBehind = behindMs > (rate > 1 ? 0 : toleranceMs)
  if (!isBehind || aheadMs < comesMs + AHEAD_MS_MIN) return { rate: 1, toLiveEdge: false }
  const share = Math.min(1, behindMs / FULL_RATE_AT_MS)
  return { rate: RATE_MIN + (RATE_MAX - RATE_MIN) * share, toLiveEdge: false }
}
