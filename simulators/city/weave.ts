import { flatEnds, largestComponent } from '../../domain/roads/component.ts'
import type { Chance } from './chance.ts'
import { between, crossing, footOn, gap, lengthOf, type Line, type Point } from './plane.ts'
import type { Street } from './streets.ts'

export interface Knot {
  at: Point
  /** Numbers of the threads that meet here. */
  threads: number[]
}

/** A piece of a street between two knots. */
export interface Thread {
  from: number
  to: number
  line: Line
  street: Street
}

export interface Web {
  knots: Knot[]
  threads: Thread[]
}

/** Crossings nearer than this to each other are one crossing. */
const MERGE_M = 14
/** An end this near to a street meets it. */
const TOUCH_M = 1.5

interface Piece {
  street: number
  index: number
  a: Point
  b: Point
}

/**
 * Cuts streets at their crossings and ties the pieces together: streets on the ground meet each other; a grade-separated one
 * meets only what begins or ends exactly on it.
 */
export function weave(streets: readonly Street[]): Web {
  const cuts: { at: number; p: Point }[][] = streets.map((street) => [
    { at: 0, p: street.line[0]! },
    { at: street.line.length - 1, p: street.line.at(-1)! },
  ])
  const pieces = createPieces(streets)
  for (const [piece, other] of pieces.pairs()) {
    if (piece.street === other.street) continue
    if (streets[piece.street]!.level !== 0 || streets[other.street]!.level !== 0) continue
    const hit = crossing(piece.a, piece.b, other.a, other.b)
    if (!hit) continue
    cuts[piece.street]!.push({ at: piece.index + hit.s, p: hit.at })
    cuts[other.street]!.push({ at: other.index + hit.t, p: hit.at })
  }
  for (const [i, street] of streets.entries()) {
    for (const end of [street.line[0]!, street.line.at(-1)!]) {
      for (const piece of pieces.around(end)) {
        if (piece.street === i) continue
        const foot = footOn([piece.a, piece.b], end)
        if (foot.distance < TOUCH_M) cuts[piece.street]!.push({ at: piece.index + foot.share, p: end })
      }
    }
  }
  return tie(streets, cuts)
}

function createPieces(streets: readonly Street[]): {
  pairs(): Iterable<[Piece, Piece]>
  around(p: Point): Piece[]
} {
  const cellM = 60
  const cells = new Map<number, Piece[]>()
  const key = (x: number, y: number): number => x * 100_003 + y
  for (const [s, { line }] of streets.entries()) {
    for (let i = 0; i + 1 < line.length; i++) {
      const piece = { street: s, index: i, a: line[i]!, b: line[i + 1]! }
      const [x0, x1] = [piece.a[0], piece.b[0]].sort((m, n) => m - n) as Point
      const [y0, y1] = [piece.a[1], piece.b[1]].sort((m, n) => m - n) as Point
      for (let x = Math.floor((x0 - 2) / cellM); x <= Math.floor((x1 + 2) / cellM); x++) {
        for (let y = Math.floor((y0 - 2) / cellM); y <= Math.floor((y1 + 2) / cellM); y++) {
          const list = cells.get(key(x, y))
          if (list) list.push(piece)
          else cells.set(key(x, y), [piece])
        }
      }
    }
  }
  return {
    *pairs() {
      for (const list of cells.values()) {
        for (let i = 0; i < list.length; i++) for (let j = i + 1; j < list.length; j++) yield [list[i]!, list[j]!]
      }
    },
    around: (p) => cells.get(key(Math.floor(p[0] / cellM), Math.floor(p[1] / cellM))) ?? [],
  }
}

function tie(streets: readonly Street[], cuts: { at: number; p: Point }[][]): Web {
  const web: Web = { knots: [], threads: [] }
  const knotAt = createKnots(web)
  for (const [s, street] of streets.entries()) {
    const along = cuts[s]!.sort((m, n) => m.at - n.at)
    let from = knotAt(along[0]!.p)
    let fromAt = along[0]!.at
    for (const cut of along.slice(1)) {
      const to = knotAt(cut.p)
      if (to === from && cut.at - fromAt < 3) continue
      const line = [
        web.knots[from]!.at,
        ...street.line.filter((_, i) => i > fromAt + 0.05 && i < cut.at - 0.05),
        web.knots[to]!.at,
      ]
      if (to !== from || lengthOf(line) > 60) web.threads.push({ from, to, line, street })
      from = to
      fromAt = cut.at
    }
  }
  return retied(web)
}

