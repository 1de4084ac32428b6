import { toIso, type Clock } from '../../domain/clock.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import { shortestRoute } from '../../domain/roads/route.ts'
import type { Snapper } from '../../domain/roads/snap.ts'
import { ROAD_CLASSES } from '../../domain/roads/speeds.ts'
import { simplifyLine } from '../../domain/geo/polyline.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CrewWay } from '../../domain/wire/crew.ts'

/** Roads of the sketch; more is a map. With four points each about 40 KB. */
const ROADS_MAX = 500
/** A sketch on a telephone shows 3 m as less than a pixel. */
const ROAD_TOLERANCE_M = 6
const ROUTE_TOLERANCE_M = 3
/** Around the way, degrees: about 250 m, so that the streets that lead away are seen. */
const MARGIN_DEG = 0.0025
const MAIN_CLASSES = ROAD_CLASSES.indexOf('tertiary')

export interface WayDeps {
  graph: RoadGraph
  snap: Snapper
  clock: Clock
}

/** The fastest way and the roads around it. Price: one A*, one pass over the edges when `hasRoads` (about 1 ms for 50,000). */
export function wayTo(deps: WayDeps, from: LngLat | null, scene: LngLat, hasRoads: boolean): CrewWay {
  const { graph, snap, clock } = deps
  const start = from && snap(from[0], from[1])
  const end = snap(scene[0], scene[1])
  const route = start && end ? shortestRoute(graph, start, end) : null
  const line = simplifyLine(route?.line ?? [], ROUTE_TOLERANCE_M).map(rounded)
  return {
    at: toIso(clock.nowMs()),
    from: from && rounded(from),
    etaS: route ? Math.round(route.etaS) : null,
    distanceM: route ? Math.round(route.distanceM) : null,
    line,
    roads: hasRoads ? roadsAround(graph, [...line, ...(from ? [from] : []), scene]) : [],
  }
}

function roadsAround(graph: RoadGraph, points: readonly LngLat[]): CrewWay['roads'] {
  const west = Math.min(...points.map(([lng]) => lng)) - MARGIN_DEG
  const east = Math.max(...points.map(([lng]) => lng)) + MARGIN_DEG
  const south = Math.min(...points.map(([, lat]) => lat)) - MARGIN_DEG
  const north = Math.max(...points.map(([, lat]) => lat)) + MARGIN_DEG
  const edges: number[] = []
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    const [a, b] = [graph.edgeFrom[edge]!, graph.edgeTo[edge]!]
    if (Math.max(graph.lng[a]!, graph.lng[b]!) < west || Math.min(graph.lng[a]!, graph.lng[b]!) > east) continue
    if (Math.max(graph.lat[a]!, graph.lat[b]!) < south || Math.min(graph.lat[a]!, graph.lat[b]!) > north) continue
    edges.push(edge)
  }
  // The widest first: those are what one finds one's way by.
  edges.sort((a, b) => graph.edgeClass[a]! - graph.edgeClass[b]!)
  return edges.slice(0, ROADS_MAX).map((edge) => {
    const shape: LngLat[] = []
    for (let p = graph.shapeStart[edge]!; p < graph.shapeStart[edge + 1]!; p++) {
      shape.push([graph.shapeLng[p]!, graph.shapeLat[p]!])
    }
    return { main: graph.edgeClass[edge]! <= MAIN_CLASSES, line: simplifyLine(shape, ROAD_TOLERANCE_M).map(rounded) }
  })
}

/** Five digits are a metre. */
function rounded([lng, lat]: LngLat): LngLat {
  return [Math.round(lng * 1e5) / 1e5, Math.round(lat * 1e5) / 1e5]
}
