import type { Trail } from '../../domain/fix.ts'
import { toIso } from '../../domain/clock.ts'
import { api } from '../data/api.ts'
import { clock } from '../data/clock.ts'
import { countOddity, store } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'

/** Bit `tracked` of `FIX_FLAGS`; written out because the schemas beside it would come along. */
const TRACKED = 8
/** Time of the trail before the alarm; half an hour shows where the ride began. */
export const TRAIL_MS = 30 * 60_000
/** Four hours of one fix a second. */
const POINTS_MAX = 14_400

/** The trail of the vehicle in the panel, followed by the dots. */
export const trail = new Observable<Trail | null>(null)

let unfollow: (() => void) | null = null

/** True while the vehicle's terminal answers to a `track` command. */
export function isTracked(key: number): boolean {
  return ((store.dots.get(key)?.flags ?? 0) & TRACKED) !== 0
}

/** Loads the last half hour and follows from then on; null ends it. */
export function showTrail(vehicleId: string | null): void {
  if (trail.get()?.vehicleId === vehicleId && vehicleId !== null) return
  unfollow?.()
  unfollow = null
  trail.set(null)
  const key = vehicleId === null ? undefined : store.vehicles.get(vehicleId)?.key
  if (vehicleId === null || key === undefined) return
  const nowMs = clock.nowMs()
  const empty: Trail = { vehicleId, from: toIso(nowMs - TRAIL_MS), to: toIso(nowMs), points: [], truncated: false }
  trail.set(empty)
  unfollow = store.onDots(() => {
    const dot = store.dots.get(key)
    if (dot) append(vehicleId, [dot.takenAtMs, dot.lng, dot.lat, dot.speedMps, dot.bearingDeg])
  })
  api.trail(vehicleId, empty.from, empty.to).then(
    (loaded) => {
      const followed = trail.get()
      if (followed?.vehicleId !== vehicleId) return
      const lastMs = loaded.points.at(-1)?.[0] ?? 0
      trail.set({ ...loaded, points: [...loaded.points, ...followed.points.filter(([atMs]) => atMs > lastMs)] })
    },
    (error: unknown) => countOddity('trail-not-loaded', error),
  )
}

function append(vehicleId: string, point: Trail['points'][number]): void {
  const now = trail.get()
  if (now?.vehicleId !== vehicleId) return
  const lastMs = now.points.at(-1)?.[0] ?? 0
  if (point[0] <= lastMs) return
  trail.set({ ...now, points: [...now.points.slice(-POINTS_MAX + 1), point] })
}
