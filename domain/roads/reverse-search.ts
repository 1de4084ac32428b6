import type { LngLat } from '../scalars.ts'
import { BucketQueue } from './bucket-queue.ts'
import type { RoadGraph } from './graph.ts'
import { partLine, type Part } from './part-line.ts'
import type { Snap } from './snap.ts'

export interface Eta {
  etaS: number
  distanceM: number
}

/** The way from everywhere to one scene. */
export interface ReverseSearch {
  readonly graph: RoadGraph
  readonly scene: Snap
  readonly cutS: number
  /** Seconds from each junction to the scene; Infinity: not within the cut. */
  readonly timeS: Float64Array
  /** Metres along that fastest way. */
  readonly lengthM: Float64Array
  /** Travel time from a place on a road; null: no way within the cut. */
  etaFrom(from: Snap): Eta | null
  /** The line of that way, the place and the scene included; null as `etaFrom`. */
  routeFrom(from: Snap): LngLat[] | null
}

/** Fifteen minutes: beyond it a patrol of a district is not an answer, and a province is not searched for a district's scene. */
export const SEARCH_CUT_S = 900
/** `nextArc` of a junction whose way ends on the scene's edge, by the direction in which it is entered. */
const ENTER_FORWARD = -2
const ENTER_BACKWARD = -3

/** The arrays of one search, to be used again and again: only what a search touched is cleared before the next. */
export interface SearchSpace {
  timeS: Float64Array
  lengthM: Float64Array
  nextArc: Int32Array
  /** Junctions with a time, as far as `touchedCount`. */
  touched: Int32Array
  touchedCount: number
  queue: BucketQueue
}

/** 24 bytes a junction. */
export function createSearchSpace({ junctionCount }: RoadGraph): SearchSpace {
  return {
    timeS: new Float64Array(junctionCount).fill(Infinity),
    lengthM: new Float64Array(junctionCount).fill(Infinity),
    nextArc: new Int32Array(junctionCount).fill(-1),
    touched: new Int32Array(junctionCount),
    touchedCount: 0,
    queue: new BucketQueue(),
  }
}

function clearSpace(space: SearchSpace): void {
  for (let i = 0; i < space.touchedCount; i++) {
    const j = space.touched[i]!
    space.timeS[j] = Infinity
    space.lengthM[j] = Infinity
    space.nextArc[j] = -1
  }
  space.touchedCount = 0
}

/** A search that has not gone all the way yet. */
export interface OpenSearch extends ReverseSearch {
  /** Goes on until every time of at most `untilS` is final; later ones may still become better. Nothing when it has been there. */
  settle(untilS: number): void
}

/**
 * One search against the driving direction from the scene: the ETA of every patrol and every circle come out of this single
 * pass. Price: O(reached edges); demo district whole ≈ 2 ms.
 * @param options `space`: use its arrays; the result is then true only until the next search in the same space
 */
export function reverseSearch(graph: RoadGraph, scene: Snap, options: SearchOptions = {}): ReverseSearch {
  const search = openSearch(graph, scene, options)
  search.settle(search.cutS)
  return search
}

export interface SearchOptions {
  cutS?: number
  space?: SearchSpace
}

/** The same, for who does not need all of it: nothing is searched before `settle`. */
export function openSearch(
  graph: RoadGraph,
  scene: Snap,
  { cutS = SEARCH_CUT_S, space = createSearchSpace(graph) }: SearchOptions = {},
): OpenSearch {
  clearSpace(space)
  const { timeS, lengthM, nextArc, queue } = space
  queue.start(cutS)
  const { edge, fraction } = scene
  const edgeM = graph.edgeLengthM[edge]!
  const reach = reacher(space, cutS)
  reach(graph.edgeFrom[edge]!, share(fraction, graph.partForwardS[edge]!), fraction * edgeM, ENTER_FORWARD)
  reach(graph.edgeTo[edge]!, share(1 - fraction, graph.partBackwardS[edge]!), (1 - fraction) * edgeM, ENTER_BACKWARD)
  const search = { graph, scene, cutS, timeS, lengthM }
  return {
    ...search,
    settle: (untilS) => settle(graph, space, cutS, untilS),
    etaFrom: (from) => {
      const start = bestStart(search, from)
      return start && { etaS: start.etaS, distanceM: start.distanceM }
    },
    routeFrom: (from) => {
      const start = bestStart(search, from)
      return start && partLine(graph, partsFrom(search, nextArc, from, start.via))
    },
  }
}

