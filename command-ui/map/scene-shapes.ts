import type { Feature, FeatureCollection } from 'geojson'
import type { Priority } from '../../domain/alarm.ts'
import type { Trail } from '../../domain/fix.ts'
import type { Candidate, Coverage, Recommendation } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import { boundsOf } from './along.ts'
import { circleInk, minutesText } from './palette.ts'

/** What the map shows of one incident. */
export interface MapScene {
  lngLat: LngLat
  priority: Priority
  /** Name of the place, as the officer reads it. */
  label: string
  circles: Recommendation['circles']
  candidates: Candidate[]
  chosen: string | null
  cameraIds: string[]
  trail?: Trail
  /** Flashing means "nobody has acknowledged yet"; false lets the beacon stand still. Default true. */
  isPulsing?: boolean
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features })

/** Largest first, so that the smaller lies on top; rank 0 is the smallest. */
export function circleFeatures(circles: MapScene['circles']): FeatureCollection {
  const rising = [...circles].sort((a, b) => a.goalS - b.goalS)
  return collection(
    rising
      .map((circle, rank): Feature => ({
        type: 'Feature',
        geometry: { type: 'MultiPolygon', coordinates: circle.coordinates },
        properties: { rank, ink: circleInk(rank), minutes: minutesText(circle.goalS) },
      }))
      .reverse(),
  )
}

/** The same shapes, whether or not they are the same objects. Price: one pass over the points. */
export function areSameCircles(a: MapScene['circles'], b: MapScene['circles']): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return a.every((circle, i) => {
    const other = b[i]!
    return circle.goalS === other.goalS && hasSamePoints(circle.coordinates, other.coordinates)
  })
}

type Nested = number | readonly Nested[]

function hasSamePoints(a: Nested, b: Nested): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  return a.length === b.length && a.every((part, i) => hasSamePoints(part, b[i]!))
}

/** Ways of the candidates; the chosen one last, so that it lies on top. */
export function routeFeatures(candidates: readonly Candidate[], chosen: string | null): FeatureCollection {
  return collection(
    candidates.flatMap((candidate): Feature[] => {
      if (!candidate.route || candidate.route.length < 2) return []
      const isChosen = candidate.patrolId === chosen
      return [
        {
          type: 'Feature',
          geometry: { type: 'LineString', coordinates: candidate.route },
          properties: { chosen: isChosen, order: isChosen ? 1 : 0, id: candidate.patrolId },
        },
      ]
    }),
  )
}

/** "2′10″ ✓": how long, and whether that keeps the promise; null without a way. */
export function etaText(candidate: Candidate): string | null {
  if (candidate.etaS === null) return null
  const inside = candidate.insideGoal === null ? '' : candidate.insideGoal ? ' ✓' : ' ✕'
  return minutesText(candidate.etaS) + inside
}

export function trailFeatures(trail: Trail | undefined): FeatureCollection {
  if (!trail || trail.points.length < 2) return collection([])
  const coordinates = trail.points.map(([, lng, lat]) => [lng, lat])
  return collection([{ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: {} }])
}

/** Everything the officer should see at once: the scene, the chosen car's way, the trail's last part. */
export function scenePoints(scene: MapScene): LngLat[] {
  const chosen = scene.candidates.find((candidate) => candidate.patrolId === scene.chosen)
  return [scene.lngLat, ...(chosen?.route ?? [])]
}

/** A zone with its share and the promise of the present duty level, which may be another than that of its file; without a share as it is. */
export function withCoverage(zone: Feature, coverage: Coverage | null): Feature {
  const now = coverage?.zones.find(({ zoneId }) => zoneId === String(zone.properties?.['id']))
  if (!now) return zone
  // The wide zone lies under all others: it must not shade them too.
  const strength = Number(zone.properties?.['r']) > 180 ? 0.12 : 0.42
  const { share, goalS } = now
  return { ...zone, properties: { ...zone.properties, share, strength, goal: minutesText(goalS) } }
}

/** "3′ 82%" at the north of each zone, where the next zone's words are farthest. */
export function coverageLabels(zones: readonly Feature[]): FeatureCollection {
  return collection(
    zones.flatMap((zone): Feature[] => {
      const ring = zone.geometry.type === 'Polygon' ? zone.geometry.coordinates[0] : undefined
      const box = ring ? boundsOf(ring as LngLat[]) : null
      if (!box) return []
      const share = Number(zone.properties?.['share'])
      const coordinates = [(box[0] + box[2]) / 2, box[3]]
      const text = `${String(zone.properties?.['goal'])} ${Math.round(share * 100)}%`
      return [{ type: 'Feature', geometry: { type: 'Point', coordinates }, properties: { text, share } }]
    }),
  )
}
