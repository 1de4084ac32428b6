import type { Chance } from './chance.ts'
import { createNoise } from './chance.ts'
import { beside, footOn, isInRing, simplify, spline, type Line, type Point } from './plane.ts'

/** West–east extent of the district, metres; south of it is sea, north of it are mountains. */
export const WIDTH_M = 17_000
export const HEIGHT_M = 15_200

const COAST: Line = [
  [-600, 3000], [500, 2850], [1300, 2300], [2100, 1750], [2800, 1900], [3300, 2600], [4000, 3300], [4900, 3800],
  [5900, 4350], [6900, 4600], [7700, 4480], [8300, 4250], [9000, 3950], [9700, 3300], [10400, 2650], [10900, 1900],
  [11300, 1000], [11800, 620], [12350, 900], [12700, 1700], [13100, 2500], [13800, 3050], [14700, 3150], [15500, 2800],
  [16300, 2700], [17600, 3000],
] // prettier-ignore

const BORDER: Line = [
  [17000, 3000], [17050, 5200], [16900, 7600], [17000, 9800], [16400, 11500], [15300, 12900], [13700, 13100],
  [12300, 13900], [10600, 13500], [9300, 14300], [7600, 13600], [5900, 13900], [4300, 13000], [2700, 13300],
  [1200, 12300], [200, 10900], [-50, 8800], [100, 6400], [-50, 4500], [0, 2950],
] // prettier-ignore

const RIVER: Line = [
  [9500, 15200], [9350, 14300], [9750, 13100], [9300, 12000], [8800, 11000], [9450, 9900], [9300, 8900], [8750, 7900],
  [9100, 6900], [8950, 6050], [8500, 5300], [8430, 4600], [8250, 3900],
] // prettier-ignore

const BROOK: Line = [
  [2500, 13600], [3100, 12500], [3900, 11300], [3700, 10300], [4600, 9150], [5900, 8150], [7200, 7750], [8150, 7950],
  [8800, 8000],
] // prettier-ignore

const RAIL: Line = [
  [-400, 8300], [1200, 8150], [2700, 7900], [4700, 7250], [6300, 6950], [7600, 7000], [8900, 7150], [10600, 6950],
  [12700, 7150], [15100, 7700], [17400, 8350],
] // prettier-ignore

/** Where people live: centre, reach in metres, weight. The first is the core. */
const TOWNS: readonly { at: Point; reachM: number; weight: number }[] = [
  { at: [6900, 5650], reachM: 1650, weight: 1 },
  { at: [10700, 5050], reachM: 1350, weight: 0.82 },
  { at: [3700, 5050], reachM: 1300, weight: 0.72 },
  { at: [6200, 8950], reachM: 1150, weight: 0.62 },
  { at: [13300, 6500], reachM: 1150, weight: 0.5 },
  { at: [15250, 4750], reachM: 1050, weight: 0.62 },
  { at: [2300, 9050], reachM: 900, weight: 0.5 },
  { at: [11900, 2700], reachM: 750, weight: 0.46 },
  { at: [11100, 9600], reachM: 900, weight: 0.48 },
  { at: [1150, 4250], reachM: 750, weight: 0.44 },
  { at: [15350, 9300], reachM: 750, weight: 0.44 },
  { at: [7900, 7550], reachM: 600, weight: 0.4 },
] // prettier-ignore

/** Wooded hills between the towns: centre, reach east and north. */
const KNOLLS: readonly [at: Point, x: number, y: number][] = [
  [[5480, 7800], 420, 280], [[8930, 9650], 10, 10], [[12000, 6250], 330, 430], [[2450, 2350], 620, 430],
  [[11850, 1250], 420, 430], [[14050, 4300], 300, 520], [[1500, 6700], 640, 420], [[2700, 6850], 230, 260],
  [[9750, 7900], 420, 330], [[14500, 7000], 330, 300], [[8000, 10900], 620, 800], [[13900, 9350], 420, 420],
  [[3700, 9750], 330, 300], [[5650, 5480], 170, 150], [[10050, 6480], 260, 170], [[16300, 7400], 420, 600],
  [[8150, 6500], 240, 190], [[300, 7800], 300, 700],
] // prettier-ignore

export interface Terrain {
  coast: Line
  /** Everything that is not sea, the hinterland beyond the district included. */
  mainland: Line
  islands: Line[]
  /** The district itself: coast and border. */
  district: Line
  river: Line
  riverHalfWidthM(index: number): number
  riverRing: Line
  brook: Line
  brookRing: Line
  lakes: Line[]
  rail: Line
  isLand(p: Point): boolean
  /** Metres to the nearest open water's edge, negative inside it. */
  waterGapM(p: Point): number
  /** 0 in the plain … 1 on the ridge. */
  height(p: Point): number
  /** 0 open country … 1 the middle of the core. */
  urban(p: Point): number
}

