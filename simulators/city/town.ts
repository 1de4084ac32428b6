import type { RoadClass } from '../../domain/roads/speeds.ts'
import { createNoise, type Chance } from './chance.ts'
import { expresswayLine } from './expressway.ts'
import type { Field } from './field.ts'
import { crossing, footOn, gap, simplify, type Line, type Point } from './plane.ts'
import { sampled } from './raster.ts'
import type { Street } from './streets.ts'
import { HEIGHT_M, WIDTH_M, isInDistrict, type Terrain } from './terrain.ts'
import { createSamples, traceStreets, type Samples } from './trace.ts'

/** What a street keeps clear of, metres from its middle. */
const RAIL_CLEAR_M = 20
const EXPRESSWAY_CLEAR_M = 48
const WATER_CLEAR_M = 20
/** Streets end where it becomes steep. */
const HILL_MAX = 0.52

export interface Ground {
  urban(p: Point): number
  waterGapM(p: Point): number
  railGapM(p: Point): number
  expresswayGapM(p: Point): number
  height(p: Point): number
  isBuildable(p: Point): boolean
}

/** The slow questions about the ground, sampled once. */
export function createGround(terrain: Terrain): Ground {
  const middle = simplify(expresswayLine(), 1)
  const rail = simplify(terrain.rail, 1)
  const urban = sampled(terrain.urban)
  const waterGapM = sampled(terrain.waterGapM)
  const railGapM = sampled((p) => footOn(rail, p).distance, 30)
  const expresswayGapM = sampled((p) => footOn(middle, p).distance)
  const inside = sampled((p) => (isInDistrict(terrain, p) ? 1 : 0))
  const height = sampled(terrain.height, 60)
  const isBuildable = (p: Point): boolean =>
    waterGapM(p) > WATER_CLEAR_M &&
    railGapM(p) > RAIL_CLEAR_M &&
    expresswayGapM(p) > EXPRESSWAY_CLEAR_M &&
    inside(p) > 0.98 &&
    height(p) < HILL_MAX
  return { urban, waterGapM, railGapM, expresswayGapM, height, isBuildable }
}

interface Rank {
  class: RoadClass
  urbanMin: number
  gapM(urban: number): number
  lengthMinM: number
}

/** From wide to narrow; each rank keeps its distance from those before. */
const RANKS: readonly Rank[] = [
  { class: 'secondary', urbanMin: 0.3, gapM: () => 600, lengthMinM: 700 },
  { class: 'tertiary', urbanMin: 0.19, gapM: () => 330, lengthMinM: 320 },
  { class: 'residential', urbanMin: 0.15, gapM: residentialGapM, lengthMinM: 110 },
]

function residentialGapM(urban: number): number {
  if (urban > 0.72) return 118
  if (urban > 0.45) return 114
  if (urban > 0.27) return 134
  return 178
}

/** All streets of the towns between the arterials. */
export function townStreets(ground: Ground, field: Field, avenues: readonly Street[], chance: Chance): Street[] {
  const along = createSamples()
  const across = createSamples()
  for (const avenue of avenues) addAvenue(avenue.line, field, along, across)
  const wobble = createNoise(chance.fork('blocks'), 420)
  const streets: Street[] = []
  for (const rank of RANKS) {
    const seeds = [...avenues, ...streets].flatMap(({ line }) => line.filter((_, i) => i % 3 === 0))
    const scattered = Array.from({ length: 3000 }, (): Point => [
      chance.between(0, WIDTH_M),
      chance.between(0, HEIGHT_M),
    ])
    const lines = traceStreets({
      field,
      gapM: (p) => {
        const urban = ground.urban(p)
        return urban < rank.urbanMin ? Infinity : rank.gapM(urban) * (1 + 0.5 * wobble(p[0], p[1]))
      },
      isAllowed: ground.isBuildable,
      seeds: [...seeds, ...scattered],
      along,
      across,
      lengthMinM: rank.lengthMinM,
      chance,
    })
    const kindOfRoad = rank.class
    streets.push(
      ...lines.map((line): Street => ({
        line: simplify(line, 1.2),
        class: kindOfRoad,
        level: 0,
        oneway: false,
        name: null,
        nameEn: null,
      })),
    )
  }
  return streets
}

