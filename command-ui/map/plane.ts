/**
 * A flat plane for one city: metres east (x) and north (y) of its centre, in Web Mercator stretched so that a metre is a metre at
 * the centre's latitude. 32-bit floats then hold a district to the millimetre, where raw Mercator would jump by two metres.
 */
export interface Plane {
  /** Mercator (0–1) of the origin and Mercator units per metre. */
  originX: number
  originY: number
  unitsPerM: number
}

/** Length of the equator, metres (WGS-84 semi-major axis, as in EPSG:3857). */
const EQUATOR_M = 2 * Math.PI * 6_378_137

const mercatorX = (lng: number) => (180 + lng) / 360
const mercatorY = (lat: number) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)

export function planeAt(lng: number, lat: number): Plane {
  const unitsPerM = 1 / (EQUATOR_M * Math.cos((lat * Math.PI) / 180))
  return { originX: mercatorX(lng), originY: mercatorY(lat), unitsPerM }
}

export function xOf(plane: Plane, lng: number): number {
  return (mercatorX(lng) - plane.originX) / plane.unitsPerM
}

export function yOf(plane: Plane, lat: number): number {
  return (plane.originY - mercatorY(lat)) / plane.unitsPerM
}

export function lngLatOf(plane: Plane, x: number, y: number): [lng: number, lat: number] {
  const mx = plane.originX + x * plane.unitsPerM
  const my = plane.originY - y * plane.unitsPerM
  return [mx * 360 - 180, (Math.atan(Math.exp((0.5 - my) * 2 * Math.PI)) * 360) / Math.PI - 90]
}

/**
 * `matrix × translate(origin) × scale(unitsPerM)`, column-major: from plane metres to clip space. In doubles, because the
 * translation eats the digits.
 * @param mercatorToClip 16 numbers, column-major
 */
export function planeToClip(plane: Plane, mercatorToClip: ArrayLike<number>, out: Float64Array): void {
  const s = plane.unitsPerM
  for (let row = 0; row < 4; row++) {
    const a = mercatorToClip[row]!
    const b = mercatorToClip[row + 4]!
    const c = mercatorToClip[row + 8]!
    out[row] = a * s
    out[row + 4] = -b * s
    out[row + 8] = c * s
    out[row + 12] = a * plane.originX + b * plane.originY + mercatorToClip[row + 12]!
  }
}

/**
 * Where a point of the plane stands on the screen, pixels from the top left.
 * @returns false when it is behind the eye
 */
export function toScreen(
  matrix: Float64Array,
  x: number,
  y: number,
  z: number,
  widthPx: number,
  heightPx: number,
  out: Float64Array,
): boolean {
  const w = matrix[3]! * x + matrix[7]! * y + matrix[11]! * z + matrix[15]!
  if (w <= 0) return false
  out[0] = (((matrix[0]! * x + matrix[4]! * y + matrix[8]! * z + matrix[12]!) / w) * 0.5 + 0.5) * widthPx
  out[1] = (0.5 - ((matrix[1]! * x + matrix[5]! * y + matrix[9]! * z + matrix[13]!) / w) * 0.5) * heightPx
  return true
}
