import { nearDistanceM } from '../geo/distance.ts'
import type { LngLat } from '../scalars.ts'
import { GrowingFloats, GrowingIntegers } from '../osm/growing.ts'
import { largestComponent } from './component.ts'
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
  const builder = new RoadGraphBuilder(input.junctions, speeds)
  for (const edge of input.edges) builder.add(edge)
  return builder.build()
}

/** The same for edges that come one by one: each is kept as numbers, so that a province needs no million objects. */
export class RoadGraphBuilder {
  readonly #junctions: readonly JunctionInput[]
  readonly #speeds: RoadSpeeds
  readonly #numberOf: ReadonlyMap<string, number>
  readonly #ids: string[] = []
  readonly #from = new GrowingIntegers()
  readonly #to = new GrowingIntegers()
  /** 1: in the drawing direction only. */
  readonly #oneway = new GrowingIntegers()
  readonly #class = new GrowingIntegers()
  readonly #kmh = new GrowingFloats()
  /** Points between the ends: of edge e from `#bendStart[e]` on. */
  readonly #bendStart = new GrowingIntegers()
  readonly #bendLng = new GrowingFloats()
  readonly #bendLat = new GrowingFloats()

  constructor(junctions: readonly JunctionInput[], speeds: RoadSpeeds) {
    this.#junctions = junctions
    this.#speeds = speeds
    this.#numberOf = new Map(junctions.map((junction, i) => [junction.id, i]))
  }

  add(edge: EdgeInput): void {
    const { kmh, factor } = this.#speeds
    this.#ids.push(edge.id)
    this.#from.push(this.#numberOf.get(edge.from) ?? -1)
    this.#to.push(this.#numberOf.get(edge.to) ?? -1)
    this.#oneway.push(edge.oneway ? 1 : 0)
    this.#class.push(ROAD_CLASSES.indexOf(edge.class))
    this.#kmh.push(Math.max(SPEED_KMH_MIN, edge.speedKmh ?? kmh[edge.class]) * factor[edge.class])
    this.#bendStart.push(this.#bendLng.length)
    for (let i = 1; i + 1 < edge.shape.length; i++) {
      this.#bendLng.push(edge.shape[i]![0])
      this.#bendLat.push(edge.shape[i]![1])
    }
  }

  build(): RoadGraph {
    const ends = { from: this.#from.view(), to: this.#to.view(), oneway: Uint8Array.from(this.#oneway.view()) }
    const isKept = largestComponent(this.#junctions.length, ends)
    const isEdgeKept = (e: number) => isKept[ends.from[e]!] === 1 && isKept[ends.to[e]!] === 1
    const junctions = this.#junctions.filter((_, i) => isKept[i] === 1)
    const newNumber = new Int32Array(isKept.length).fill(-1)
    let next = 0
    for (let i = 0; i < isKept.length; i++) if (isKept[i] === 1) newNumber[i] = next++
    const kept: number[] = []
    for (let e = 0; e < this.#ids.length; e++) if (isEdgeKept(e)) kept.push(e)
    const graph = this.#emptyGraph(junctions, kept)
    this.#fillEdges(graph, kept, newNumber)
    fillArcs(graph)
    graph.leftOut = {
      junctionIds: this.#junctions.filter((_, i) => isKept[i] !== 1).map((junction) => junction.id),
      edgeIds: this.#ids.filter((_, e) => !isEdgeKept(e)),
    }
    return graph
  }

  #bendEnd(e: number): number {
    return e + 1 < this.#ids.length ? this.#bendStart.at(e + 1) : this.#bendLng.length
  }

  #emptyGraph(junctions: readonly JunctionInput[], kept: readonly number[]): RoadGraph {
    const points = kept.reduce((sum, e) => sum + 2 + this.#bendEnd(e) - this.#bendStart.at(e), 0)
    const arcs = kept.reduce((sum, e) => sum + (this.#oneway.at(e) === 1 ? 1 : 2), 0)
    const forwardS = new Float64Array(kept.length)
    const backwardS = new Float64Array(kept.length)
    return {
      junctionCount: junctions.length,
      junctionIds: junctions.map((junction) => junction.id),
      lng: Float64Array.from(junctions, (junction) => junction.lng),
      lat: Float64Array.from(junctions, (junction) => junction.lat),
      edgeCount: kept.length,
      edgeIds: kept.map((e) => this.#ids[e]!),
      edgeFrom: new Int32Array(kept.length),
      edgeTo: new Int32Array(kept.length),
      edgeClass: Uint8Array.from(kept, (e) => this.#class.at(e)),
      edgeLengthM: new Float64Array(kept.length),
      forwardS,
      backwardS,
      partForwardS: forwardS,
      partBackwardS: backwardS,
      outStart: new Int32Array(junctions.length + 1),
      outArc: new Int32Array(arcs),
      inStart: new Int32Array(junctions.length + 1),
      inArc: new Int32Array(arcs),
      shapeStart: new Int32Array(kept.length + 1),
      shapeLng: new Float64Array(points),
      shapeLat: new Float64Array(points),
      shapeAtM: new Float64Array(points),
      leftOut: { junctionIds: [], edgeIds: [] },
    }
  }

  #fillEdges(graph: RoadGraph, kept: readonly number[], newNumber: Int32Array): void {
    const { lng, lat, shapeLng, shapeLat, shapeAtM } = graph
    let at = 0
    let alongM = 0
    const point = (x: number, y: number, isFirst: boolean): void => {
      alongM = isFirst ? 0 : alongM + nearDistanceM(shapeLng[at - 1]!, shapeLat[at - 1]!, x, y)
      shapeLng[at] = x
      shapeLat[at] = y
      shapeAtM[at] = alongM
      at++
    }
    for (let k = 0; k < kept.length; k++) {
      const e = kept[k]!
      const from = newNumber[this.#from.at(e)]!
      const to = newNumber[this.#to.at(e)]!
      graph.shapeStart[k] = at
      // The ends are the junctions themselves: a gap of rounding there would make a road shorter than its straight line.
      point(lng[from]!, lat[from]!, true)
      for (let b = this.#bendStart.at(e), end = this.#bendEnd(e); b < end; b++) {
        point(this.#bendLng.at(b), this.#bendLat.at(b), false)
      }
      point(lng[to]!, lat[to]!, false)
      graph.edgeFrom[k] = from
      graph.edgeTo[k] = to
      graph.edgeLengthM[k] = alongM
      graph.forwardS[k] = alongM / (this.#kmh.at(e) / 3.6)
      graph.backwardS[k] = this.#oneway.at(e) === 1 ? Infinity : graph.forwardS[k]!
    }
    graph.shapeStart[kept.length] = at
  }
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