function addAvenue(line: Line, field: Field, along: Samples, across: Samples): void {
  for (let i = 0; i + 1 < line.length; i++) {
    const [a, b] = [line[i]!, line[i + 1]!]
    const turn = Math.cos(2 * (Math.atan2(b[1] - a[1], b[0] - a[0]) - field(a)))
    const steps = Math.ceil(gap(a, b) / 12)
    for (let s = 0; s < steps; s++) {
      const p: Point = [a[0] + ((b[0] - a[0]) * s) / steps, a[1] + ((b[1] - a[1]) * s) / steps]
      if (turn > -0.3) along.add(p)
      if (turn < 0.3) across.add(p)
    }
  }
}

/** Lets loose ends run on to the next street, if there is one within reach and nothing between. */
export function joined(streets: readonly Street[], ground: Ground, reachM: number): Street[] {
  const grid = new Map<string, [Point, Point, number][]>()
  for (const [s, { line, level }] of streets.entries()) {
    if (level !== 0) continue
    for (let i = 0; i + 1 < line.length; i++) {
      const steps = Math.ceil(gap(line[i]!, line[i + 1]!) / 50)
      for (const key of cellsOf(line[i]!, line[i + 1]!, steps)) {
        const list = grid.get(key)
        if (list) list.push([line[i]!, line[i + 1]!, s])
        else grid.set(key, [[line[i]!, line[i + 1]!, s]])
      }
    }
  }
  return streets.map((street, s) => {
    if (street.level !== 0 || street.class === 'primary' || street.class === 'trunk') return street
    const tail = runOn(street.line, s, grid, ground, reachM)
    const head = runOn([...street.line].reverse(), s, grid, ground, reachM)
    return { ...street, line: [...(head ? [head] : []), ...street.line, ...(tail ? [tail] : [])] }
  })
}

function cellsOf(a: Point, b: Point, steps: number): Set<string> {
  const keys = new Set<string>()
  for (let s = 0; s <= steps; s++) {
    const x = Math.floor((a[0] + ((b[0] - a[0]) * s) / Math.max(1, steps)) / 100)
    const y = Math.floor((a[1] + ((b[1] - a[1]) * s) / Math.max(1, steps)) / 100)
    keys.add(`${x} ${y}`)
  }
  return keys
}

function runOn(
  line: Line,
  self: number,
  grid: ReadonlyMap<string, [Point, Point, number][]>,
  ground: Ground,
  reachM: number,
): Point | null {
  const end = line.at(-1)!
  const before = line.at(-2)!
  const length = gap(before, end) || 1
  const [dx, dy] = [(end[0] - before[0]) / length, (end[1] - before[1]) / length]
  const far: Point = [end[0] + dx * reachM, end[1] + dy * reachM]
  const start: Point = [end[0] + dx * 0.5, end[1] + dy * 0.5]
  let best: { s: number; at: Point } | null = null
  for (const x of [-1, 0, 1, 2, -2]) {
    for (const y of [-1, 0, 1, 2, -2]) {
      const key = `${Math.floor(end[0] / 100) + x} ${Math.floor(end[1] / 100) + y}`
      for (const [a, b, street] of grid.get(key) ?? []) {
        if (street === self) continue
        const hit = crossing(start, far, a, b)
        if (hit && (!best || hit.s < best.s)) best = { s: hit.s, at: hit.at }
      }
    }
  }
  if (!best) return null
  for (let m = 0; m < best.s * reachM; m += 8) {
    if (!ground.isBuildable([end[0] + dx * m, end[1] + dy * m])) return null
  }
  // A little beyond, so that the crossing is found.
  return [best.at[0] + dx * 0.8, best.at[1] + dy * 0.8]
}
