import type { Block } from './blocks.ts'
import type { BlockUse } from './buildings.ts'
import { createNoise, type Chance } from './chance.ts'
import type { Village } from './countryside.ts'
import { gap, type Point } from './plane.ts'
import type { Ground } from './town.ts'

/** Beyond this a face is countryside between roads, not a block. */
const BLOCK_AREA_MAX_M2 = 190_000

/** The old harbour town, and where the works are. */
const OLD_TOWN: readonly { at: Point; reachM: number }[] = [
  { at: [7650, 5250], reachM: 620 },
  { at: [10000, 4500], reachM: 420 },
  { at: [3900, 4300], reachM: 380 },
]
const WORKS: readonly { at: Point; reachM: number }[] = [
  { at: [13300, 6500], reachM: 1300 },
  { at: [12000, 3000], reachM: 700 },
  { at: [1700, 8700], reachM: 620 },
  { at: [8000, 7450], reachM: 520 },
]

/** What each block is for; null: open country. */
export function usesOf(
  blocks: readonly Block[],
  ground: Ground,
  villages: readonly Village[],
  chance: Chance,
): (BlockUse | null)[] {
  const works = createNoise(chance.fork('works'), 900)
  return blocks.map(({ middle, areaM2 }) => {
    const dice = chance.next()
    if (areaM2 > BLOCK_AREA_MAX_M2) return null
    if (villages.some((village) => gap(village.at, middle) < village.radiusM * 1.6)) {
      return areaM2 < 30_000 ? 'village' : null
    }
    const urban = ground.urban(middle)
    if (urban < 0.12) return null
    if (isNear(WORKS, middle) && works(...middle) > -0.25) return dice < 0.9 ? 'industrial' : null
    if (areaM2 > 6000 && dice < 0.05 + (ground.waterGapM(middle) < 260 ? 0.3 : 0)) return 'park'
    if (areaM2 < 1800) return 'square'
    if (isNear(OLD_TOWN, middle)) return 'old-town'
    if (urban > 0.78) return dice < 0.72 ? 'commercial' : 'residential'
    if (urban > 0.5) return dice < 0.22 ? 'commercial' : dice < 0.88 ? 'residential' : 'old-town'
    if (urban < 0.19 && dice > 0.6) return null
    return dice < 0.78 ? 'residential' : 'old-town'
  })
}

function isNear(places: readonly { at: Point; reachM: number }[], p: Point): boolean {
  return places.some(({ at, reachM }) => gap(at, p) < reachM)
}
