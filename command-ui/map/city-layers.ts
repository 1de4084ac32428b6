import type { Feature, FeatureCollection, Geometry, Position } from 'geojson'
import type { LngLat } from '../../domain/scalars.ts'
import { boundsOf } from './along.ts'
import { minutesText, ROAD_CLASSES } from './palette.ts'

/** Picture layers of a city; only `roads` and `zones` must be there. */
export const CITY_LAYERS = ['roads', 'zones', 'water', 'rail', 'buildings', 'landuse', 'places'] as const
export type CityLayerName = (typeof CITY_LAYERS)[number]
export type CityLayers = Record<CityLayerName, FeatureCollection>

/** What the style reads: short names, always there, so that a city from elsewhere with other words still draws. */
export interface DrawnProperties {
  n: string
  e: string
  /** Roads: 0 motorway … 6 service. Places: 0 district … 3 hamlet. Zones: goal in seconds. Buildings: height in metres. */
  r: number
  /** Kind, in the city's own word. */
  k: string
  /** Zones: the promise in minutes, as officers say it. */
  goal: string
  id: string
}

const ROAD_RANK: Record<string, number> = {
  ...Object.fromEntries(ROAD_CLASSES.map((name, rank) => [name, rank])),
  motorway_link: 1,
  trunk_link: 1,
  primary_link: 2,
  secondary_link: 3,
  tertiary_link: 4,
  expressway: 0,
  highway: 1,
  arterial: 2,
  collector: 3,
  unclassified: 4,
  local: 5,
  living_street: 5,
  street: 5,
  footway: 6,
  path: 6,
  track: 6,
  alley: 6,
  lane: 6,
  village: 5,
}
const PLACE_RANK: Record<string, number> = {
  city: 0,
  district: 0,
  town: 1,
  subdistrict: 1,
  suburb: 1,
  quarter: 2,
  neighbourhood: 2,
  community: 2,
  village: 2,
}
/** A building without a height: three storeys. */
const BUILDING_M = 10

/** Brings a layer's features to what the style reads. Geometry is shared, not copied. */
export function drawnLayer(name: CityLayerName, layer: FeatureCollection | undefined): FeatureCollection {
  const features = (layer?.features ?? []).map((feature): Feature<Geometry, DrawnProperties> => {
    const p: Record<string, unknown> = feature.properties ?? {}
    const kind = wordOf(p, 'class', 'kind', 'type', 'highway', 'landuse', 'place', 'natural')
    const rank = rankOf(name, kind, p)
    const zh = wordOf(p, 'name', 'nameZh', 'name:zh')
    return {
      type: 'Feature',
      geometry: feature.geometry,
      properties: {
        n: zh,
        e: wordOf(p, 'nameEn', 'name_en', 'name:en') || zh,
        r: rank,
        k: kind,
        goal: name === 'zones' ? minutesText(rank) : '',
        id: wordOf(p, 'id') || (feature.id === undefined ? '' : String(feature.id)),
      },
    }
  })
  return { type: 'FeatureCollection', features }
}

function rankOf(name: CityLayerName, kind: string, p: Record<string, unknown>): number {
  switch (name) {
    case 'roads':
      return ROAD_RANK[kind] ?? 5
    case 'places':
      return PLACE_RANK[kind] ?? 2
    case 'zones':
      return numberOf(p, 'goalS')
    case 'buildings':
      return numberOf(p, 'heightM', 'height', 'render_height') || numberOf(p, 'levels', 'floors') * 3.2 || BUILDING_M
    case 'water':
    case 'rail':
    case 'landuse':
      return 0
    default: {
      const never: never = name
      return never
    }
  }
}

function wordOf(p: Record<string, unknown>, ...keys: string[]): string {
  for (const key of keys) {
    const value = p[key]
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
  }
  return ''
}

function numberOf(p: Record<string, unknown>, ...keys: string[]): number {
  for (const key of keys) {
    const value = Number(p[key] ?? Number.NaN)
    if (Number.isFinite(value)) return value
  }
  return 0
}

/** Everything but the widest zone: a sheet over the neighbours with the district cut out; empty without zones. */
export function outsideOf(zones: FeatureCollection): FeatureCollection {
  let widest: Position[] = []
  let area = 0
  for (const { geometry } of zones.features) {
    const polygons =
      geometry.type === 'Polygon'
        ? [geometry.coordinates]
        : geometry.type === 'MultiPolygon'
          ? geometry.coordinates
          : []
    for (const [outer] of polygons) {
      const size = outer ? boxArea(outer) : 0
      if (!outer || size <= area) continue
      area = size
      widest = outer
    }
  }
  if (area === 0) return { type: 'FeatureCollection', features: [] }
  const world: Position[] = [
    [-180, -85],
    [180, -85],
    [180, 85],
    [-180, 85],
    [-180, -85],
  ]
  const geometry: Geometry = { type: 'Polygon', coordinates: [world, widest] }
  return { type: 'FeatureCollection', features: [{ type: 'Feature', geometry, properties: {} }] }
}

function boxArea(ring: Position[]): number {
  const box = boundsOf(ring as LngLat[])
  return box ? (box[2] - box[0]) * (box[3] - box[1]) : 0
}