/** The land on which everything else is drawn. */
export function createTerrain(chance: Chance): Terrain {
  const ripple = createNoise(chance.fork('coast'), 700)
  const crinkle = createNoise(chance.fork('crinkle'), 190)
  const coast = spline(COAST, 45).map(([x, y]): Point => {
    // Towns have straightened their shore; headlands have not.
    const wild = 0.25 + 0.75 * Math.min(1, Math.max(0, (3000 - y) / 1200))
    return [x + crinkle(y, x) * 70 * wild, y + ripple(x, y) * 130 + crinkle(x, y) * 85 * wild]
  })
  const border = spline(BORDER, 150).map(([x, y]): Point => {
    // Stretched northwards until the district measures its 181 km².
    const north = Math.max(0, y - 9000) * 0.108
    return [x + ripple(y, x) * 120, y + north + ripple(x, y + 999) * 160]
  })
  const inside = coast.filter(([x]) => x > 0 && x < 17_000)
  const mainland: Line = [...coast, [19_000, 3000], [19_000, 17_500], [-2000, 17_500], [-2000, 3000]]
  const river = spline(RIVER, 60).map(([x, y]): Point => [x + ripple(x * 1.3, y) * 60, y])
  const riverHalfWidthM = (i: number): number => 22 + 62 * Math.pow(i / river.length, 1.6)
  const brook = spline(BROOK, 60)
  const islands = [
    island([5200, 1700], 420, ripple),
    island([6050, 1250], 190, ripple),
    island([14400, 1300], 300, ripple),
  ]
  const lakes = [
    island([5000, 11600], 430, ripple),
    island([13300, 11000], 520, ripple),
    island([12300, 8000], 140, ripple),
  ]
  const terrain = {
    coast,
    mainland,
    islands,
    district: [...inside, ...border],
    river,
    riverHalfWidthM,
    riverRing: [...beside(river, riverHalfWidthM), ...beside(river, (i) => -riverHalfWidthM(i)).reverse()],
    brook,
    brookRing: [...beside(brook, 13), ...beside(brook, -13).reverse()],
    lakes,
    rail: spline(RAIL, 60),
  }
  return { ...terrain, ...fieldsOf(terrain, chance) }
}

function fieldsOf(
  terrain: Pick<Terrain, 'coast' | 'mainland' | 'river' | 'brook' | 'lakes' | 'riverHalfWidthM' | 'islands'>,
  chance: Chance,
): Pick<Terrain, 'isLand' | 'waterGapM' | 'height' | 'urban'> {
  const hills = createNoise(chance.fork('hills'), 2600)
  const fringe = createNoise(chance.fork('fringe'), 620)
  const isLand = (p: Point): boolean =>
    isInRing(terrain.mainland, p) && !terrain.lakes.some((lake) => isInRing(lake, p))
  const shore = simplify(terrain.coast, 2)
  const waterGapM = (p: Point): number => {
    const shoreM = footOn(shore, p).distance
    if (!isInRing(terrain.mainland, p)) return -shoreM
    const river = footOn(terrain.river, p)
    let least = Math.min(shoreM, river.distance - terrain.riverHalfWidthM(river.index))
    least = Math.min(least, footOn(terrain.brook, p).distance - 14)
    for (const lake of terrain.lakes) {
      const edgeM = footOn([...lake, lake[0]!], p).distance
      least = Math.min(least, isInRing(lake, p) ? -edgeM : edgeM)
    }
    return least
  }
  const urban = ([x, y]: Point): number => {
    let sum = 0
    for (const { at, reachM, weight } of TOWNS) {
      const d = Math.hypot(x - at[0], (y - at[1]) * 1.12) / reachM
      sum = Math.max(sum, weight * Math.exp(-0.5 * d * d)) + (sum > 0 ? 0.06 * weight * Math.exp(-0.5 * d * d) : 0)
    }
    return Math.max(0, Math.min(1, sum + fringe(x, y) * 0.15 - knollAt([x, y]) * 0.25))
  }
  const height = ([x, y]: Point): number => {
    const north = Math.max(-0.35, (y - 10_300) / 3600)
    return north + hills(x, y) * 0.62 - urban([x, y]) * 0.9 + knollAt([x, y]) * 1.5
  }
  return { isLand, waterGapM, height, urban }
}

function knollAt([x, y]: Point): number {
  return KNOLLS.reduce((sum, [at, rx, ry]) => sum + Math.exp(-(((x - at[0]) / rx) ** 2) - ((y - at[1]) / ry) ** 2), 0)
}

function island(at: Point, radius: number, ripple: (x: number, y: number) => number): Line {
  return Array.from({ length: 48 }, (_, i) => {
    const angle = (i / 48) * Math.PI * 2
    const r = radius * (1 + 0.42 * ripple(at[0] + Math.cos(angle) * 700, at[1] + Math.sin(angle) * 700))
    return [at[0] + Math.cos(angle) * r * 1.25, at[1] + Math.sin(angle) * r * 0.8] as Point
  })
}

/** Inside the district's border and on land (its lakes and rivers count as inside). */
export function isInDistrict(terrain: Pick<Terrain, 'district'>, p: Point): boolean {
  return isInRing(terrain.district, p)
}
