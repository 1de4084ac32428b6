import type { Chance } from './chance.ts'
import type { Field } from './field.ts'
import { gap, type Line, type Point } from './plane.ts'

const STEP_M = 12
const LENGTH_MAX_M = 6000
/** A street comes this much nearer to its neighbour than the wished gap before it stops: blocks of uneven width. */
const STOP_SHARE = 0.62

/** Places of the streets of one direction, to keep the next one at a distance. */
export interface Samples {
  add(p: Point): void
  isNearer(p: Point, distance: number): boolean
}

export function createSamples(cellM = 90): Samples {
  const cells = new Map<number, Point[]>()
  const key = (x: number, y: number): number => Math.floor(x / cellM) * 100_003 + Math.floor(y / cellM)
  return {
    add: (p) => {
      const list = cells.get(key(p[0], p[1]))
      if (list) list.push(p)
      else cells.set(key(p[0], p[1]), [p])
    },
    isNearer: (p, distance) => {
      for (let x = p[0] - distance; x < p[0] + distance + cellM; x += cellM) {
        for (let y = p[1] - distance; y < p[1] + distance + cellM; y += cellM) {
          for (const q of cells.get(key(x, y)) ?? []) if (gap(p, q) < distance) return true
        }
      }
      return false
    },
  }
}

export interface TraceOrder {
  field: Field
  /** Wished gap between parallel streets here, metres; Infinity where there are none. */
  gapM(p: Point): number
  isAllowed(p: Point): boolean
  /** Places where a street may begin, tried in this order. */
  seeds: readonly Point[]
  /** Streets along the field and across it. */
  along: Samples
  across: Samples
  lengthMinM: number
  chance: Chance
}

/** Draws streets along and across the field until no more fit (evenly spaced stream lines). */
export function traceStreets(order: TraceOrder): Line[] {
  const lines: Line[] = []
  const waiting: { p: Point; isAcross: boolean }[] = order.seeds.map((p, i) => ({ p, isAcross: i % 2 === 1 }))
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const samples = next.isAcross ? order.across : order.along
    const wished = order.gapM(next.p)
    if (!Number.isFinite(wished) || !order.isAllowed(next.p) || samples.isNearer(next.p, wished)) continue
    const line = traceBoth(order, samples, next.p, next.isAcross)
    if (line.length < 2 || line.length * STEP_M < order.lengthMinM) continue
    lines.push(line)
    for (const p of line) samples.add(p)
    for (let i = 0; i < line.length; i += 4) {
      const p = line[i]!
      const gapM = order.gapM(p)
      if (!Number.isFinite(gapM)) continue
      const angle = order.field(p) + (next.isAcross ? 0 : Math.PI / 2)
      const off = gapM * (1 + order.chance.next() * 0.35)
      waiting.push({ p: [p[0] + Math.cos(angle) * off, p[1] + Math.sin(angle) * off], isAcross: next.isAcross })
      waiting.push({ p: [p[0] - Math.cos(angle) * off, p[1] - Math.sin(angle) * off], isAcross: next.isAcross })
      if (i % 8 === 0) waiting.push({ p, isAcross: !next.isAcross })
    }
  }
  return lines
}

function traceBoth(order: TraceOrder, samples: Samples, seed: Point, isAcross: boolean): Line {
  const ahead = traceOne(order, samples, seed, isAcross, 1)
  const behind = traceOne(order, samples, seed, isAcross, -1)
  return [...behind.reverse(), seed, ...ahead]
}

function traceOne(order: TraceOrder, samples: Samples, seed: Point, isAcross: boolean, sign: 1 | -1): Line {
  const line: Line = []
  let p = seed
  let heading = angleAt(order, p, isAcross) + (sign === 1 ? 0 : Math.PI)
  while (line.length * STEP_M < LENGTH_MAX_M / 2) {
    // Midpoint rule: one half step to look, one whole step to go.
    const half: Point = [p[0] + (Math.cos(heading) * STEP_M) / 2, p[1] + (Math.sin(heading) * STEP_M) / 2]
    heading = towards(angleAt(order, half, isAcross), heading)
    const next: Point = [p[0] + Math.cos(heading) * STEP_M, p[1] + Math.sin(heading) * STEP_M]
    const gapM = order.gapM(next)
    if (!order.isAllowed(next) || !Number.isFinite(gapM) || samples.isNearer(next, gapM * STOP_SHARE)) break
    // Home again: a ring street.
    if (line.length > 12 && gap(next, seed) < STEP_M * 1.5) break
    line.push(next)
    p = next
  }
  return line
}

function angleAt(order: TraceOrder, p: Point, isAcross: boolean): number {
  return order.field(p) + (isAcross ? Math.PI / 2 : 0)
}

/** The same line's direction that keeps on going the way one came. */
function towards(angle: number, heading: number): number {
  return Math.cos(angle - heading) >= 0 ? angle : angle + Math.PI
}
