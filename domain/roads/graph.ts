import { nearDistanceM } from '../geo/distance.ts'
import type { LngLat } from '../scalars.ts'
import { flatEnds, largestComponent } from './component.ts'
import { ROAD_CLASSES, type RoadClass, type RoadSpeeds } from './speeds.ts'

export interface JunctionInput {
  id: string
  lng: number
  lat: number
}

export interface EdgeInput {
  id: string
  from: string
  to: string
  class: RoadClass
  /** Drivable from → to only. */
  oneway: boolean
  /** The road's own speed, instead of its class's. */
  speedKmh?: number | undefined
  /** From the first junction to the second, ends included; fewer than two points: a straight line. */
  shape: readonly LngLat[]
}

/**
 * The roads as flat arrays, so that a district (10–50 thousand edges) is searched in milliseconds and a province still loads.
 * An **edge** is a piece of road between two junctions; an **arc** is an edge in one direction: arc = edge × 2 (+ 1 against
 * the drawing direction). Only the largest part in which every junction can reach every other is kept; the rest is in `leftOut`.
 */
export interface RoadGraph {
  junctionCount: number
  junctionIds: string[]
  lng: Float64Array
  lat: Float64Array
  edgeCount: number
  edgeIds: string[]
  edgeFrom: Int32Array
  edgeTo: Int32Array
  /** Index into `ROAD_CLASSES`. */
  edgeClass: Uint8Array
  edgeLengthM: Float64Array
  /** Seconds in the drawing direction and against it; Infinity where that is forbidden. */
  forwardS: Float64Array
  backwardS: Float64Array
  /**
   * The same for a part of an edge that begins or ends there: of a closed road the way through is Infinity, but a scene on it is still
   * reached from either end. The very arrays above as long as nothing is closed.
   */
  partForwardS: Float64Array
  partBackwardS: Float64Array
  /** Arcs that leave junction j: `outArc[outStart[j] … outStart[j + 1])`; those that arrive: `inArc[inStart[j] …)`. */
  outStart: Int32Array
  outArc: Int32Array
  inStart: Int32Array
  inArc: Int32Array
  /** Points of edge e: `shapeLng/shapeLat[shapeStart[e] … shapeStart[e + 1])`, `shapeAtM` metres from its start. */
  shapeStart: Int32Array
  shapeLng: Float64Array
  shapeLat: Float64Array
  shapeAtM: Float64Array
  leftOut: { junctionIds: string[]; edgeIds: string[] }
}

/** A road's own speed below this is a typing error that would make the road a wall. */
const SPEED_KMH_MIN = 3

/**
 * Builds the searchable roads. O(junctions + edges).
 * @param input rows as the city folder has them, already checked: every edge's ends exist
 * @param speeds `PATROL_SPEEDS` for patrols on an emergency, `TRAFFIC_SPEEDS` for everyone else
 */
export function buildRoadGraph(
  input: { junctions: readonly JunctionInput[]; edges: readonly EdgeInput[] },
  speeds: RoadSpeeds,
): RoadGraph {
  const numberOf = new Map(input.junctions.map((junction, i) => [junction.id, i]))
  const ends = input.edges.map((edge) => ({
    from: numberOf.get(edge.from) ?? -1,
    to: numberOf.get(edge.to) ?? -1,
    oneway: edge.oneway,
  }))
  const isKept = largestComponent(input.junctions.length, flatEnds(ends))
  const junctions = input.junctions.filter((_, i) => isKept[i] === 1)
  const edges = input.edges.filter((_, i) => isKept[ends[i]!.from] === 1 && isKept[ends[i]!.to] === 1)
  const keptEdgeIds = new Set(edges.map((edge) => edge.id))
  const graph = emptyGraph(junctions, edges)
  graph.leftOut = {
    junctionIds: input.junctions.filter((_, i) => isKept[i] !== 1).map((junction) => junction.id),
    edgeIds: input.edges.filter((edge) => !keptEdgeIds.has(edge.id)).map((edge) => edge.id),
  }
  fillEdges(graph, junctions, edges, speeds)
  fillArcs(graph)
  return graph
}

/** First junction of an arc. */
export function arcFrom(graph: RoadGraph, arc: number): number {
  return (arc & 1) === 0 ? graph.edgeFrom[arc >> 1]! : graph.edgeTo[arc >> 1]!
}

/** Last junction of an arc. */
export function arcTo(graph: RoadGraph, arc: number): number {
  return (arc & 1) === 0 ? graph.edgeTo[arc >> 1]! : graph.edgeFrom[arc >> 1]!
}

