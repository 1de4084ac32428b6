import type { LngLat } from '../scalars.ts'

/** Mean radius of the earth, metres (IUGG). */
export const EARTH_RADIUS_M = 6_371_008.8
const RAD = Math.PI / 180
/** Metres of one degree of latitude on that sphere. */
export const M_PER_DEG_LAT = EARTH_RADIUS_M * RAD

/** Metres of one degree of longitude at this latitude. */
export function mPerDegLng(lat: number): number {
  return M_PER_DEG_LAT * Math.cos(lat * RAD)
}

/** Great-circle distance in metres (haversine); right at any range, a straight line as the crow flies. */
export function distanceM(aLng: number, aLat: number, bLng: number, bLat: number): number {
  const sinLat = Math.sin(((bLat - aLat) * RAD) / 2)
  const sinLng = Math.sin(((bLng - aLng) * RAD) / 2)
  const h = sinLat * sinLat + Math.cos(aLat * RAD) * Math.cos(bLat * RAD) * sinLng * sinLng
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/**
 * Distance in metres on the flat local map: four times cheaper than the haversine and within 0.01 % of it up to 20 km below 60°
 * of latitude. For pieces of road, not for oceans.
 */
export function nearDistanceM(aLng: number, aLat: number, bLng: number, bLat: number): number {
  const x = (bLng - aLng) * Math.cos(((aLat + bLat) / 2) * RAD)
  const y = bLat - aLat
  return Math.sqrt(x * x + y * y) * M_PER_DEG_LAT
}

/** Direction from a to b, degrees clockwise from north, 0 ≤ bearing < 360; 0 when they are the same place. */
export function bearingDeg(aLng: number, aLat: number, bLng: number, bLat: number): number {
  const dLng = (bLng - aLng) * RAD
  const y = Math.sin(dLng) * Math.cos(bLat * RAD)
  const x = Math.cos(aLat * RAD) * Math.sin(bLat * RAD) - Math.sin(aLat * RAD) * Math.cos(bLat * RAD) * Math.cos(dLng)
  const deg = Math.atan2(y, x) / RAD
  return deg < 0 ? (deg + 360) % 360 : deg
}

/** Smallest angle between two bearings, 0–180 degrees. */
export function bearingGapDeg(a: number, b: number): number {
  const gap = Math.abs(a - b) % 360
  return gap > 180 ? 360 - gap : gap
}

/** The place reached from `lng, lat` after `distance` metres in a direction (degrees clockwise from north). */
export function destination(lng: number, lat: number, bearing: number, distance: number): LngLat {
  const angle = distance / EARTH_RADIUS_M
  const sinLat = Math.sin(lat * RAD) * Math.cos(angle) + Math.cos(lat * RAD) * Math.sin(angle) * Math.cos(bearing * RAD)
  const toLat = Math.asin(Math.max(-1, Math.min(1, sinLat)))
  const y = Math.sin(bearing * RAD) * Math.sin(angle) * Math.cos(lat * RAD)
  const x = Math.cos(angle) - Math.sin(lat * RAD) * sinLat
  const toLng = lng + Math.atan2(y, x) / RAD
  return [((toLng + 540) % 360) - 180, toLat / RAD]
}
