import { describe, expect, it } from 'vitest'
import { bearingDeg, bearingGapDeg, destination, distanceM, nearDistanceM } from '../../../domain/geo/distance.ts'
import { isInPolygon, zoneAt } from '../../../domain/geo/polygon.ts'
import { lineLengthM, pointAlong, simplifyLine } from '../../../domain/geo/polyline.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { seeded } from '../../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? 20261121)

/** A square of `size` degrees with its south-west corner there, closed. */
function square(lng: number, lat: number, size: number): LngLat[] {
  return [
    [lng, lat],
    [lng + size, lat],
    [lng + size, lat + size],
    [lng, lat + size],
    [lng, lat],
  ]
}

describe('distances and directions', () => {
  it('one degree of latitude is 111.195 km and Shenzhen to Hong Kong some 27 km', () => {
    expect(distanceM(114, 22, 114, 23)).toBeCloseTo(111_195, -1)
    expect(distanceM(114.057, 22.543, 114.158, 22.285)).toBeGreaterThan(30_000)
    expect(distanceM(114.057, 22.543, 114.158, 22.285)).toBeLessThan(31_000)
  })

  it('a destination lies at its distance and in its direction, and the flat distance agrees within a district', () => {
    const chance = seeded(SEED)
    for (let i = 0; i < 500; i++) {
      const lng = 73 + chance() * 60
      const lat = 18 + chance() * 35
      const bearing = chance() * 360
      const range = 1 + chance() * 20_000
      const [toLng, toLat] = destination(lng, lat, bearing, range)
      expect(distanceM(lng, lat, toLng, toLat), `seed ${SEED}`).toBeCloseTo(range, 3)
      expect(Math.abs(nearDistanceM(lng, lat, toLng, toLat) / range - 1), `seed ${SEED}`).toBeLessThan(1e-4)
      expect(bearingGapDeg(bearingDeg(lng, lat, toLng, toLat), bearing), `seed ${SEED}`).toBeLessThan(0.01)
    }
  })

  it('bearings meet across north', () => {
    expect(bearingGapDeg(350, 10)).toBe(20)
    expect(bearingDeg(114, 22, 113.9, 22)).toBeCloseTo(270, 0)
  })
})

describe('zones', () => {
  const elsewhere = { id: 'e', goalS: 480, polygon: [square(114, 22, 1)] }
  const core = { id: 'c', goalS: 60, polygon: [square(114.4, 22.4, 0.1)] }
  const ring = { id: 'r', goalS: 180, polygon: [square(114.3, 22.3, 0.4), square(114.35, 22.35, 0.3)] }

  it('the smallest goal that contains the place wins, holes are outside', () => {
    const zones = [elsewhere, core, ring]
    expect(zoneAt(zones, 114.45, 22.45)?.id).toBe('c')
    expect(zoneAt(zones, 114.32, 22.5)?.id).toBe('r')
    expect(zoneAt(zones, 114.38, 22.5)?.id).toBe('e')
    expect(zoneAt(zones, 113, 22.5)).toBeNull()
  })

  it('two zones that share a border leave no gap and no overlap on it', () => {
    const west = [square(114, 22, 0.1)]
    const east = [square(114.1, 22, 0.1)]
    for (let i = 0; i < 50; i++) {
      const lat = 22.001 + i * 0.0019
      expect(Number(isInPolygon(west, 114.1, lat)) + Number(isInPolygon(east, 114.1, lat))).toBe(1)
    }
  })
})

describe('lines', () => {
  const line: LngLat[] = [
    [114, 22],
    [114, 22.01],
    [114.01, 22.01],
  ]
  it('a point along a line stands where the metres end, clamped to the ends', () => {
    expect(pointAlong(line, 556)).toMatchObject({ lng: 114, bearingDeg: 0 })
    expect(pointAlong(line, lineLengthM(line) - 10).bearingDeg).toBeCloseTo(90, 0)
    expect(pointAlong(line, 1e9)).toMatchObject({ lng: 114.01, lat: 22.01 })
    expect(pointAlong([[114, 22]], 5)).toMatchObject({ lng: 114, lat: 22 })
  })

  it('a simplified line keeps its ends and every corner that matters', () => {
    const wavy: LngLat[] = Array.from({ length: 101 }, (_, i) => [114 + i / 10_000, 22 + (i % 2) * 1e-6])
    expect(simplifyLine(wavy, 1)).toEqual([wavy[0], wavy[100]])
    expect(simplifyLine([...wavy, [114.01, 22.01]], 1)).toHaveLength(3)
  })
})
