/** Within this of the scene counts as there (a school's forecourt), and this far away again forgets the stay. */
export const ARRIVAL_RADIUS_M = 60
export const ARRIVAL_LEAVE_M = 90
/** 10 km/h: slower is looking for a place to stop; a car that drives past is faster. */
export const ARRIVAL_SPEED_MPS = 10 / 3.6
export const ARRIVAL_STAY_MS = 10_000
/** Silent for longer it may have left and come back: the stay begins again. A patrol's terminal reports every 5–10 s. */
export const ARRIVAL_GAP_MAX_MS = 60_000
/** Fixes that must agree; one alone may be a jump. */
const ARRIVAL_FIXES_MIN = 2

/** What is remembered of one patrol on its way to one scene. */
export interface ArrivalWatch {
  /** When it was first slow and near, by the time the fixes were taken, ms; null while it is not. */
  nearSinceMs: number | null
  /** When the newest fix of that stay was taken, ms. */
  lastMs: number
  fixes: number
  arrived: boolean
}

export const arrivalStart: ArrivalWatch = { nearSinceMs: null, lastMs: 0, fixes: 0, arrived: false }

export interface ArrivalFix {
  distanceM: number
  speedMps: number
  takenAtMs: number
  /** The fix implies an impossible speed from the one before. */
  jump: boolean
}

/**
 * One fix further. Arrived means: two or more fixes, none a jump, over at least ten seconds within 60 m and slower than 10 km/h.
 * Between 60 and 90 m a running stay goes on (a fix wanders); beyond 90 m or faster it starts again. Once arrived, always arrived.
 */
export function watchArrival(watch: ArrivalWatch, fix: ArrivalFix): ArrivalWatch {
  if (watch.arrived || fix.jump) return watch
  const slow = fix.speedMps < ARRIVAL_SPEED_MPS
  const near = fix.distanceM <= (watch.nearSinceMs === null ? ARRIVAL_RADIUS_M : ARRIVAL_LEAVE_M)
  if (!slow || !near) return watch.nearSinceMs === null ? watch : arrivalStart
  const isNew = watch.nearSinceMs === null || fix.takenAtMs - watch.lastMs > ARRIVAL_GAP_MAX_MS
  if (isNew && fix.distanceM > ARRIVAL_RADIUS_M) return arrivalStart
  // A clock set back makes a new stay, not an endless one.
  const nearSinceMs = isNew ? fix.takenAtMs : Math.min(watch.nearSinceMs!, fix.takenAtMs)
  const fixes = isNew ? 1 : watch.fixes + 1
  const arrived = fixes >= ARRIVAL_FIXES_MIN && fix.takenAtMs - nearSinceMs >= ARRIVAL_STAY_MS
  return { nearSinceMs, lastMs: fix.takenAtMs, fixes, arrived }
}
