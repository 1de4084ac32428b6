import { Heap } from '../../domain/roads/heap.ts'
import { createNoise, type Chance } from './chance.ts'
import { footOn, gap, simplify, type Line, type Point } from './plane.ts'
import type { Street } from './streets.ts'
import { HEIGHT_M, isInDistrict, WIDTH_M, type Terrain } from './terrain.ts'
import { createSamples, traceStreets } from './trace.ts'
import type { Ground } from './town.ts'

export interface Village {
  at: Point
  radiusM: number
}

const VILLAGES_MAX = 60
const VILLAGE_GAP_M = 700
const CELL_M = 60
const COLUMNS = Math.ceil(WIDTH_M / CELL_M)
const ROWS = Math.ceil(HEIGHT_M / CELL_M)

/** Scatters villages over the plains and valleys between the towns. */
export function placeVillages(terrain: Terrain, ground: Ground, chance: Chance): Village[] {
  const villages: Village[] = []
  for (let tries = 0; tries < 6000 && villages.length < VILLAGES_MAX; tries++) {
    const at: Point = [chance.between(300, WIDTH_M - 300), chance.between(600, HEIGHT_M - 1200)]
    const radiusM = chance.between(150, 300)
    if (ground.urban(at) > 0.12 || ground.height(at) > 0.4 || !isInDistrict(terrain, at)) continue
    if (ground.waterGapM(at) < radiusM * 0.75 || ground.railGapM(at) < 130 || ground.expresswayGapM(at) < 190) continue
    if (villages.some((other) => gap(other.at, at) < VILLAGE_GAP_M)) continue
    villages.push({ at, radiusM })
  }
  return villages
}

/** The lanes of one village: close, crooked, with a shape of its own. */
export function villageLanes(village: Village, ground: Ground, taken: readonly Street[], chance: Chance): Street[] {
  const turn = createNoise(chance, 260)
  const outline = createNoise(chance.fork('outline'), 190)
  const base = chance.between(0, Math.PI / 2)
  const spacing = chance.between(62, 88)
  const along = createSamples(60)
  const across = createSamples(60)
  for (const { line } of taken) {
    for (const p of line) {
      along.add(p)
    }
  }
  const isInside = (p: Point): boolean =>
    gap(p, village.at) < village.radiusM * (1 + 0.5 * outline(p[0], p[1])) && ground.isBuildable(p)
  const lines = traceStreets({
    field: (p) => base + turn(p[0], p[1]) * 0.55,
    gapM: () => spacing,
    isAllowed: isInside,
    seeds: [village.at, ...Array.from({ length: 40 }, (): Point => near(village, chance))],
    along,
    across,
    lengthMinM: 60,
    chance,
  })
  return lines.map((line): Street => ({
    line: simplify(line, 1),
    class: 'service',
    level: 0,
    oneway: false,
    name: null,
    nameEn: null,
  }))
}

function near(village: Village, chance: Chance): Point {
  const r = village.radiusM
  return [village.at[0] + chance.between(-r, r), village.at[1] + chance.between(-r, r)]
}

/**
 * Country roads: from each village the cheapest way over the land to what is already there, then some more between neighbours.
 * Hills are dear, bridges very dear, the railway is not crossed anew; existing roads are nearly free, so ways merge as real ones do.
 */
export function countryRoads(ground: Ground, villages: readonly Village[], existing: readonly Street[]): Street[] {
  const cost = Float64Array.from({ length: COLUMNS * ROWS }, (_, i) => costAt(ground, centreOf(i)))
  const road = new Int32Array(COLUMNS * ROWS).fill(-1)
  const streets = existing.filter((street) => street.level === 0)
  for (const [s, street] of streets.entries()) mark(road, street.line, s)
  const country: Street[] = []
  const lay = (path: number[]): void => {
    for (const line of newParts(path, road, streets)) {
      const street: Street = { line, class: 'tertiary', level: 0, oneway: false, name: null, nameEn: null }
      streets.push(street)
      country.push(street)
      mark(road, line, streets.length - 1)
    }
  }
  const byTown = [...villages].sort((a, b) => ground.urban(b.at) - ground.urban(a.at))
  for (const village of byTown) {
    lay(cheapest(cost, road, cellOf(village.at), (cell) => road[cell]! >= 0, 0.22))
  }
  for (const village of villages) {
    const others = villages
      .filter((other) => other !== village)
      .sort((a, b) => gap(a.at, village.at) - gap(b.at, village.at))
    for (const other of others.slice(0, 3)) {
      const goal = cellOf(other.at)
      lay(cheapest(cost, road, cellOf(village.at), (cell) => cell === goal, 0.6))
    }
  }
  return country
}