function reacher(space: SearchSpace, cutS: number) {
  const { timeS, lengthM, nextArc, touched, queue } = space
  return (j: number, s: number, m: number, next: number): void => {
    const knownS = timeS[j]!
    if (s > cutS || s >= knownS) return
    if (knownS === Infinity) touched[space.touchedCount++] = j
    timeS[j] = s
    lengthM[j] = m
    nextArc[j] = next
    queue.push(j, s)
  }
}

function settle(graph: RoadGraph, space: SearchSpace, cutS: number, untilS: number): void {
  const { timeS, lengthM, queue } = space
  const { edgeFrom, edgeTo, edgeLengthM, forwardS, backwardS, inStart, inArc } = graph
  const reach = reacher(space, cutS)
  while (!queue.isDoneTo(untilS)) {
    const j = queue.pop()
    const s = queue.key
    // Reached faster since it was put in.
    if (s > timeS[j]!) continue
    const m = lengthM[j]!
    for (let k = inStart[j]!, end = inStart[j + 1]!; k < end; k++) {
      const arc = inArc[k]!
      const e = arc >> 1
      if ((arc & 1) === 0) reach(edgeFrom[e]!, s + forwardS[e]!, m + edgeLengthM[e]!, arc)
      else reach(edgeTo[e]!, s + backwardS[e]!, m + edgeLengthM[e]!, arc)
    }
  }
}

/** Seconds of a part of an edge. Not `0 × Infinity`, which is NaN: a place right at the junction needs no arc. */
export function share(part: number, wholeS: number): number {
  return part === 0 ? 0 : part * wholeS
}

type Via = 'direct' | 'to' | 'from'

/** A place mid-edge may go straight to a scene on the same edge, or leave over either end. */
function bestStart(
  search: Pick<ReverseSearch, 'graph' | 'scene' | 'cutS' | 'timeS' | 'lengthM'>,
  from: Snap,
): (Eta & { via: Via }) | null {
  const { graph, scene, timeS, lengthM } = search
  const { edge, fraction } = from
  const edgeM = graph.edgeLengthM[edge]!
  const forwardS = graph.partForwardS[edge]!
  const backwardS = graph.partBackwardS[edge]!
  let best: (Eta & { via: Via }) | null = null
  const offer = (etaS: number, distanceM: number, via: Via): void => {
    if (etaS < Infinity && etaS <= search.cutS && (best === null || etaS < best.etaS)) best = { etaS, distanceM, via }
  }
  if (edge === scene.edge) {
    const gap = scene.fraction - fraction
    offer(share(Math.abs(gap), gap >= 0 ? forwardS : backwardS), Math.abs(gap) * edgeM, 'direct')
  }
  const to = graph.edgeTo[edge]!
  offer(share(1 - fraction, forwardS) + timeS[to]!, (1 - fraction) * edgeM + lengthM[to]!, 'to')
  const back = graph.edgeFrom[edge]!
  offer(share(fraction, backwardS) + timeS[back]!, fraction * edgeM + lengthM[back]!, 'from')
  return best
}

function partsFrom(search: Pick<ReverseSearch, 'graph' | 'scene'>, nextArc: Int32Array, from: Snap, via: Via): Part[] {
  const { graph, scene } = search
  if (via === 'direct') return [{ edge: from.edge, start: from.fraction, end: scene.fraction }]
  const parts: Part[] = [{ edge: from.edge, start: from.fraction, end: via === 'to' ? 1 : 0 }]
  let j = via === 'to' ? graph.edgeTo[from.edge]! : graph.edgeFrom[from.edge]!
  // Times fall strictly along the way except over edges of no length; the bound ends even a ring of those.
  for (let steps = 0; steps <= graph.junctionCount; steps++) {
    const arc = nextArc[j]!
    if (arc < 0) {
      parts.push({ edge: scene.edge, start: arc === ENTER_FORWARD ? 0 : 1, end: scene.fraction })
      return parts
    }
    const isForward = (arc & 1) === 0
    parts.push({ edge: arc >> 1, start: isForward ? 0 : 1, end: isForward ? 1 : 0 })
    j = isForward ? graph.edgeTo[arc >> 1]! : graph.edgeFrom[arc >> 1]!
  }
  return parts
}
