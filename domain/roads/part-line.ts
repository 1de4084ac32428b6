import type { LngLat } from '../scalars.ts'
import type { RoadGraph } from './graph.ts'

/** A stretch of one edge; `start > end` runs against the drawing direction. Both are fractions of its length. */
export interface Part {
  edge: number
  start: number
  end: number
}

/** The line along these stretches, without repeated points; at least two points, so that it can always be drawn. */
export function partLine(graph: RoadGraph, parts: readonly Part[]): LngLat[] {
  const line: LngLat[] = []
  for (const part of parts) appendPart(graph, part, line)
  if (line.length === 1) line.push([...line[0]!])
  return line
}

function appendPart(graph: RoadGraph, { edge, start, end }: Part, line: LngLat[]): void {
  const first = graph.shapeStart[edge]!
  const last = graph.shapeStart[edge + 1]! - 1
  const lengthM = graph.edgeLengthM[edge]!
  const startM = start * lengthM
  const endM = end * lengthM
  push(line, pointAt(graph, edge, startM))
  if (start <= end) {
    for (let p = first; p <= last; p++) {
      const atM = graph.shapeAtM[p]!
      if (atM > startM && atM < endM) push(line, [graph.shapeLng[p]!, graph.shapeLat[p]!])
    }
  } else {
    for (let p = last; p >= first; p--) {
      const atM = graph.shapeAtM[p]!
      if (atM < startM && atM > endM) push(line, [graph.shapeLng[p]!, graph.shapeLat[p]!])
    }
  }
  push(line, pointAt(graph, edge, endM))
}

function push(line: LngLat[], point: LngLat): void {
  const before = line[line.length - 1]
  if (!before || before[0] !== point[0] || before[1] !== point[1]) line.push(point)
}

/** The place `atM` metres from the start of an edge. */
export function pointAt(graph: RoadGraph, edge: number, atM: number): LngLat {
  const last = graph.shapeStart[edge + 1]! - 1
  let p = graph.shapeStart[edge]!
  while (p < last - 1 && graph.shapeAtM[p + 1]! < atM) p++
  const fromM = graph.shapeAtM[p]!
  const gapM = graph.shapeAtM[p + 1]! - fromM
  const share = gapM === 0 ? 0 : Math.max(0, Math.min(1, (atM - fromM) / gapM))
  if (share === 1) return [graph.shapeLng[p + 1]!, graph.shapeLat[p + 1]!]
  return [
    graph.shapeLng[p]! + (graph.shapeLng[p + 1]! - graph.shapeLng[p]!) * share,
    graph.shapeLat[p]! + (graph.shapeLat[p + 1]! - graph.shapeLat[p]!) * share,
  ]
}