function costAt(ground: Ground, p: Point): number {
  const waterM = ground.waterGapM(p)
  // Wider than the longest move, or the way would leap over the rails.
  if (ground.railGapM(p) < 85) return Infinity
  if (waterM < -70) return Infinity
  if (waterM < 20) return 26
  const expressway = ground.expresswayGapM(p) < 70 ? 6 : 0
  return 1 + 7 * Math.max(0, ground.height(p) - 0.12) + expressway + (waterM < 50 ? 1.5 : 0)
}

const MOVES: readonly [number, number][] = [
  [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1],
  [2, 1], [2, -1], [-2, 1], [-2, -1], [1, 2], [1, -2], [-1, 2], [-1, -2],
] // prettier-ignore

/** Dijkstra over the cells; the start's own road does not count as arrival. */
function cheapest(
  cost: Float64Array,
  road: Int32Array,
  start: number,
  isGoal: (cell: number) => boolean,
  roadPrice: number,
): number[] {
  const best = new Float64Array(cost.length).fill(Infinity)
  const before = new Int32Array(cost.length).fill(-1)
  const heap = new Heap()
  best[start] = 0
  heap.push(start, 0)
  for (let cell = heap.pop(); cell !== undefined; cell = heap.pop()) {
    if (isGoal(cell) && cell !== start) {
      const path = [cell]
      while (before[path[0]!]! >= 0) path.unshift(before[path[0]!]!)
      return path
    }
    const [c, r] = [cell % COLUMNS, Math.floor(cell / COLUMNS)]
    for (const [dc, dr] of MOVES) {
      if (c + dc < 0 || c + dc >= COLUMNS || r + dr < 0 || r + dr >= ROWS) continue
      const to = (r + dr) * COLUMNS + c + dc
      const price = road[to]! >= 0 ? roadPrice : cost[to]!
      const sum = best[cell]! + price * Math.hypot(dc, dr)
      if (sum >= best[to]!) continue
      best[to] = sum
      before[to] = cell
      heap.push(to, sum)
    }
  }
  return []
}

/** The parts of a path that are not on a road yet, smoothed, their ends exactly on the roads they meet. */
function newParts(path: readonly number[], road: Int32Array, streets: readonly Street[]): Line[] {
  const parts: Line[] = []
  let part: number[] = []
  for (const [i, cell] of path.entries()) {
    const isRoad = road[cell]! >= 0
    if (!isRoad) {
      if (part.length === 0 && i > 0) part.push(path[i - 1]!)
      part.push(cell)
    }
    if ((isRoad || i === path.length - 1) && part.length > 0) {
      if (isRoad) part.push(cell)
      if (part.length > 2) parts.push(smooth(part.map((c) => onRoad(c, road, streets))))
      part = []
    }
  }
  return parts
}

function onRoad(cell: number, road: Int32Array, streets: readonly Street[]): Point {
  const centre = centreOf(cell)
  return road[cell]! >= 0 ? footOn(streets[road[cell]!]!.line, centre).at : centre
}

/** Corners cut four times (Chaikin), ends kept. */
function smooth(points: Line): Line {
  let line = points.filter((_, i) => i % 3 === 0 || i === points.length - 1)
  for (let round = 0; round < 3; round++) {
    const next: Line = [line[0]!]
    for (let i = 0; i + 1 < line.length; i++) {
      const [a, b] = [line[i]!, line[i + 1]!]
      next.push([a[0] * 0.75 + b[0] * 0.25, a[1] * 0.75 + b[1] * 0.25])
      next.push([a[0] * 0.25 + b[0] * 0.75, a[1] * 0.25 + b[1] * 0.75])
    }
    line = [...next, line.at(-1)!]
  }
  return simplify(line, 2)
}

function mark(road: Int32Array, line: Line, street: number): void {
  for (let i = 0; i + 1 < line.length; i++) {
    const [a, b] = [line[i]!, line[i + 1]!]
    const steps = Math.ceil(gap(a, b) / (CELL_M / 3))
    for (let s = 0; s <= steps; s++) {
      const p: Point = [a[0] + ((b[0] - a[0]) * s) / steps, a[1] + ((b[1] - a[1]) * s) / steps]
      if (p[0] < 0 || p[0] >= WIDTH_M || p[1] < 0 || p[1] >= HEIGHT_M) continue
      const cell = cellOf(p)
      if (road[cell]! < 0) road[cell] = street
    }
  }
}

function cellOf(p: Point): number {
  return Math.floor(p[1] / CELL_M) * COLUMNS + Math.floor(p[0] / CELL_M)
}

function centreOf(cell: number): Point {
  return [((cell % COLUMNS) + 0.5) * CELL_M, (Math.floor(cell / COLUMNS) + 0.5) * CELL_M]
}
