import type { Camera } from './camera.ts'
import { bearingDeg, distanceM } from './geo/distance.ts'
import type { LngLat } from './scalars.ts'

/** Nearer than this the direction is that of the map's errors, not of the scene. */
const NEAREST_M = 3
/** Cameras hang on masts and house corners of about this height; 2 m more or less are 4° at 30 m. */
const MAST_M = 5

/** Where a camera must look, in ONVIF's generic space, and in words for the record. */
export interface Slew {
  pan: number
  tilt: number
  zoom: number
  bearingDeg: number
  distanceM: number
}

/**
 * How a camera that turns looks at a scene. Pan 0 is the direction that the installer typed (`bearingDeg`, where it looks at home);
 * pan −1 to 1 is the whole circle, clockwise as seen from above; tilt −1 to 1 is from straight down to straight up. Zoom stays wide: who
 * stands beside the scene must be in the picture too.
 * @returns null when it cannot: it does not turn, its direction is unknown, the scene is out of its range or under its feet
 */
export function slewTo(
  camera: Pick<Camera, 'ptz' | 'lng' | 'lat' | 'bearingDeg' | 'rangeM'>,
  [lng, lat]: LngLat,
): Slew | null {
  if (!camera.ptz || camera.bearingDeg === null) return null
  const distance = distanceM(camera.lng, camera.lat, lng, lat)
  if (distance < NEAREST_M || distance > camera.rangeM) return null
  const towards = bearingDeg(camera.lng, camera.lat, lng, lat)
  const turnDeg = ((towards - camera.bearingDeg + 540) % 360) - 180
  const downDeg = (Math.atan2(MAST_M, distance) * 180) / Math.PI
  return {
    pan: turnDeg / 180,
    tilt: -downDeg / 90,
    zoom: 0,
    bearingDeg: Math.round(towards) % 360,
    distanceM: Math.round(distance),
  }
}
