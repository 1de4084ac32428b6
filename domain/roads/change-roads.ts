import { M_PER_DEG_LAT, mPerDegLng } from '../geo/distance.ts'
import type { RoadGraph } from './graph.ts'

export interface RoadChange {
  edges: Iterable<number>
  /** Speed from now on; null: closed. */
  kmh: number | null
}

/** The times of a graph as it was built. */
export type BuiltTimes = Pick<RoadGraph, 'forwardS' | 'backwardS'>

/**
 * Puts these changes, and no others, in force: the next search drives by them. Later ones of the same edge win; a closed one stays closed.
 * A one-way stays one. The old arrays are left as they are, for a search that still draws its circles.
 */
export function changeRoads(graph: RoadGraph, built: BuiltTimes, changes: readonly RoadChange[]): void {
  if (changes.length === 0) {
    graph.forwardS = graph.partForwardS = built.forwardS
    graph.backwardS = graph.partBackwardS = built.backwardS
    return
  }
  const partForwardS = built.forwardS.slice()
  const partBackwardS = built.backwardS.slice()
  for (const { edges, kmh } of changes) {
    if (kmh === null) continue
    for (const edge of edges) {
      const s = graph.edgeLengthM[edge]! / (kmh / 3.6)
      if (built.forwardS[edge] !== Infinity) partForwardS[edge] = s
      if (built.backwardS[edge] !== Infinity) partBackwardS[edge] = s
    }
  }
  const forwardS = partForwardS.slice()
  const backwardS = partBackwardS.slice()
  for (const { edges, kmh } of changes) {
    if (kmh !== null) continue
    for (const edge of edges) forwardS[edge] = backwardS[edge] = Infinity
  }
  Object.assign(graph, { forwardS, backwardS, partForwardS, partBackwardS })
}

/** Edges that come within a distance of a place. O(points of the network): for an officer's click, not for a fix. */
export function edgesWithin(graph: RoadGraph, lng: number, lat: number, radiusM: number): number[] {
  const kx = mPerDegLng(lat)
  const found: number[] = []
  for (let e = 0; e < graph.edgeCount; e++) {
    for (let p = graph.shapeStart[e]!; p + 1 < graph.shapeStart[e + 1]!; p++) {
      const ax = (graph.shapeLng[p]! - lng) * kx
      const ay = (graph.shapeLat[p]! - lat) * M_PER_DEG_LAT
      const bx = (graph.shapeLng[p + 1]! - lng) * kx - ax
      const by = (graph.shapeLat[p + 1]! - lat) * M_PER_DEG_LAT - ay
      const lengthSq = bx * bx + by * by
      const share = lengthSq === 0 ? 0 : Math.max(0, Math.min(1, -(ax * bx + ay * by) / lengthSq))
      if (Math.hypot(ax + share * bx, ay + share * by) > radiusM) continue
      found.push(e)
      break
    }
  }
  return found
}
