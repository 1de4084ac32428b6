import { distanceM } from '../geo/distance.ts'
import type { LngLat } from '../scalars.ts'
import { arcS, arcTo, type RoadGraph } from './graph.ts'
import { Heap } from './heap.ts'
import { partLine, type Part } from './part-line.ts'
import { share } from './reverse-search.ts'
import type { Snap } from './snap.ts'

export interface Route {
  etaS: number
  distanceM: number
  line: LngLat[]
  /** Edges in driving order, the first and the last only in part. */
  edges: number[]
}

/** How a junction was reached first: straight from the start's edge, by its end. */
const LEFT_BY_TO = -2
const LEFT_BY_FROM = -3

/**
 * The fastest way between two places on roads (A*: the straight line at the network's highest speed never promises too much).
 * @returns null when there is no way
 */
export function shortestRoute(graph: RoadGraph, from: Snap, to: Snap): Route | null {
  const timeS = new Float64Array(graph.junctionCount).fill(Infinity)
  const arcIn = new Int32Array(graph.junctionCount).fill(-1)
  const settled = new Uint8Array(graph.junctionCount)
  const heap = new Heap()
  const fastestMps = topSpeedMps(graph)
  const leastS = (j: number): number => distanceM(graph.lng[j]!, graph.lat[j]!, to.lng, to.lat) / fastestMps
  const reach = (j: number, s: number, arc: number): void => {
    if (s >= timeS[j]!) return
    timeS[j] = s
    arcIn[j] = arc
    heap.push(j, s + leastS(j))
  }
  const best = { etaS: Infinity, endBy: -1, isDirect: false }
  if (from.edge === to.edge) {
    const gap = to.fraction - from.fraction
    best.etaS = share(Math.abs(gap), gap >= 0 ? graph.partForwardS[from.edge]! : graph.partBackwardS[from.edge]!)
    best.isDirect = true
  }
  reach(graph.edgeTo[from.edge]!, share(1 - from.fraction, graph.partForwardS[from.edge]!), LEFT_BY_TO)
  reach(graph.edgeFrom[from.edge]!, share(from.fraction, graph.partBackwardS[from.edge]!), LEFT_BY_FROM)
  const finish = (j: number, lastS: number): void => {
    if (timeS[j]! + lastS >= best.etaS) return
    best.etaS = timeS[j]! + lastS
    best.endBy = j
    best.isDirect = false
  }
  for (let j = heap.pop(); j !== undefined; j = heap.pop()) {
    if (settled[j]) continue
    if (timeS[j]! + leastS(j) >= best.etaS) break
    settled[j] = 1
    if (j === graph.edgeFrom[to.edge]) finish(j, share(to.fraction, graph.partForwardS[to.edge]!))
    if (j === graph.edgeTo[to.edge]) finish(j, share(1 - to.fraction, graph.partBackwardS[to.edge]!))
    for (let k = graph.outStart[j]!; k < graph.outStart[j + 1]!; k++) {
      const arc = graph.outArc[k]!
      reach(arcTo(graph, arc), timeS[j]! + arcS(graph, arc), arc)
    }
  }
  if (best.etaS === Infinity) return null
  const parts = best.isDirect
    ? [{ edge: from.edge, start: from.fraction, end: to.fraction }]
    : partsTo(graph, arcIn, from, to, best.endBy)
  return {
    etaS: best.etaS,
    distanceM: parts.reduce((sum, p) => sum + Math.abs(p.end - p.start) * graph.edgeLengthM[p.edge]!, 0),
    line: partLine(graph, parts),
    edges: parts.map((part) => part.edge),
  }
}

function partsTo(graph: RoadGraph, arcIn: Int32Array, from: Snap, to: Snap, endBy: number): Part[] {
  const comesForward =
    endBy === graph.edgeFrom[to.edge] &&
    (endBy !== graph.edgeTo[to.edge] ||
      share(to.fraction, graph.partForwardS[to.edge]!) <= share(1 - to.fraction, graph.partBackwardS[to.edge]!))
  const parts: Part[] = [{ edge: to.edge, start: comesForward ? 0 : 1, end: to.fraction }]
  let j = endBy
  for (let arc = arcIn[j]!; arc >= 0; arc = arcIn[j]!) {
    const isForward = (arc & 1) === 0
    parts.push({ edge: arc >> 1, start: isForward ? 0 : 1, end: isForward ? 1 : 0 })
    j = isForward ? graph.edgeFrom[arc >> 1]! : graph.edgeTo[arc >> 1]!
  }
  parts.push({ edge: from.edge, start: from.fraction, end: arcIn[j] === LEFT_BY_TO ? 1 : 0 })
  return parts.reverse()
}

/** By the array of times: a changed speed is another array. */
const topSpeeds = new WeakMap<Float64Array, number>()

/** Highest speed of any edge, computed once per network; a little more, because flat and round distances differ. */
function topSpeedMps(graph: RoadGraph): number {
  let top = topSpeeds.get(graph.forwardS)
  if (top === undefined) {
    top = 1
    for (let e = 0; e < graph.edgeCount; e++) {
      if (graph.forwardS[e]! > 0) top = Math.max(top, graph.edgeLengthM[e]! / graph.forwardS[e]!)
    }
    top *= 1.01
    topSpeeds.set(graph.forwardS, top)
  }
  return top
}
