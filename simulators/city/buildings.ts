import type { Block } from './blocks.ts'
import type { Chance } from './chance.ts'
import { footOn, gap, isInRing, type Line, type Point } from './plane.ts'
import type { Ground } from './town.ts'

export type BlockUse =
  'commercial' | 'residential' | 'old-town' | 'industrial' | 'village' | 'park' | 'school' | 'square'

export interface Building {
  ring: Line
  heightM: number
  class: BlockUse
}

interface Pattern {
  /** Frontage, depth and the gaps beside and behind, metres. */
  wide: [number, number]
  deep: [number, number]
  beside: number
  behind: number
  /** From the middle of the street to the wall. */
  setbackM: number
  /** Share of the places that stay empty. */
  empty: number
  floors: [number, number]
  /** One height for the whole estate, as developers build. */
  isUniform: boolean
}

const PATTERNS: Partial<Record<BlockUse, Pattern>> = {
  commercial: { wide: [24, 46], deep: [20, 30], beside: 8, behind: 10, setbackM: 13, empty: 0.05, floors: [5, 36], isUniform: false },
  residential: { wide: [38, 62], deep: [13, 16], beside: 12, behind: 17, setbackM: 13, empty: 0.08, floors: [6, 30], isUniform: true },
  'old-town': { wide: [22, 44], deep: [12, 16], beside: 3.5, behind: 7, setbackM: 10.5, empty: 0.08, floors: [3, 9], isUniform: false },
  industrial: { wide: [42, 95], deep: [28, 44], beside: 16, behind: 18, setbackM: 17, empty: 0.15, floors: [2, 4], isUniform: false },
  village: { wide: [17, 30], deep: [11, 15], beside: 5, behind: 8, setbackM: 8, empty: 0.25, floors: [2, 6], isUniform: false },
  school: { wide: [48, 70], deep: [13, 16], beside: 20, behind: 26, setbackM: 20, empty: 0.35, floors: [4, 6], isUniform: false },
} // prettier-ignore

/** Rows of houses that follow the block's longest side; a house that would stand in a street, in water or on rails is left out. */
export function buildingsOf(block: Block, use: BlockUse, ground: Ground, chance: Chance): Building[] {
  const pattern = PATTERNS[use]
  if (!pattern) return []
  const ring = block.ring
  const closed = [...ring, ring[0]!]
  const angle = mainAngle(ring)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const turned = ring.map(([x, y]): Point => [x * cos + y * sin, y * cos - x * sin])
  const [west, east] = [Math.min(...turned.map(([u]) => u)), Math.max(...turned.map(([u]) => u))]
  const [south, north] = [Math.min(...turned.map(([, v]) => v)), Math.max(...turned.map(([, v]) => v))]
  const estate = floorsOf(pattern, ground.urban(block.middle), chance)
  const houses: Building[] = []
  for (let v = south + pattern.setbackM; v < north - pattern.setbackM;) {
    const deep = chance.between(...pattern.deep)
    for (let u = west + pattern.setbackM + chance.between(0, 6); u < east - pattern.setbackM;) {
      const wide = chance.between(...pattern.wide)
      const corners: Line = [[u, v], [u + wide, v], [u + wide, v + deep], [u, v + deep]] // prettier-ignore
      const house = corners.map(([a, b]): Point => [a * cos - b * sin, a * sin + b * cos])
      if (chance.next() > pattern.empty && fits(house, ring, closed, pattern.setbackM, ground)) {
        const floors = pattern.isUniform ? estate : floorsOf(pattern, ground.urban(block.middle), chance)
        houses.push({ ring: shaped(house, use, chance), heightM: Math.round(floors * 3.1), class: use })
      }
      u += wide + pattern.beside
    }
    v += deep + pattern.behind
  }
  return houses
}

/** Towers grow towards the middle of the town; most houses stay lower than the highest. */
function floorsOf(pattern: Pattern, urban: number, chance: Chance): number {
  const [low, high] = pattern.floors
  const reach = Math.pow(chance.next(), 2.4 - urban * 1.2) * (0.35 + urban * 0.65)
  return Math.round(low + (high - low) * reach)
}

/** Some corners are cut out: an L is the commonest plan after the rectangle. */
function shaped(house: Line, use: BlockUse, chance: Chance): Line {
  if (use === 'village' || use === 'old-town' || chance.next() > 0.3) return house
  const [a, b, c, d] = house as [Point, Point, Point, Point]
  const [along, deep] = [chance.between(0.45, 0.7), chance.between(0.4, 0.6)]
  const mix = (p: Point, q: Point, s: number): Point => [p[0] + (q[0] - p[0]) * s, p[1] + (q[1] - p[1]) * s]
  const inner = mix(mix(a, d, deep), mix(b, c, deep), along)
  return [a, b, mix(b, c, deep), inner, mix(d, c, along), d]
}

function fits(house: Line, ring: Line, closed: Line, setbackM: number, ground: Ground): boolean {
  const middle: Point = [(house[0]![0] + house[2]![0]) / 2, (house[0]![1] + house[2]![1]) / 2]
  if (!isInRing(ring, middle)) return false
  if (ground.waterGapM(middle) < 24 || ground.railGapM(middle) < 30 || ground.expresswayGapM(middle) < 55) return false
  for (const [i, corner] of house.entries()) {
    const next = house[(i + 1) % house.length]!
    const half: Point = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2]
    if (!isInRing(ring, corner) || footOn(closed, corner).distance < setbackM - 0.5) return false
    if (footOn(closed, half).distance < setbackM - 0.5) return false
  }
  return true
}

/** Direction along which most of the block's sides run. */
function mainAngle(ring: Line): number {
  let [c, s] = [0, 0]
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i]!, ring[(i + 1) % ring.length]!]
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0])
    c += gap(a, b) * Math.cos(4 * angle)
    s += gap(a, b) * Math.sin(4 * angle)
  }
  const base = Math.atan2(s, c) / 4
  let [along, across] = [0, 0]
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i]!, ring[(i + 1) % ring.length]!]
    along += Math.abs((b[0] - a[0]) * Math.cos(base) + (b[1] - a[1]) * Math.sin(base))
    across += Math.abs((b[1] - a[1]) * Math.cos(base) - (b[0] - a[0]) * Math.sin(base))
  }
  return along >= across ? base : base + Math.PI / 2
}
