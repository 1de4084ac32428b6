import type { Clock } from './clock.ts'
import { edgeZones, grouped, reachedShare } from './coverage.ts'
import { FlatHeap } from './roads/flat-heap.ts'
import { arcTo, arcS, type RoadGraph } from './roads/graph.ts'
import { share } from './roads/reverse-search.ts'
import type { Snap, Snapper } from './roads/snap.ts'
import type { Zone } from './zone.ts'

/** As a patrol is snapped elsewhere. */
const SNAP_MAX_M = 1000
/** Posts that are tried; a district has one for each patrol. */
export const POSTS_MAX = 60
/** A gain below this share of all roads is not worth a driven kilometre. */
const WORTH_SHARE = 0.005

export interface FreePatrol {
  id: string
  lng: number
  lat: number
}
export interface Post {
  lng: number
  lat: number
}

export interface MoveUp {
  patrolId: string
  to: Post
  /** How much more of all zones' roads is reached inside its goal, 0–1. */
  gain: number
}

export interface MoveUps {
  /** Share of all zones' roads that is reached inside its goal now. */
  share: number
  /** What would be reached no more without each free patrol, as a share of all zones' roads. */
  uncovers: { patrolId: string; share: number }[]
  /** The one move that restores most; null: none is worth it. */
  best: MoveUp | null
  computedInMs: number
}

/** Times of the nearest patrol and of the nearest other one, at each junction. */
interface TwoNearest {
  firstS: Float64Array
  secondS: Float64Array
  firstOf: Int32Array
}

/**
 * Makes the question "what does each free patrol hold, and which one should move where?". One search that settles each junction twice
 * (for the nearest patrol and the nearest other one) says for every patrol what would be lost without it; each post adds one search.
 * Exact: the same as a whole coverage for every pair of patrol and post.
 */
export function createMoveUps(
  graph: RoadGraph,
  snap: Snapper,
  zones: readonly Zone[],
  clock: Clock,
): (free: readonly FreePatrol[], posts: readonly Post[]) => MoveUps {
  const zoneOfEdge = edgeZones(graph, zones)
  const goalOfEdge = Float64Array.from(zoneOfEdge, (z) => (z < 0 ? -1 : zones[z]!.goalS))
  const cutS = zones.reduce((most, zone) => Math.max(most, zone.goalS), 0)
  let wholeM = 0
  for (let e = 0; e < graph.edgeCount; e++) if (zoneOfEdge[e]! >= 0) wholeM += graph.edgeLengthM[e]!
  return (free, posts) => {
    const startedMs = clock.monotonicMs()
    const placed = free
      .map((patrol) => ({ patrol, at: snap(patrol.lng, patrol.lat, SNAP_MAX_M) }))
      .filter((one): one is { patrol: FreePatrol; at: Snap } => one.at !== null)
    const town = new Town(graph, goalOfEdge, cutS, placed.map(({ at }) => at)) // prettier-ignore
    const { reachedM, lossM } = town.lossOfEach()
    let best: MoveUp | null = null
    for (const post of posts.slice(0, POSTS_MAX)) {
      const at = snap(post.lng, post.lat, SNAP_MAX_M)
      if (!at) continue
      const gainsM = town.gainOfEach(at)
      for (const [p, { patrol }] of placed.entries()) {
        const gain = wholeM === 0 ? 0 : (gainsM[p]! - lossM[p]!) / wholeM
        if (gain >= WORTH_SHARE && (best === null || gain > best.gain)) best = { patrolId: patrol.id, to: post, gain }
      }
    }
    return {
      share: wholeM === 0 ? 0 : reachedM / wholeM,
      uncovers: placed.map(({ patrol }, p) => ({
        patrolId: patrol.id,
        share: wholeM === 0 ? 0 : Math.max(0, lossM[p]! / wholeM),
      })),
      best,
      computedInMs: clock.monotonicMs() - startedMs,
    }
  }
}

/** One question about one moment. `p` is a number in the list of placed patrols. */
class Town {
  readonly #graph: RoadGraph
  readonly #goalS: Float64Array
  readonly #cutS: number
  readonly #snaps: readonly Snap[]
  readonly #onEdge: Map<number, Snap[]>
  readonly #near: TwoNearest
  /** Times from the post that is looked at. */
  #postS: Float64Array

  constructor(graph: RoadGraph, goalS: Float64Array, cutS: number, snaps: readonly Snap[]) {
    this.#graph = graph
    this.#goalS = goalS
    this.#cutS = cutS
    this.#snaps = snaps
    this.#onEdge = grouped(snaps)
    this.#near = twoNearest(graph, snaps, cutS)
    this.#postS = this.#near.firstS
  }

