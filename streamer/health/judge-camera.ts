import type { CameraState } from '../../domain/camera.ts'
import type { StreamFailure } from '../rtsp/failure.ts'

/** A picture is 40–200 ms; five seconds without any packet is a camera that stands still. */
export const STALLED_MS = 5_000
/** Then it is taken for gone and asked anew; together ≤ 10 s until the desk says so. */
export const STALLED_GIVE_UP_MS = 9_000
/** The longest key frame interval that cameras are shipped with is 10 s; until the first key picture there is nothing to show. */
export const NO_KEY_FRAME_MS = 12_000
/** Cameras that make groups longer while nothing moves (16 s, some a minute): pictures go on meanwhile, only new viewers wait. */
export const LONG_GROUP_MS = 30_000
const LONGEST_GROUP_MS = 120_000

/** What is known about a camera at this moment; times on the monotonic clock. */
export interface CameraFacts {
  isWanted: boolean
  isLatched: boolean
  failure: StreamFailure | null
  /** null: no session plays. */
  playingSinceMs: number | null
  lastPacketMs: number
  lastKeyMs: number
  /** Longest time between two key pictures of this session; 0: there were none. */
  longestGroupMs: number
  hasPicture: boolean
  lacksParameters: boolean
  /** What it sends is the same picture over and over. */
  isStill: boolean
}

export interface CameraVerdict {
  state: CameraState
  reason: string | null
}

/** Pure: the officer's answer to "why is it dark". A failure stands until pictures come again, also while it is being retried. */
export function judgeCamera(facts: CameraFacts, nowMs: number): CameraVerdict {
  if (facts.isLatched) {
    const reason = 'the camera refused the login twice; it is asked again when the user or password changes'
    return { state: 'login-refused', reason }
  }
  if (facts.playingSinceMs === null) {
    if (facts.failure && facts.isWanted) return { state: facts.failure.state, reason: facts.failure.reason }
    if (facts.failure && facts.failure.state !== 'offline' && facts.failure.state !== 'stalled') {
      return { state: facts.failure.state, reason: facts.failure.reason }
    }
    return { state: facts.isWanted ? 'connecting' : 'idle', reason: null }
  }
  const silentMs = nowMs - Math.max(facts.playingSinceMs, facts.lastPacketMs)
  if (silentMs >= STALLED_MS) {
    return { state: 'stalled', reason: `the camera has sent nothing for ${Math.floor(silentMs / 1000)} s` }
  }
  const withoutKeyMs = nowMs - Math.max(facts.playingSinceMs, facts.lastKeyMs)
  if (withoutKeyMs >= keyLimitMs(facts)) {
    const why = facts.lacksParameters ? 'the camera sends no readable SPS and PPS' : 'the camera sends no key frames'
    return { state: 'no-key-frame', reason: `${why} (for ${Math.floor(withoutKeyMs / 1000)} s)` }
  }
  if (facts.isStill) {
    return { state: 'frozen', reason: 'the picture stands still, although the camera goes on sending' }
  }
  if (facts.hasPicture) return { state: 'online', reason: null }
  return facts.failure
    ? { state: facts.failure.state, reason: facts.failure.reason }
    : { state: 'connecting', reason: null }
}

/** A camera that has made longer groups is given twice as long. */
function keyLimitMs({ hasPicture, longestGroupMs }: CameraFacts): number {
  if (!hasPicture) return NO_KEY_FRAME_MS
  return Math.min(Math.max(LONG_GROUP_MS, 2 * longestGroupMs), LONGEST_GROUP_MS)
}
