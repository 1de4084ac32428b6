import { describe, expect, it } from 'vitest'
import { fromWgs84, toWgs84 } from '../../../domain/geo/chinese-grid.ts'
import { distanceM } from '../../../domain/geo/distance.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { seeded } from '../../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? 20261121)
const gapM = (a: LngLat, b: LngLat) => distanceM(a[0], a[1], b[0], b[1])

/** The vectors that the ports of eviltransform in a dozen languages are tested with: Shanghai, Shenzhen, Beijing. */
const GCJ: [wgs: LngLat, gcj: LngLat][] = [
  [
    [121.5272106, 31.1774276],
    [121.531541859215, 31.17530398364597],
  ],
  [
    [113.912316, 22.543847],
    [113.9171764808363, 22.540796131694766],
  ],
  [
    [116.377817, 39.911954],
    [116.38404722455657, 39.91334545536069],
  ],
]
/** And those of coordtransform: the same place said by Amap and by Baidu, and back. */
const TIANANMEN: LngLat = [116.404, 39.915]
const BD_OF_GCJ: LngLat = [116.41036949371029, 39.92133699351021]
const GCJ_OF_BD: LngLat = [116.39762729119315, 39.90865673957631]

describe('coordinates of Chinese map sites', () => {
  it('agree with the published reference points', () => {
    for (const [wgs, gcj] of GCJ) {
      expect(gapM(fromWgs84('gcj02', wgs), gcj)).toBeLessThan(0.2)
      expect(gapM(toWgs84('gcj02', gcj), wgs)).toBeLessThan(0.2)
      expect(gapM(wgs, gcj)).toBeGreaterThan(300)
    }
    expect(gapM(fromWgs84('bd09', toWgs84('gcj02', TIANANMEN)), BD_OF_GCJ)).toBeLessThan(0.01)
    // The published way back is an estimate of its own; ours is exact, and the two are that near.
    expect(gapM(fromWgs84('gcj02', toWgs84('bd09', TIANANMEN)), GCJ_OF_BD)).toBeLessThan(1)
  })

  it('come back from a round trip within a centimetre, everywhere in the country', () => {
    const chance = seeded(SEED)
    let worstM = 0
    for (let i = 0; i < 2000; i++) {
      const place: LngLat = [74 + chance() * 60, 4 + chance() * 49]
      for (const grid of ['gcj02', 'bd09'] as const) {
        const there = fromWgs84(grid, place)
        expect(gapM(there, place), `seed ${SEED}, place ${i}`).toBeGreaterThan(10)
        worstM = Math.max(worstM, gapM(toWgs84(grid, there), place))
      }
    }
    expect(worstM, `seed ${SEED}`).toBeLessThan(0.01)
  })

  it('stay where they are outside of the country', () => {
    expect(fromWgs84('gcj02', [2.3522, 48.8566])).toEqual([2.3522, 48.8566])
    expect(toWgs84('gcj02', [2.3522, 48.8566])).toEqual([2.3522, 48.8566])
  })
})