  /** Metres that are reached, and how many of them by nobody else than each patrol. */
  lossOfEach(): { reachedM: number; lossM: Float64Array } {
    const lossM = new Float64Array(this.#snaps.length)
    let reachedM = 0
    for (let e = 0; e < this.#graph.edgeCount; e++) {
      if (this.#goalS[e]! < 0) continue
      const lengthM = this.#graph.edgeLengthM[e]!
      const all = this.#share(e, -1, null)
      reachedM += lengthM * all
      if (all > 0) this.#forOwners(e, (p) => (lossM[p]! += lengthM * (all - this.#share(e, p, null))))
    }
    return { reachedM, lossM }
  }

  /** Metres more that are reached from the post when each patrol is away from where it is. */
  gainOfEach(post: Snap): Float64Array {
    const postS = twoNearest(this.#graph, [post], this.#cutS).firstS
    this.#postS = postS
    const extraM = new Float64Array(this.#snaps.length)
    let everyoneM = 0
    const { edgeFrom, edgeTo, edgeLengthM, edgeCount } = this.#graph
    for (let e = 0; e < edgeCount; e++) {
      const goalS = this.#goalS[e]!
      if (goalS < 0) continue
      if (postS[edgeFrom[e]!]! >= goalS && postS[edgeTo[e]!]! >= goalS && e !== post.edge) continue
      const all = this.#share(e, -1, post) - this.#share(e, -1, null)
      everyoneM += edgeLengthM[e]! * all
      this.#forOwners(e, (p) => {
        extraM[p]! += edgeLengthM[e]! * (this.#share(e, p, post) - this.#share(e, p, null) - all)
      })
    }
    return extraM.map((m) => m + everyoneM)
  }

  /** Share of an edge reached by all patrols but `without`, and from the post. */
  #share(e: number, without: number, post: Snap | null): number {
    const { edgeFrom, edgeTo } = this.#graph
    const from = edgeFrom[e]!
    const to = edgeTo[e]!
    let fromS = this.#timeS(from, without)
    let toS = this.#timeS(to, without)
    if (post) {
      fromS = Math.min(fromS, this.#postS[from]!)
      toS = Math.min(toS, this.#postS[to]!)
    }
    const here = this.#onEdge.get(e)
    if (!here && post?.edge !== e) return reachedShare(this.#graph, e, fromS, toS, this.#goalS[e]!, [])
    const standing = (here ?? []).filter((snap) => snap !== this.#snaps[without])
    if (post?.edge === e) standing.push(post)
    return reachedShare(this.#graph, e, fromS, toS, this.#goalS[e]!, standing)
  }

  #timeS(j: number, without: number): number {
    return without >= 0 && this.#near.firstOf[j] === without ? this.#near.secondS[j]! : this.#near.firstS[j]!
  }

  /** Patrols without which this edge may be reached less: the nearest of its ends, and those that stand on it. */
  #forOwners(e: number, see: (p: number) => void): void {
    const a = this.#near.firstOf[this.#graph.edgeFrom[e]!]!
    const b = this.#near.firstOf[this.#graph.edgeTo[e]!]!
    if (a >= 0) see(a)
    if (b >= 0 && b !== a) see(b)
    const here = this.#onEdge.get(e)
    if (!here) return
    for (const snap of here) {
      const p = this.#snaps.indexOf(snap)
      if (p !== a && p !== b) see(p)
    }
  }
}

/** Dijkstra from all at once, in which a junction may be reached by two different ones. */
function twoNearest(graph: RoadGraph, sources: readonly Snap[], cutS: number): TwoNearest {
  const { junctionCount, outStart, outArc } = graph
  const firstS = new Float64Array(junctionCount).fill(Infinity)
  const secondS = new Float64Array(junctionCount).fill(Infinity)
  const firstOf = new Int32Array(junctionCount).fill(-1)
  const secondOf = new Int32Array(junctionCount).fill(-1)
  const heap = new FlatHeap()
  const count = sources.length
  const reach = (j: number, s: number, p: number): void => {
    if (s > cutS || s >= secondS[j]!) return
    if (firstOf[j] === p) {
      if (s >= firstS[j]!) return
      firstS[j] = s
    } else if (s < firstS[j]!) {
      secondS[j] = firstS[j]!
      secondOf[j] = firstOf[j]!
      firstS[j] = s
      firstOf[j] = p
    } else {
      secondS[j] = s
      secondOf[j] = p
    }
    heap.push(j * count + p, s)
  }
  for (const [p, { edge, fraction }] of sources.entries()) {
    reach(graph.edgeTo[edge]!, share(1 - fraction, graph.partForwardS[edge]!), p)
    reach(graph.edgeFrom[edge]!, share(fraction, graph.partBackwardS[edge]!), p)
  }
  while (heap.length > 0) {
    const s = heap.leastKey
    const item = heap.pop()
    const j = Math.floor(item / count)
    const p = item - j * count
    const isCurrent = (firstOf[j] === p && firstS[j] === s) || (secondOf[j] === p && secondS[j] === s)
    if (!isCurrent) continue
    for (let k = outStart[j]!; k < outStart[j + 1]!; k++) {
      const arc = outArc[k]!
      reach(arcTo(graph, arc), s + arcS(graph, arc), p)
    }
  }
  return { firstS, secondS, firstOf }
}
