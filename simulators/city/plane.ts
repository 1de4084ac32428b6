import { M_PER_DEG_LAT, mPerDegLng } from '../../domain/geo/distance.ts'
import type { LngLat } from '../../domain/scalars.ts'

/** The generator draws in metres east and north of the district's south-west corner. */
export type Point = [x: number, y: number]
export type Line = Point[]

/** South-west corner: open water south-east of the Pearl River's mouth, so that no real place lies under the town. */
const ORIGIN: LngLat = [114.552, 21.912]
const KX = mPerDegLng(21.97)

/** Six decimals are 0.1 m. */
export function toLngLat([x, y]: Point): LngLat {
  return [round6(ORIGIN[0] + x / KX), round6(ORIGIN[1] + y / M_PER_DEG_LAT)]
}

function round6(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

export function gap(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

export function between(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

export function lengthOf(line: readonly Point[]): number {
  let total = 0
  for (let i = 1; i < line.length; i++) total += gap(line[i - 1]!, line[i]!)
  return total
}

/** A smooth curve through all the points (Catmull–Rom), a point every `stepM`. */
export function spline(through: readonly Point[], stepM: number): Line {
  const line: Line = []
  for (let i = 0; i + 1 < through.length; i++) {
    const [b, c] = [through[i]!, through[i + 1]!]
    const a = through[i - 1] ?? between(c, b, 2)
    const d = through[i + 2] ?? between(b, c, 2)
    const steps = Math.max(1, Math.round(gap(b, c) / stepM))
    for (let s = 0; s < steps; s++) line.push(catmull(a, b, c, d, s / steps))
  }
  line.push(through.at(-1)!)
  return line
}

function catmull(a: Point, b: Point, c: Point, d: Point, t: number): Point {
  const one = (k: 0 | 1): number =>
    b[k] + 0.5 * t * (c[k] - a[k] + t * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + t * (3 * (b[k] - c[k]) + d[k] - a[k])))
  return [one(0), one(1)]
}

/** Where two segments cross, as shares of each; null when they do not. */
export function crossing(a: Point, b: Point, c: Point, d: Point): { s: number; t: number; at: Point } | null {
  const [rx, ry] = [b[0] - a[0], b[1] - a[1]]
  const [sx, sy] = [d[0] - c[0], d[1] - c[1]]
  const cross = rx * sy - ry * sx
  if (Math.abs(cross) < 1e-9) return null
  const s = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross
  const t = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross
  if (s < 0 || s > 1 || t < 0 || t > 1) return null
  return { s, t, at: between(a, b, s) }
}

export interface Foot {
  distance: number
  at: Point
  index: number
  share: number
  /** Direction of the line there, radians from east, counter-clockwise. */
  angle: number
}

/** The nearest place of a line. Asked millions of times: nothing is allocated per piece. */
export function footOn(line: readonly Point[], p: Point): Foot {
  let bestSq = Infinity
  let bestIndex = 0
  let bestShare = 0
  for (let i = 0; i + 1 < line.length; i++) {
    const a = line[i]!
    const b = line[i + 1]!
    const dx = b[0] - a[0]
    const dy = b[1] - a[1]
    const px = p[0] - a[0]
    const py = p[1] - a[1]
    const sq = dx * dx + dy * dy
    const share = sq === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / sq))
    const ox = px - dx * share
    const oy = py - dy * share
    const offSq = ox * ox + oy * oy
    if (offSq >= bestSq) continue
    bestSq = offSq
    bestIndex = i
    bestShare = share
  }
  const a = line[bestIndex]!
  const b = line[bestIndex + 1] ?? a
  return {
    distance: Math.sqrt(bestSq),
    at: between(a, b, bestShare),
    index: bestIndex,
    share: bestShare,
    angle: Math.atan2(b[1] - a[1], b[0] - a[0]),
  }
}

/** Asked millions of times as well: the sides that pass the height of the point are few, the others cost two comparisons. */
export function isInRing(ring: readonly Point[], p: Point): boolean {
  const x = p[0]
  const y = p[1]
  let isInside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i]!
    const b = ring[j]!
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) isInside = !isInside
  }
  return isInside
}

export function areaOf(ring: readonly Point[]): number {
  let twice = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    twice += ring[j]![0] * ring[i]![1] - ring[i]![0] * ring[j]![1]
  }
  return twice / 2
}

/** A line beside a line, `leftM` to its left (negative: right). */
export function beside(line: readonly Point[], leftM: number | ((i: number) => number)): Line {
  return line.map((p, i) => {
    const a = line[Math.max(0, i - 1)]!
    const b = line[Math.min(line.length - 1, i + 1)]!
    const length = gap(a, b) || 1
    const off = typeof leftM === 'number' ? leftM : leftM(i)
    return [p[0] - ((b[1] - a[1]) / length) * off, p[1] + ((b[0] - a[0]) / length) * off]
  })
}

/** Fewer points, nothing moved by more than `tolerance` metres (Douglas–Peucker). */
export function simplify(line: readonly Point[], tolerance: number): Line {
  if (line.length <= 2) return line.slice()
  const [first, last] = [line[0]!, line.at(-1)!]
  let worst = 0
  let worstAt = 0
  for (let i = 1; i < line.length - 1; i++) {
    const off = footOn([first, last], line[i]!).distance
    if (off > worst) {
      worst = off
      worstAt = i
    }
  }
  if (worst <= tolerance) return [first, last]
  return [...simplify(line.slice(0, worstAt + 1), tolerance).slice(0, -1), ...simplify(line.slice(worstAt), tolerance)]
}

/** The part of a line from `startM` to `endM` along it. */
export function stretch(line: readonly Point[], startM: number, endM: number): Line {
  const part: Line = []
  let atM = 0
  for (let i = 0; i + 1 < line.length; i++) {
    const length = gap(line[i]!, line[i + 1]!)
    if (atM + length >= startM && atM <= endM && length > 0) {
      if (part.length === 0) part.push(between(line[i]!, line[i + 1]!, Math.max(0, (startM - atM) / length)))
      part.push(between(line[i]!, line[i + 1]!, Math.min(1, (endM - atM) / length)))
    }
    atM += length
  }
  return part
}
