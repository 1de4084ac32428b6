import { buildRoadGraph, type EdgeInput, type JunctionInput, type RoadGraph } from '../../../domain/roads/graph.ts'
import { pointAt } from '../../../domain/roads/part-line.ts'
import type { Snap } from '../../../domain/roads/snap.ts'
import { ROAD_CLASSES, TRAFFIC_SPEEDS } from '../../../domain/roads/speeds.ts'
import type { LngLat } from '../../../domain/scalars.ts'

/** A small tangled town: one-ways, parallel roads, loops from a junction to itself, dead ends, bent roads. */
export function randomGraph(chance: () => number): RoadGraph {
  const junctionCount = 2 + Math.floor(chance() * 12)
  const junctions: JunctionInput[] = Array.from({ length: junctionCount }, (_, i) => ({
    id: `J${i}`,
    lng: 114.2 + chance() * 0.02,
    lat: 22.6 + chance() * 0.02,
  }))
  const edgeCount = 1 + Math.floor(chance() * junctionCount * 2.5)
  const edges: EdgeInput[] = Array.from({ length: edgeCount }, (_, i) => {
    const from = junctions[Math.floor(chance() * junctionCount)]!
    const to = junctions[Math.floor(chance() * junctionCount)]!
    const bends: LngLat[] = Array.from({ length: Math.floor(chance() * 3) + (from === to ? 2 : 0) }, () => [
      114.2 + chance() * 0.02,
      22.6 + chance() * 0.02,
    ])
    return {
      id: `R${i}`,
      from: from.id,
      to: to.id,
      class: ROAD_CLASSES[Math.floor(chance() * ROAD_CLASSES.length)]!,
      oneway: chance() < 0.35,
      speedKmh: chance() < 0.3 ? 5 + chance() * 80 : undefined,
      shape: [[from.lng, from.lat], ...bends, [to.lng, to.lat]],
    }
  })
  return buildRoadGraph({ junctions, edges }, TRAFFIC_SPEEDS)
}

/** A place on a random edge; sometimes exactly at one of its ends. */
export function randomSnap(graph: RoadGraph, chance: () => number): Snap {
  const edge = Math.floor(chance() * graph.edgeCount)
  const dice = chance()
  const fraction = dice < 0.1 ? 0 : dice < 0.2 ? 1 : chance()
  const [lng, lat] = pointAt(graph, edge, fraction * graph.edgeLengthM[edge]!)
  return { edge, fraction, lng, lat, offRoadM: 0, bearingDeg: 0 }
}

/**
 * The oracle: both places become junctions of their own, every edge is cut there, and the shortest time is relaxed until nothing
 * changes (Bellman–Ford). Slow, and shares nothing with the searches.
 */
export function plainTimeS(graph: RoadGraph, from: Snap, to: Snap): number {
  const arcs: [from: number, to: number, s: number][] = []
  const start = graph.junctionCount
  const end = graph.junctionCount + 1
  for (let e = 0; e < graph.edgeCount; e++) {
    const stops: [at: number, node: number][] = [
      [0, graph.edgeFrom[e]!],
      [1, graph.edgeTo[e]!],
    ]
    if (from.edge === e) stops.push([from.fraction, start])
    if (to.edge === e) stops.push([to.fraction, end])
    for (const [a, aNode] of stops) {
      for (const [b, bNode] of stops) {
        if (a <= b && aNode !== bNode) {
          const whole = graph.edgeLengthM[e]! * (b - a)
          const mps = (graph.forwardS[e] ?? 0) === 0 ? 1 : graph.edgeLengthM[e]! / graph.forwardS[e]!
          arcs.push([aNode, bNode, whole / mps])
          // At the very same spot both orders hold, whatever the one-way says.
          if (graph.backwardS[e] !== Infinity || a === b) arcs.push([bNode, aNode, whole / mps])
        }
      }
    }
  }
  const timeS = new Array<number>(graph.junctionCount + 2).fill(Infinity)
  timeS[start] = 0
  for (let changed = true; changed;) {
    changed = false
    for (const [a, b, s] of arcs) {
      if (timeS[a]! + s < timeS[b]! - 1e-9) {
        timeS[b] = timeS[a]! + s
        changed = true
      }
    }
  }
  return timeS[end]!
}
