import type { Camera } from './camera.ts'
import { bearingDeg, bearingGapDeg, destination, distanceM } from './geo/distance.ts'

/** A vehicle as its last fix has it. */
export interface Moving {
  lng: number
  lat: number
  speedMps: number | null
  bearingDeg: number | null
}

/** So far ahead a vehicle is when the officer has looked at the picture. */
const LOOK_AHEAD_S = 10
const AHEAD_M_MIN = 60
const AHEAD_M_MAX = 400
/** Slower it turns round or stands; then what is nearest is ahead. */
const DRIVES_MPS = 2
/** Beyond this a camera shows another street. */
const NEARBY_M = 700
/** Wider than a bend of the road, narrower than what lies behind. */
const AHEAD_DEG = 75
/** A picture that stands on the desk stays while it is not this much worse than another; the large one twice as much. */
const STAY_M = 150

/**
 * The cameras that a vehicle comes to next, best first: nearest to where it will be in ten seconds, what lies behind it last. Those that are shown
 * already stay as long as they are nearly as good, so that pictures do not jump.
 * @param shown ids of the last answer
 */
export function camerasAhead(
  cameras: Iterable<Pick<Camera, 'id' | 'lng' | 'lat' | 'enabled'>>,
  vehicle: Moving,
  shown: readonly string[],
  count: number,
): string[] {
  const aim = placeAhead(vehicle)
  const ranked: { id: string; cost: number }[] = []
  for (const camera of cameras) {
    if (!camera.enabled) continue
    const isAhead = !drives(vehicle) || isBefore(vehicle, camera)
    const distance = distanceM(camera.lng, camera.lat, aim.lng, aim.lat)
    if (distance > NEARBY_M) continue
    const at = shown.indexOf(camera.id)
    const stays = !isAhead || at < 0 ? 0 : at === 0 ? 2 * STAY_M : STAY_M
    ranked.push({ id: camera.id, cost: distance - stays + (isAhead ? 0 : NEARBY_M) })
  }
  ranked.sort((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : 1))
  return ranked.slice(0, count).map(({ id }) => id)
}

/** Its bearing says where it goes. */
export function drives({ speedMps, bearingDeg }: Moving): boolean {
  return bearingDeg !== null && (speedMps ?? 0) >= DRIVES_MPS
}

function placeAhead(vehicle: Moving): { lng: number; lat: number } {
  if (!drives(vehicle)) return vehicle
  const aheadM = Math.min(AHEAD_M_MAX, Math.max(AHEAD_M_MIN, vehicle.speedMps! * LOOK_AHEAD_S))
  const [lng, lat] = destination(vehicle.lng, vehicle.lat, vehicle.bearingDeg!, aheadM)
  return { lng, lat }
}

function isBefore(vehicle: Moving, camera: { lng: number; lat: number }): boolean {
  const towards = bearingDeg(vehicle.lng, vehicle.lat, camera.lng, camera.lat)
  return bearingGapDeg(vehicle.bearingDeg!, towards) <= AHEAD_DEG
}
