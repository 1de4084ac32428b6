import type { LngLat } from '../scalars.ts'

/**
 * Is the point inside the polygon? Even-odd over all rings, so holes count as outside. A point exactly on a border may fall on
 * either side, but always on the same one.
 * @param rings outer ring first, then holes
 */
export function isInPolygon(rings: readonly (readonly LngLat[])[], lng: number, lat: number): boolean {
  let isInside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [aLng, aLat] = ring[i]!
      const [bLng, bLat] = ring[j]!
      if (aLat > lat !== bLat > lat && lng < ((bLng - aLng) * (lat - aLat)) / (bLat - aLat) + aLng) {
        isInside = !isInside
      }
    }
  }
  return isInside
}

/** The zone whose promise holds here: of all that contain the point the one with the smallest goal. Null outside every zone. */
export function zoneAt<T extends { goalS: number; polygon: readonly (readonly LngLat[])[] }>(
  zones: readonly T[],
  lng: number,
  lat: number,
): T | null {
  let best: T | null = null
  for (const zone of zones) {
    if ((best === null || zone.goalS < best.goalS) && isInPolygon(zone.polygon, lng, lat)) best = zone
  }
  return best
}

/** Signed area of a ring in square degrees; positive when it runs counter-clockwise. */
export function ringArea(ring: readonly (readonly number[])[]): number {
  let twice = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    twice += ring[j]![0]! * ring[i]![1]! - ring[i]![0]! * ring[j]![1]!
  }
  return twice / 2
}
