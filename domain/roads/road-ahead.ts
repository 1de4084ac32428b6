import { bearingDeg, bearingGapDeg, M_PER_DEG_LAT, mPerDegLng } from '../geo/distance.ts'
import type { LngLat } from '../scalars.ts'
import { arcS, arcTo, type RoadGraph } from './graph.ts'
import { partLine, pointAt, type Part } from './part-line.ts'
import type { Snapper } from './snap.ts'

export interface Heading {
  /** NaN or null: unknown. */
  bearingDeg: number | null
  speedMps: number
}

/** Slower than this its bearing is noise, and it may turn round. */
const MOVING_MPS = 2
/** Three minutes of town driving; further ahead it has turned off. */
const AHEAD_M = 2_500
/** A bend is still the same road, a turn-off is not. */
const BEND_MAX_DEG = 50
/** Of two ways on, that of the same class is the same road. */
const OTHER_CLASS_DEG = 20
/** Both carriageways and a GPS error; less than the next parallel street. */
const BESIDE_M = 40
/** From here on the direction of a road at its end is measured. */
const END_M = 15

/**
 * The line of road that lies in front of a moving vehicle: along its own road, at each junction straight on. Empty when it stands or
 * its direction is unknown.
 */
export function roadAhead(
  graph: RoadGraph,
  snap: Snapper,
  place: { lng: number; lat: number },
  heading: Heading,
): LngLat[] {
  const headingDeg = heading.bearingDeg ?? NaN
  if (Number.isNaN(headingDeg) || heading.speedMps < MOVING_MPS) return []
  const from = snap(place.lng, place.lat, undefined, headingDeg)
  if (!from) return []
  const isForward = bearingGapDeg(tangentDeg(graph, from.edge * 2, from.fraction), headingDeg) <= 90
  let arc = from.edge * 2 + (isForward ? 0 : 1)
  const parts: Part[] = [{ edge: from.edge, start: from.fraction, end: isForward ? 1 : 0 }]
  const seen = new Set([from.edge])
  let alongM = graph.edgeLengthM[from.edge]! * (isForward ? 1 - from.fraction : from.fraction)
  while (alongM < AHEAD_M) {
    const next = straightOn(graph, arc)
    if (next === -1 || seen.has(next >> 1)) break
    seen.add(next >> 1)
    parts.push({ edge: next >> 1, start: next & 1, end: 1 - (next & 1) })
    alongM += graph.edgeLengthM[next >> 1]!
    arc = next
  }
  return partLine(graph, parts)
}

/** Whether a place is on that line, or on the carriageway beside it. */
export function isAheadOf(line: readonly LngLat[], lng: number, lat: number): boolean {
  const kx = mPerDegLng(lat)
  for (let i = 0; i + 1 < line.length; i++) {
    const ax = (line[i]![0] - lng) * kx
    const ay = (line[i]![1] - lat) * M_PER_DEG_LAT
    const bx = (line[i + 1]![0] - lng) * kx - ax
    const by = (line[i + 1]![1] - lat) * M_PER_DEG_LAT - ay
    const lengthSq = bx * bx + by * by
    const share = lengthSq === 0 ? 0 : -(ax * bx + ay * by) / lengthSq
    // Beside the first piece but behind its start is behind the vehicle.
    if (i === 0 && share < 0) continue
    const at = Math.max(0, Math.min(1, share))
    if (Math.hypot(ax + at * bx, ay + at * by) <= BESIDE_M) return true
  }
  return false
}

/** The arc that goes on where this one ends, bending least; -1 at a dead end or where every way is a turn-off. */
function straightOn(graph: RoadGraph, arc: number): number {
  const j = arcTo(graph, arc)
  const comingDeg = tangentDeg(graph, arc, (arc & 1) === 0 ? 1 : 0)
  let best = -1
  let bestDeg = BEND_MAX_DEG
  for (let k = graph.outStart[j]!; k < graph.outStart[j + 1]!; k++) {
    const out = graph.outArc[k]!
    if (out >> 1 === arc >> 1 || arcS(graph, out) === Infinity) continue
    const isSame = graph.edgeClass[out >> 1] === graph.edgeClass[arc >> 1]
    const bendDeg = bearingGapDeg(comingDeg, tangentDeg(graph, out, out & 1)) + (isSame ? 0 : OTHER_CLASS_DEG)
    if (bendDeg >= bestDeg) continue
    best = out
    bestDeg = bendDeg
  }
  return best
}

/** Direction of driving an arc, measured around a fraction of its edge. */
function tangentDeg(graph: RoadGraph, arc: number, fraction: number): number {
  const edge = arc >> 1
  const lengthM = graph.edgeLengthM[edge]!
  const a = pointAt(graph, edge, Math.max(0, fraction * lengthM - END_M))
  const b = pointAt(graph, edge, Math.min(lengthM, fraction * lengthM + END_M))
  return (arc & 1) === 0 ? bearingDeg(a[0], a[1], b[0], b[1]) : bearingDeg(b[0], b[1], a[0], a[1])
}
