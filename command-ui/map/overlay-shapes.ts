import type { Feature, FeatureCollection } from 'geojson'
import { bearingDeg } from '../../domain/geo/distance.ts'
import type { RoadClosure } from '../../domain/road-closure.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import { lengthM, pointAlong } from './along.ts'

/** What a commander lays over the city: roads that are shut, the move that restores most, a place that is being asked about. */
export interface MapOverlay {
  closures: readonly RoadClosure[]
  moveUp: { from: LngLat; to: LngLat; text: string } | null
  /** The road that was clicked and is not closed yet. */
  marked: LngLat | null
}

/** Ground of one patrol, from the inside out; the green of a free patrol, so that it is no scene's circle. */
export const REACH_INK = ['#c9f3e6', '#5ad1b2', '#2f8f78'] as const

export function reachInk(rank: number): string {
  return REACH_INK[Math.min(rank, REACH_INK.length - 1)]!
}

const ARC_STEPS = 24
/** How far the arrow bends aside, as a share of its length: a straight one would look like a road. */
const ARC_BEND = 0.16

export function overlayFeatures({ closures, moveUp, marked }: MapOverlay): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: [
      ...closures.flatMap(closureFeatures),
      ...(moveUp ? moveUpFeatures(moveUp) : []),
      ...(marked ? [point('mark', marked, '⊘')] : []),
    ],
  }
}

/** Its lines, and one sign on the longest of them: ⊘ closed, else the speed there. */
function closureFeatures({ lines, kmh, id }: RoadClosure): Feature[] {
  const longest = lines.reduce<LngLat[]>((best, line) => (lengthM(line) > lengthM(best) ? line : best), [])
  const middle = pointAlong(longest, 0.5)
  const isClosed = kmh === null
  return [
    {
      type: 'Feature',
      geometry: { type: 'MultiLineString', coordinates: lines },
      properties: { kind: 'closure', isClosed, id },
    },
    ...(middle ? [point('closure-sign', middle, isClosed ? '⊘' : String(Math.round(kmh)))] : []),
  ]
}

/** A bent arrow with its head and its words in the middle. */
function moveUpFeatures({ from, to, text }: NonNullable<MapOverlay['moveUp']>): Feature[] {
  const line = arc(from, to)
  const before = line[line.length - 2]!
  const head = point('move-head', to, '➤')
  // The character points to the east; a map's angles begin there and run clockwise too.
  head.properties!['turn'] = bearingDeg(...before, ...to) - 90
  return [
    { type: 'Feature', geometry: { type: 'LineString', coordinates: line }, properties: { kind: 'move' } },
    head,
    point('move-words', line[ARC_STEPS / 2]!, text),
  ]
}

function arc(from: LngLat, to: LngLat): LngLat[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  return Array.from({ length: ARC_STEPS + 1 }, (_, i): LngLat => {
    const u = i / ARC_STEPS
    const aside = Math.sin(u * Math.PI) * ARC_BEND
    return [from[0] + dx * u - dy * aside, from[1] + dy * u + dx * aside]
  })
}

function point(kind: string, coordinates: LngLat, text: string): Feature {
  return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties: { kind, text } }
}

/** The ground and the roads of one patrol with their colours; the smallest goal on top. */
export function reachFeatures(circle: CircleFeatures | null): FeatureCollection {
  const goals = goalsOf(circle)
  const features = (circle?.features ?? []).map((feature): Feature => {
    const rank = goals.indexOf(feature.properties.goalS)
    return { ...feature, properties: { ...feature.properties, rank, ink: reachInk(rank) } } as Feature
  })
  return { type: 'FeatureCollection', features }
}

/** Goals of an answer, the smallest first. */
export function goalsOf(circle: CircleFeatures | null): number[] {
  const goals = new Set(circle?.features.map(({ properties }) => properties.goalS))
  return [...goals].sort((a, b) => a - b)
}
