import { describe, expect, it } from 'vitest'
import { contourRings } from '../../../domain/geo/contour.ts'
import { distanceToMarks } from '../../../domain/geo/distance-grid.ts'
import { isInPolygon, ringArea } from '../../../domain/geo/polygon.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { seeded } from '../../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? 20261121)

describe('outlines of a grid', () => {
  it('every cell is inside exactly when its number reaches the level, holes and touching corners included', () => {
    let inside = 0
    for (let g = 0; g < 300; g++) {
      const chance = seeded(SEED + g)
      const columns = 1 + Math.floor(chance() * 9)
      const rows = 1 + Math.floor(chance() * 9)
      const values = Float32Array.from({ length: columns * rows }, () => Math.round(chance() * 6) + 0.25)
      const rings = contourRings(values, columns, rows, 3) as LngLat[][]
      for (const ring of rings) expect(ring.at(-1), `seed ${SEED + g}`).toEqual(ring[0])
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const isHigh = values[r * columns + c]! >= 3
          if (isHigh) inside++
          expect(isInPolygon(rings, c + 1e-6, r + 1e-6), `seed ${SEED + g}, cell ${c} ${r}`).toBe(isHigh)
        }
      }
    }
    expect(inside).toBeGreaterThan(3000)
  })

  it('outer rings run counter-clockwise, holes clockwise', () => {
    const values = Float32Array.from({ length: 49 }, (_, i) => (i === 24 ? 0 : 1))
    const areas = contourRings(values, 7, 7, 0.5).map(ringArea)
    expect(areas.filter((area) => area > 0)).toHaveLength(1)
    expect(areas.filter((area) => area < 0)).toHaveLength(1)
  })
})

describe('distances to marked cells', () => {
  it('are within five in a hundred of a search over all marks', () => {
    for (let g = 0; g < 40; g++) {
      const chance = seeded(SEED + g)
      const [columns, rows] = [2 + Math.floor(chance() * 30), 2 + Math.floor(chance() * 30)]
      const marks = Uint8Array.from({ length: columns * rows }, () => (chance() < 0.02 ? 1 : 0))
      const found = distanceToMarks(marks, columns, rows)
      for (let i = 0; i < marks.length; i++) {
        let nearest = Infinity
        for (let k = 0; k < marks.length; k++) {
          if (!marks[k]) continue
          const [dc, dr] = [(i % columns) - (k % columns), Math.floor(i / columns) - Math.floor(k / columns)]
          nearest = Math.min(nearest, Math.hypot(dc, dr))
        }
        if (nearest === Infinity) expect(found[i], `seed ${SEED + g}`).toBeGreaterThan(1e5)
        else expect(Math.abs(found[i]! - nearest), `seed ${SEED + g}`).toBeLessThanOrEqual(nearest * 0.05 + 1e-6)
      }
    }
  })
})
