import type { Camera } from './camera.ts'
import { bearingDeg, bearingGapDeg, distanceM } from './geo/distance.ts'
import type { LngLat } from './scalars.ts'

/** Beyond this a camera shows another street. */
const NEARBY_M = 600
/** Pictures beside one scene; the wall strip of a desk shows so many. */
const CAMERAS_MAX = 6
/** However far: an officer who sees where the roads around lead is better off than one who sees nothing. */
const CAMERAS_MIN = 2

/**
 * The cameras that show a scene, best first: those the site names (in its order), then those that look at it from within their
 * range, then the nearest; two at least, if the city has them. Disabled ones are left out.
 * @param named ids in the order of the site's register
 */
export function rankCameras(
  cameras: Iterable<
    Pick<Camera, 'id' | 'lng' | 'lat' | 'bearingDeg' | 'fovDeg' | 'rangeM' | 'enabled'> & { ptz?: boolean }
  >,
  named: readonly string[],
  [lng, lat]: LngLat,
): string[] {
  const ranked: { id: string; rank: number; distance: number }[] = []
  for (const camera of cameras) {
    if (!camera.enabled) continue
    const distance = distanceM(camera.lng, camera.lat, lng, lat)
    const place = named.indexOf(camera.id)
    if (place >= 0) ranked.push({ id: camera.id, rank: 0, distance: place })
    else {
      const rank = sees(camera, distance, lng, lat) ? 1 : distance <= NEARBY_M ? 2 : 3
      ranked.push({ id: camera.id, rank, distance })
    }
  }
  ranked.sort((a, b) => a.rank - b.rank || a.distance - b.distance || (a.id < b.id ? -1 : 1))
  const near = ranked.filter(({ rank }) => rank < 3).length
  return ranked.slice(0, Math.min(CAMERAS_MAX, Math.max(CAMERAS_MIN, near))).map((camera) => camera.id)
}

function sees(
  camera: Pick<Camera, 'lng' | 'lat' | 'bearingDeg' | 'fovDeg' | 'rangeM'> & { ptz?: boolean },
  distance: number,
  lng: number,
  lat: number,
): boolean {
  if (distance > camera.rangeM) return false
  // One that turns can look there.
  if (camera.bearingDeg === null || camera.ptz === true) return true
  const towards = bearingDeg(camera.lng, camera.lat, lng, lat)
  return bearingGapDeg(camera.bearingDeg, towards) <= camera.fovDeg / 2
}
