import type { LngLat } from '../scalars.ts'

/**
 * Chinese map sites do not show WGS-84: GCJ-02 (Amap, Tencent, official prints) lies some 500 m off by a smooth, published distortion,
 * BD-09 (Baidu) shifts that once more. Everything inside the centre is WGS-84; these turn what an operator brings.
 */
export const GRIDS = ['wgs84', 'gcj02', 'bd09'] as const
export type Grid = (typeof GRIDS)[number]

/** Krasovsky 1940: half axis in metres and squared eccentricity, as the distortion uses them. */
const AXIS_M = 6_378_245
const ECCENTRICITY_SQ = 0.006_693_421_622_965_943
const RAD = Math.PI / 180
/** The distortion is defined within this box only; a place outside stays where it is. */
const BOX = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 }
/** Each round of the inverse gains two to three digits; five end below a millimetre. */
const ROUNDS_MAX = 8
const CLOSE_ENOUGH_DEG = 1e-9
const BAIDU_RAD = (Math.PI * 3000) / 180

/** A place as the named grid says it, in WGS-84. Pure; the inverse of `fromWgs84` to less than a centimetre. */
export function toWgs84(grid: Grid, place: LngLat): LngLat {
  switch (grid) {
    case 'wgs84':
      return place
    case 'gcj02':
      return inverse(wgs84ToGcj02, place)
    case 'bd09':
      return inverse(wgs84ToGcj02, inverse(gcj02ToBd09, place))
    default: {
      const never: never = grid
      return never
    }
  }
}

/** The other way. */
export function fromWgs84(grid: Grid, place: LngLat): LngLat {
  switch (grid) {
    case 'wgs84':
      return place
    case 'gcj02':
      return wgs84ToGcj02(place)
    case 'bd09':
      return gcj02ToBd09(wgs84ToGcj02(place))
    default: {
      const never: never = grid
      return never
    }
  }
}

function wgs84ToGcj02([lng, lat]: LngLat): LngLat {
  if (lng < BOX.west || lng > BOX.east || lat < BOX.south || lat > BOX.north) return [lng, lat]
  const x = lng - 105
  const y = lat - 35
  const root = Math.sqrt(Math.abs(x))
  const ripple = wave(20, 6 * x) + wave(20, 2 * x)
  const northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
  const eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
  const north = northM + ((ripple + wave(20, y) + wave(40, y / 3) + wave(160, y / 12) + wave(320, y / 30)) * 2) / 3
  const east = eastM + ((ripple + wave(20, x) + wave(40, x / 3) + wave(150, x / 12) + wave(300, x / 30)) * 2) / 3
  const sin = Math.sin(lat * RAD)
  const magic = 1 - ECCENTRICITY_SQ * sin * sin
  const meridianM = (AXIS_M * (1 - ECCENTRICITY_SQ)) / (magic * Math.sqrt(magic))
  const parallelM = (AXIS_M / Math.sqrt(magic)) * Math.cos(lat * RAD)
  return [lng + east / (parallelM * RAD), lat + north / (meridianM * RAD)]
}

function wave(height: number, halfTurns: number): number {
  return height * Math.sin(halfTurns * Math.PI)
}

function gcj02ToBd09([lng, lat]: LngLat): LngLat {
  const radius = Math.sqrt(lng * lng + lat * lat) + 0.000_02 * Math.sin(lat * BAIDU_RAD)
  const angle = Math.atan2(lat, lng) + 0.000_003 * Math.cos(lng * BAIDU_RAD)
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006]
}

/** The distortion has no inverse in closed form: go back by as much as the guess misses. */
function inverse(forward: (place: LngLat) => LngLat, [lng, lat]: LngLat): LngLat {
  let [guessLng, guessLat] = [lng, lat]
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const [seenLng, seenLat] = forward([guessLng, guessLat])
    const missLng = seenLng - lng
    const missLat = seenLat - lat
    guessLng -= missLng
    guessLat -= missLat
    if (Math.abs(missLng) < CLOSE_ENOUGH_DEG && Math.abs(missLat) < CLOSE_ENOUGH_DEG) break
  }
  return [guessLng, guessLat]
}
