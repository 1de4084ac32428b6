import { areaOf, footOn, isInRing, type Line, type Point } from './plane.ts'
import type { Web } from './weave.ts'

/** A face of the street web: what lies between streets. */
export interface Block {
  /** Middle lines of its streets, counter-clockwise, not closed. */
  ring: Line
  areaM2: number
  middle: Point
}

/**
 * Walks round every block with its streets on the right-hand side: at each crossing it takes the next street clockwise. Dead ends
 * are walked in and out again.
 */
export function blocksOf(web: Web): Block[] {
  const ground = web.threads.map((thread) => thread.street.level === 0 && !thread.street.oneway)
  /** Half-edge 2t leaves `from`, 2t + 1 leaves `to`. */
  const angle = web.threads.flatMap(({ line }) => [
    headingOf(line[0]!, line[1]!),
    headingOf(line.at(-1)!, line.at(-2)!),
  ])
  const leaving = web.knots.map(() => [] as number[])
  for (const [t, thread] of web.threads.entries()) {
    if (!ground[t]) continue
    leaving[thread.from]!.push(t * 2)
    leaving[thread.to]!.push(t * 2 + 1)
  }
  for (const list of leaving) list.sort((a, b) => angle[a]! - angle[b]!)
  const seen = new Uint8Array(web.threads.length * 2)
  const blocks: Block[] = []
  for (let half = 0; half < seen.length; half++) {
    if (seen[half] || !ground[half >> 1]) continue
    const ring: Line = []
    for (let h = half; !seen[h]; h = nextHalf(web, leaving, h)) {
      seen[h] = 1
      const { line } = web.threads[h >> 1]!
      ring.push(...(h % 2 === 0 ? line.slice(0, -1) : [...line].reverse().slice(0, -1)))
    }
    const area = areaOf(ring)
    if (area > 900) blocks.push({ ring, areaM2: area, middle: middleOf(ring) })
  }
  return blocks
}

function nextHalf(web: Web, leaving: readonly number[][], half: number): number {
  const thread = web.threads[half >> 1]!
  const list = leaving[half % 2 === 0 ? thread.to : thread.from]!
  const back = list.indexOf(half ^ 1)
  return list[(back - 1 + list.length) % list.length]!
}

function headingOf(a: Point, b: Point): number {
  return Math.atan2(b[1] - a[1], b[0] - a[0])
}

/** A place well inside: of a few tries the one furthest from the streets. */
export function middleOf(ring: Line): Point {
  let best: Point = ring[0]!
  let bestM = -1
  const xs = ring.map(([x]) => x)
  const ys = ring.map(([, y]) => y)
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const closed = [...ring, ring[0]!]
  for (let i = 1; i < 8; i++) {
    for (let j = 1; j < 8; j++) {
      const p: Point = [west + ((east - west) * i) / 8, south + ((north - south) * j) / 8]
      if (!isInRing(ring, p)) continue
      const m = footOn(closed, p).distance
      if (m > bestM) {
        bestM = m
        best = p
      }
    }
  }
  return best
}

/** The block without its streets: every corner moved inwards; null when nothing worth drawing is left. */
export function insetRing(ring: Line, insetM: number): Line | null {
  const closed = [...ring, ring[0]!]
  const inner: Line = []
  for (let i = 0; i < ring.length; i++) {
    const a = ring[(i - 1 + ring.length) % ring.length]!
    const b = ring[i]!
    const c = ring[(i + 1) % ring.length]!
    const [n1, n2] = [normal(a, b), normal(b, c)]
    const k = 1 + n1[0] * n2[0] + n1[1] * n2[1]
    if (k < 0.25) continue
    const p: Point = [b[0] + ((n1[0] + n2[0]) / k) * insetM, b[1] + ((n1[1] + n2[1]) / k) * insetM]
    if (isInRing(ring, p) && footOn(closed, p).distance > insetM * 0.8) inner.push(p)
  }
  return inner.length >= 3 && areaOf(inner) > 300 ? inner : null
}

/** Unit vector to the left of a → b. */
function normal(a: Point, b: Point): Point {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
  return [-(b[1] - a[1]) / length, (b[0] - a[0]) / length]
}
