import { camerasAhead } from '../../domain/cameras-ahead.ts'
import type { Camera } from '../../domain/camera.ts'
import type { Trail } from '../../domain/fix.ts'
import type { CameraRecording } from '../../domain/recording.ts'
import { timeMs } from '../data/clock.ts'
import { fixBefore, placeAt } from './place-at.ts'

export function isIn({ fromAt, toAt }: { fromAt: string; toAt: string }, atMs: number): boolean {
  return timeMs(fromAt) <= atMs && atMs < timeMs(toAt)
}

/** Whether something of that moment is kept. */
export function isKeptAt({ kept }: Pick<CameraRecording, 'kept'>, atMs: number): boolean {
  return kept.some((run) => isIn(run, atMs))
}

/**
 * The camera to look through at that moment: of those that have kept it, the one that the vehicle which called comes to, by the rule of the live
 * pictures; where nothing drives, the best that has it. Where nobody has it, the one that is shown stays.
 * @param recordings best first
 * @param trail of the vehicle that called
 * @param shownId stays while it is nearly as good
 */
export function cameraThen(
  recordings: readonly CameraRecording[],
  placeOf: (cameraId: string) => Pick<Camera, 'lng' | 'lat'> | undefined,
  trail: Trail | null,
  atMs: number,
  shownId: string | null,
): string | null {
  const kept = recordings.filter((one) => isKeptAt(one, atMs))
  const points = trail?.points ?? []
  const now = placeAt(points, atMs)
  if (now && kept.length > 0) {
    const places = kept.flatMap(({ cameraId: id }) => {
      const place = placeOf(id)
      return place ? [{ id, lng: place.lng, lat: place.lat, enabled: true }] : []
    })
    const [lng, lat] = now.at
    const vehicle = { lng, lat, speedMps: now.speedMps, bearingDeg: points[fixBefore(points, atMs)]?.[4] ?? null }
    const [best] = camerasAhead(places, vehicle, shownId === null ? [] : [shownId], 1)
    if (best !== undefined) return best
  }
  return kept[0]?.cameraId ?? shownId ?? recordings.find(({ playlist }) => playlist)?.cameraId ?? null
}