/** Gives the knot of a place: a new one, or the one that is already there. */
function createKnots(web: Web): (p: Point) => number {
  const cells = new Map<number, number[]>()
  const key = (x: number, y: number): number => Math.floor(x / MERGE_M) * 1_000_003 + Math.floor(y / MERGE_M)
  return (p) => {
    for (const dx of [-MERGE_M, 0, MERGE_M]) {
      for (const dy of [-MERGE_M, 0, MERGE_M]) {
        for (const k of cells.get(key(p[0] + dx, p[1] + dy)) ?? []) if (gap(web.knots[k]!.at, p) < MERGE_M) return k
      }
    }
    web.knots.push({ at: p, threads: [] })
    const cell = key(p[0], p[1])
    cells.set(cell, [...(cells.get(cell) ?? []), web.knots.length - 1])
    return web.knots.length - 1
  }
}

/** The same web with its knots' lists made anew, doubled threads dropped. */
export function retied({ knots, threads }: Web): Web {
  const fresh: Web = { knots: knots.map(({ at }) => ({ at, threads: [] })), threads: [] }
  const seen = new Map<string, number>()
  for (const thread of threads) {
    const { from, to, line } = thread
    const middle = between(line[Math.floor((line.length - 1) / 2)]!, line[Math.ceil((line.length - 1) / 2)]!, 0.5)
    const key = from < to ? `${from} ${to}` : `${to} ${from}`
    const twin = seen.get(key)
    if (twin !== undefined && footOn(fresh.threads[twin]!.line, middle).distance < 12 && !thread.street.oneway) continue
    seen.set(key, fresh.threads.length)
    fresh.knots[from]!.threads.push(fresh.threads.length)
    if (to !== from) fresh.knots[to]!.threads.push(fresh.threads.length)
    fresh.threads.push(thread)
  }
  return fresh
}

/** Cuts off short dead ends, again and again, and melts knots in which a street merely goes on. */
export function tidied(web: Web, stubMinM: number): Web {
  let now = web
  for (let round = 0; round < 6; round++) {
    const kept = now.threads.filter(({ from, to, line, street }) => {
      const isStub = now.knots[from]!.threads.length === 1 || now.knots[to]!.threads.length === 1
      return !isStub || street.class === 'primary' || lengthOf(line) >= stubMinM
    })
    if (kept.length === now.threads.length) break
    now = retied({ knots: now.knots, threads: kept })
  }
  return melted(now)
}

function melted(web: Web): Web {
  const threads: (Thread | null)[] = [...web.threads]
  const lists = web.knots.map((knot) => [...knot.threads])
  for (const [k, list] of lists.entries()) {
    if (list.length !== 2 || list[0] === list[1]) continue
    const [a, b] = [threads[list[0]!], threads[list[1]!]]
    if (!a || !b || a.street.class !== b.street.class || a.street.oneway || b.street.oneway) continue
    if (a.from === a.to || b.from === b.to || lengthOf(a.line) + lengthOf(b.line) > 900) continue
    const first = a.to === k ? a : { ...a, from: a.to, to: a.from, line: [...a.line].reverse() }
    const second = b.from === k ? b : { ...b, from: b.to, to: b.from, line: [...b.line].reverse() }
    const street = lengthOf(a.line) >= lengthOf(b.line) ? a.street : b.street
    const kept = list[0]!
    const gone = list[1]!
    threads[kept] = { from: first.from, to: second.to, line: [...first.line, ...second.line.slice(1)], street }
    threads[gone] = null
    lists[k] = []
    lists[second.to] = lists[second.to]!.map((t) => (t === gone ? kept : t))
  }
  return retied({ knots: web.knots, threads: threads.filter((thread) => thread !== null) })
}

/**
 * Takes out some of the narrow streets, so that blocks differ in size as they do where estates, schools and markets have grown
 * over the grid. Never one without which a crossing would become a dead end.
 */
export function thinned(web: Web, chance: Chance): Web {
  const degree = web.knots.map(({ threads }) => threads.length)
  const threads = web.threads.filter((thread) => {
    const isNarrow = thread.street.class === 'residential' || thread.street.class === 'service'
    if (!isNarrow || chance.next() > 0.2 || degree[thread.from]! < 4 || degree[thread.to]! < 4) return true
    degree[thread.from]!--
    degree[thread.to]!--
    return false
  })
  return melted(retied({ knots: web.knots, threads }))
}

/** Only what can be driven to and from everywhere else. */
export function connected(web: Web): Web {
  const ends = web.threads.map(({ from, to, street }) => ({ from, to, oneway: street.oneway }))
  const isKept = largestComponent(web.knots.length, flatEnds(ends))
  return retied({ knots: web.knots, threads: web.threads.filter(({ from, to }) => isKept[from] && isKept[to]) })
}
