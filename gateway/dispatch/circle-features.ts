import type { RoadGraph } from '../../domain/roads/graph.ts'
import { circleShape, reachedStretches } from '../../domain/roads/isochrone.ts'
import { partLine } from '../../domain/roads/part-line.ts'
import { reverseSearch } from '../../domain/roads/reverse-search.ts'
import type { Snap } from '../../domain/roads/snap.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'

/** Pieces of road in one answer: 8 minutes in a district are some 10,000; a province's are cut, and the answer says so. */
export const ROAD_PIECES_MAX = 20_000
const METRE_DIGITS = 1e6

/**
 * Circles as GeoJSON: for each time a filled shape, and the roads that are reached within it and not within the next smaller one. Largest
 * first, so that drawn in this order the smaller lie on top. A turn of the event loop lies between two circles.
 * @param graph the network for ways towards the place, the flipped one for ways from it
 */
export async function circleFeatures(
  graph: RoadGraph,
  place: Snap,
  goalsS: readonly number[],
  withRoads: boolean,
): Promise<CircleFeatures> {
  const largestFirst = [...new Set(goalsS)].sort((a, b) => b - a)
  const search = reverseSearch(graph, place, { cutS: largestFirst[0] ?? 0 })
  const features: CircleFeatures['features'] = []
  let piecesLeft = ROAD_PIECES_MAX
  let isCut = false
  for (const [i, goalS] of largestFirst.entries()) {
    await new Promise((resolve) => setImmediate(resolve))
    const coordinates = circleShape(search, goalS)
    features.push({
      type: 'Feature',
      properties: { kind: 'area', goalS },
      geometry: { type: 'MultiPolygon', coordinates },
    })
    if (!withRoads) continue
    const inner = wholeEdges(i + 1 < largestFirst.length ? reachedStretches(search, largestFirst[i + 1]!) : [])
    const lines = linesOf(graph, reachedStretches(search, goalS), inner, piecesLeft)
    piecesLeft -= lines.length
    isCut ||= piecesLeft <= 0
    features.push({
      type: 'Feature',
      properties: { kind: 'roads', goalS },
      geometry: { type: 'MultiLineString', coordinates: lines },
    })
  }
  return { type: 'FeatureCollection', features, isCut }
}

/** Edges that the smaller circle has from end to end: it draws them itself. */
function wholeEdges(stretches: readonly number[]): Set<number> {
  const whole = new Set<number>()
  for (let k = 0; k < stretches.length; k += 3) {
    if (stretches[k + 1] === 0 && stretches[k + 2] === 1) whole.add(stretches[k]!)
  }
  return whole
}

function linesOf(graph: RoadGraph, stretches: readonly number[], skip: ReadonlySet<number>, max: number) {
  const lines: [number, number][][] = []
  for (let k = 0; k < stretches.length && lines.length < max; k += 3) {
    const edge = stretches[k]!
    if (skip.has(edge)) continue
    const line = partLine(graph, [{ edge, start: stretches[k + 1]!, end: stretches[k + 2]! }])
    lines.push(line.map(([lng, lat]) => [rounded(lng), rounded(lat)]))
  }
  return lines
}

function rounded(deg: number): number {
  return Math.round(deg * METRE_DIGITS) / METRE_DIGITS
}
