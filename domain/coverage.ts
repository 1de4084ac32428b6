import { toIso, type Clock } from './clock.ts'
import { zoneAt } from './geo/polygon.ts'
import type { Coverage } from './recommendation.ts'
import { arcS, arcTo, type RoadGraph } from './roads/graph.ts'
import { FlatHeap } from './roads/flat-heap.ts'
import { pointAt } from './roads/part-line.ts'
import { share } from './roads/reverse-search.ts'
import type { Snap, Snapper } from './roads/snap.ts'
import type { Zone } from './zone.ts'

export interface FreePatrolPlace {
  lng: number
  lat: number
}

/** As a patrol is snapped elsewhere. */
const PATROL_SNAP_MAX_M = 1000
const NOBODY: readonly Snap[] = []

/**
 * Makes the question "how much of each zone's roads can the free patrols reach inside its goal now?". Which edge belongs to which
 * zone is worked out once, by the edge's middle (an edge is ~130 m of road). One question is one search from all patrols
 * together; ~6 ms on 10,000 edges.
 */
export function createCoverage(
  graph: RoadGraph,
  snap: Snapper,
  zones: readonly (Zone & { minPatrolsNow?: number | undefined })[],
  clock: Clock,
): (free: readonly FreePatrolPlace[]) => Coverage {
  const zoneOfEdge = edgeZones(graph, zones)
  const cutS = zones.reduce((most, zone) => Math.max(most, zone.goalS), 0)
  return (free) => {
    const startedMs = clock.monotonicMs()
    const snaps = free.map(({ lng, lat }) => snap(lng, lat, PATROL_SNAP_MAX_M)).filter((found) => found !== null)
    const timeS = timesFrom(graph, snaps, cutS)
    const onEdge = grouped(snaps)
    const reachedM = new Float64Array(zones.length)
    const wholeM = new Float64Array(zones.length)
    for (let e = 0; e < graph.edgeCount; e++) {
      const z = zoneOfEdge[e]!
      if (z < 0) continue
      const lengthM = graph.edgeLengthM[e]!
      wholeM[z]! += lengthM
      const fromS = timeS[graph.edgeFrom[e]!]!
      const toS = timeS[graph.edgeTo[e]!]!
      reachedM[z]! += lengthM * reachedShare(graph, e, fromS, toS, zones[z]!.goalS, onEdge.get(e) ?? NOBODY)
    }
    const inZone = free.map(({ lng, lat }) => zoneAt(zones, lng, lat)?.id)
    return {
      at: toIso(clock.nowMs()),
      zones: zones.map((zone, z) => ({
        zoneId: zone.id,
        name: zone.name,
        goalS: zone.goalS,
        share: wholeM[z]! > 0 ? Math.min(1, reachedM[z]! / wholeM[z]!) : 0,
        roadKm: Math.round(wholeM[z]! / 10) / 100,
        freePatrols: inZone.filter((id) => id === zone.id).length,
        ...(zone.minPatrolsNow === undefined ? {} : { minPatrols: zone.minPatrolsNow }),
      })),
      computedInMs: clock.monotonicMs() - startedMs,
    }
  }
}

/** Number of each edge's zone in the list, -1 outside of all. */
export function edgeZones(graph: RoadGraph, zones: readonly Zone[]): Int32Array {
  const numberOf = new Map(zones.map((zone, z) => [zone.id, z]))
  // Most zones of a district are far from most of its roads, and their outlines have hundreds of points.
  const boxes = zones.map((zone) => ({ zone, box: boxOf(zone) }))
  return Int32Array.from({ length: graph.edgeCount }, (_, e) => {
    const [lng, lat] = pointAt(graph, e, graph.edgeLengthM[e]! / 2)
    const near = boxes.filter(({ box: [w, s, ea, n] }) => lng >= w && lng <= ea && lat >= s && lat <= n)
    const zone = zoneAt(
      near.map((one) => one.zone),
      lng,
      lat,
    )
    return zone ? numberOf.get(zone.id)! : -1
  })
}

function boxOf(zone: Zone): [west: number, south: number, east: number, north: number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lng, lat] of zone.polygon[0] ?? []) {
    box[0] = Math.min(box[0], lng)
    box[1] = Math.min(box[1], lat)
    box[2] = Math.max(box[2], lng)
    box[3] = Math.max(box[3], lat)
  }
  return box
}

/** Seconds from the nearest patrol to each junction; Infinity beyond the cut. */
function timesFrom(graph: RoadGraph, sources: readonly Snap[], cutS: number): Float64Array {
  const timeS = new Float64Array(graph.junctionCount).fill(Infinity)
  const heap = new FlatHeap()
  const reach = (j: number, s: number): void => {
    if (s > cutS || s >= timeS[j]!) return
    timeS[j] = s
    heap.push(j, s)
  }
  for (const { edge, fraction } of sources) {
    reach(graph.edgeTo[edge]!, share(1 - fraction, graph.partForwardS[edge]!))
    reach(graph.edgeFrom[edge]!, share(fraction, graph.partBackwardS[edge]!))
  }
  while (heap.length > 0) {
    const s = heap.leastKey
    const j = heap.pop()
    if (s > timeS[j]!) continue
    for (let k = graph.outStart[j]!; k < graph.outStart[j + 1]!; k++) {
      const arc = graph.outArc[k]!
      reach(arcTo(graph, arc), s + arcS(graph, arc))
    }
  }
  return timeS
}

/** How much of an edge is reached within the goal: from its ends, and from patrols that stand on it. */
export function reachedShare(
  graph: RoadGraph,
  e: number,
  fromS: number,
  toS: number,
  goalS: number,
  here: readonly Snap[],
): number {
  const forwardS = graph.partForwardS[e]!
  const backwardS = graph.partBackwardS[e]!
  if (here.length === 0) {
    const fromStart = within(goalS - fromS, forwardS)
    return Math.min(1, fromStart + within(goalS - toS, backwardS))
  }
  const stretches: [number, number][] = [
    [0, within(goalS - fromS, forwardS)],
    [1 - within(goalS - toS, backwardS), 1],
    ...here.map(({ fraction }): [number, number] => [
      Math.max(0, fraction - within(goalS, backwardS)),
      Math.min(1, fraction + within(goalS, forwardS)),
    ]),
  ]
  let sum = 0
  let end = 0
  for (const [a, b] of stretches.sort((m, n) => m[0] - n[0])) {
    if (b <= end) continue
    sum += b - Math.max(a, end)
    end = b
  }
  return sum
}

function within(leftS: number, wholeS: number): number {
  if (leftS <= 0 || wholeS === Infinity) return 0
  return wholeS === 0 ? 1 : Math.min(1, leftS / wholeS)
}

export function grouped(snaps: readonly Snap[]): Map<number, Snap[]> {
  const groups = new Map<number, Snap[]>()
  for (const snap of snaps) groups.set(snap.edge, [...(groups.get(snap.edge) ?? []), snap])
  return groups
}