/** Seconds of an arc; Infinity against a one-way. */
export function arcS(graph: RoadGraph, arc: number): number {
  return (arc & 1) === 0 ? graph.forwardS[arc >> 1]! : graph.backwardS[arc >> 1]!
}

function emptyGraph(junctions: readonly JunctionInput[], edges: readonly EdgeInput[]): RoadGraph {
  const points = edges.reduce((sum, edge) => sum + Math.max(2, edge.shape.length), 0)
  const arcs = edges.reduce((sum, edge) => sum + (edge.oneway ? 1 : 2), 0)
  const forwardS = new Float64Array(edges.length)
  const backwardS = new Float64Array(edges.length)
  return {
    junctionCount: junctions.length,
    junctionIds: junctions.map((junction) => junction.id),
    lng: Float64Array.from(junctions, (junction) => junction.lng),
    lat: Float64Array.from(junctions, (junction) => junction.lat),
    edgeCount: edges.length,
    edgeIds: edges.map((edge) => edge.id),
    edgeFrom: new Int32Array(edges.length),
    edgeTo: new Int32Array(edges.length),
    edgeClass: new Uint8Array(edges.length),
    edgeLengthM: new Float64Array(edges.length),
    forwardS,
    backwardS,
    partForwardS: forwardS,
    partBackwardS: backwardS,
    outStart: new Int32Array(junctions.length + 1),
    outArc: new Int32Array(arcs),
    inStart: new Int32Array(junctions.length + 1),
    inArc: new Int32Array(arcs),
    shapeStart: new Int32Array(edges.length + 1),
    shapeLng: new Float64Array(points),
    shapeLat: new Float64Array(points),
    shapeAtM: new Float64Array(points),
    leftOut: { junctionIds: [], edgeIds: [] },
  }
}

function fillEdges(
  graph: RoadGraph,
  junctions: readonly JunctionInput[],
  edges: readonly EdgeInput[],
  speeds: RoadSpeeds,
): void {
  const numberOf = new Map(junctions.map((junction, i) => [junction.id, i]))
  let at = 0
  for (const [e, edge] of edges.entries()) {
    const from = numberOf.get(edge.from)!
    const to = numberOf.get(edge.to)!
    const straight: LngLat[] = [
      [graph.lng[from]!, graph.lat[from]!],
      [graph.lng[to]!, graph.lat[to]!],
    ]
    // The ends are the junctions themselves: a gap of rounding there would make a road shorter than its straight line.
    const shape = [straight[0]!, ...edge.shape.slice(1, -1), straight[1]!]
    graph.shapeStart[e] = at
    let alongM = 0
    for (const [i, [lng, lat]] of shape.entries()) {
      if (i > 0) alongM += nearDistanceM(graph.shapeLng[at - 1]!, graph.shapeLat[at - 1]!, lng, lat)
      graph.shapeLng[at] = lng
      graph.shapeLat[at] = lat
      graph.shapeAtM[at] = alongM
      at++
    }
    const kmh = Math.max(SPEED_KMH_MIN, edge.speedKmh ?? speeds.kmh[edge.class]) * speeds.factor[edge.class]
    graph.edgeFrom[e] = from
    graph.edgeTo[e] = to
    graph.edgeClass[e] = ROAD_CLASSES.indexOf(edge.class)
    graph.edgeLengthM[e] = alongM
    graph.forwardS[e] = alongM / (kmh / 3.6)
    graph.backwardS[e] = edge.oneway ? Infinity : graph.forwardS[e]!
  }
  graph.shapeStart[edges.length] = at
}

/** Compressed rows: count, sum up, then put each arc in its place. */
function fillArcs(graph: RoadGraph): void {
  const arcs: number[] = []
  for (let e = 0; e < graph.edgeCount; e++) {
    arcs.push(e * 2)
    if (graph.backwardS[e] !== Infinity) arcs.push(e * 2 + 1)
  }
  for (const arc of arcs) {
    graph.outStart[arcFrom(graph, arc) + 1]!++
    graph.inStart[arcTo(graph, arc) + 1]!++
  }
  for (let j = 0; j < graph.junctionCount; j++) {
    graph.outStart[j + 1]! += graph.outStart[j]!
    graph.inStart[j + 1]! += graph.inStart[j]!
  }
  const outNext = graph.outStart.slice()
  const inNext = graph.inStart.slice()
  for (const arc of arcs) {
    graph.outArc[outNext[arcFrom(graph, arc)]!++] = arc
    graph.inArc[inNext[arcTo(graph, arc)]!++] = arc
  }
}
