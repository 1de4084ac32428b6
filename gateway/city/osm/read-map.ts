import { readFile, stat } from 'node:fs/promises'
import { Fault, reasonOf } from '../../../domain/fault.ts'
import { toWgs84, type Grid } from '../../../domain/geo/chinese-grid.ts'
import { RoadCollector } from '../../../domain/osm/road-collector.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { readBlocks } from './pbf-blocks.ts'
import { readPrimitiveBlock } from './primitive-block.ts'

export type Bounds = readonly [west: number, south: number, east: number, north: number]

export interface ReadMapOptions {
  /** The grid of the file's coordinates. */
  from: Grid
  /** What lies outside is left out; null: everything is taken. */
  bounds: Bounds | null
  /** 0–1 of the whole work, for a progress bar. */
  onProgress: (share: number, what: string) => void
}

/** As for the other files of a city folder: JSON is read whole. */
const JSON_BYTES_MAX = 400 * 1024 * 1024
/** Coordinates of a GeoJSON file that are the same to 0.1 m are one junction. */
const E6 = 1e6
/** A district or a province: 33° to either side of its first point. */
const SPAN = 2 ** 25

/**
 * The drivable ways of a `.osm.pbf` in two readings: ways first, then the nodes that they need. In memory is one block and the flat
 * arrays of the collector, whatever the size of the file.
 * @throws Fault `city-invalid`
 */
export async function readPbf(path: string, options: ReadMapOptions): Promise<RoadCollector> {
  const { size } = await stat(path)
  const collector = new RoadCollector()
  const progress = (from: number, what: string) => (bytes: number) => options.onProgress(from + bytes / size / 2, what)
  for await (const block of readBlocks(path, progress(0, 'ways'))) {
    readPrimitiveBlock(block, { way: (id, tags, refs) => collector.addWay(id, tags, refs) })
  }
  collector.nodesWanted()
  const place = placing(collector, options)
  for await (const block of readBlocks(path, progress(0.5, 'nodes'))) readPrimitiveBlock(block, { node: place })
  return collector
}

/**
 * The same from a GeoJSON FeatureCollection of LineStrings whose properties are OSM tags (`highway`, `oneway`, `maxspeed`, `name`), or
 * the columns of a Geofabrik shapefile (`fclass`, `oneway` F/T/B). Lines meet where they share a point.
 * @throws Fault `city-invalid`
 */
export async function readGeoJson(path: string, options: ReadMapOptions): Promise<RoadCollector> {
  const { size } = await stat(path)
  if (size > JSON_BYTES_MAX) {
    throw new Fault('city-invalid', `${path} has ${size} bytes, expected at most ${JSON_BYTES_MAX}; use a .osm.pbf`)
  }
  const features = featuresOf(await readFile(path, 'utf8'), path)
  const collector = new RoadCollector()
  const points = new PointNumbers()
  let lines = 0
  for (const [i, feature] of features.entries()) {
    const tags = tagsOf(feature.properties ?? {})
    for (const line of linesOf(feature))
      collector.addWay(
        ++lines,
        tags,
        line.map((point) => points.numberOf(point, i)),
      )
  }
  options.onProgress(0.5, 'lines')
  collector.nodesWanted()
  const place = placing(collector, options)
  for (const feature of features) {
    for (const line of linesOf(feature)) for (const point of line) place(points.numberOf(point, 0), point[0], point[1])
  }
  options.onProgress(1, 'points')
  return collector
}

/** Converts and clips what is offered. */
function placing(collector: RoadCollector, { from, bounds }: ReadMapOptions) {
  return (id: number, rawLng: number, rawLat: number): void => {
    const [lng, lat] = from === 'wgs84' ? [rawLng, rawLat] : toWgs84(from, [rawLng, rawLat])
    if (bounds && (lng < bounds[0] || lat < bounds[1] || lng > bounds[2] || lat > bounds[3])) return
    collector.place(id, lng, lat)
  }
}

interface Line {
  properties?: Record<string, unknown> | null
  geometry?: { type?: string; coordinates?: unknown } | null
}

function featuresOf(text: string, path: string): Line[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Fault('city-invalid', `${path} is not JSON: ${reasonOf(error)}`)
  }
  if (typeof json === 'object' && json !== null && 'features' in json && Array.isArray(json.features)) {
    return json.features as Line[]
  }
  throw new Fault('city-invalid', `${path} is not a GeoJSON FeatureCollection`)
}

/** Lines of a feature; of anything else (a point, a polygon) none. */
function linesOf({ geometry }: Line): LngLat[][] {
  const isLine = geometry?.type === 'LineString'
  const lines = isLine ? [geometry.coordinates] : geometry?.type === 'MultiLineString' ? geometry.coordinates : []
  if (!Array.isArray(lines)) return []
  return (lines as unknown[]).map((line) => (Array.isArray(line) ? (line as unknown[]).filter(isPlace) : []))
}

function isPlace(point: unknown): point is LngLat {
  return Array.isArray(point) && Number.isFinite(point[0]) && Number.isFinite(point[1])
}

const SHAPEFILE_ONEWAY: Readonly<Record<string, string>> = { F: 'yes', T: '-1', B: 'no' }

function tagsOf(properties: Record<string, unknown>): Map<string, string> {
  const tags = new Map<string, string>()
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'string') tags.set(key, value)
    else if (typeof value === 'number' || typeof value === 'boolean') tags.set(key, String(value))
  }
  const kind = tags.get('highway') ?? tags.get('fclass') ?? tags.get('class')
  if (kind !== undefined) tags.set('highway', kind)
  const oneway = SHAPEFILE_ONEWAY[tags.get('oneway') ?? '']
  if (oneway !== undefined) tags.set('oneway', oneway)
  const nameEn = tags.get('name:en') ?? tags.get('name_en') ?? tags.get('nameEn')
  if (nameEn !== undefined) tags.set('name:en', nameEn)
  // A shapefile writes 0 where there is no limit.
  if (tags.get('maxspeed') === '0') tags.delete('maxspeed')
  return tags
}

/** A number for each place, the same for the same place, without remembering any: its coordinates relative to the first one. */
class PointNumbers {
  #origin: [number, number] | null = null

  numberOf([lng, lat]: LngLat, feature: number): number {
    const x = Math.round(lng * E6)
    const y = Math.round(lat * E6)
    this.#origin ??= [x, y]
    const dx = x - this.#origin[0] + SPAN
    const dy = y - this.#origin[1] + SPAN
    if (dx < 0 || dy < 0 || dx >= 2 * SPAN || dy >= 2 * SPAN) {
      const what = `[${lng}, ${lat}] lies more than 33° from the first point of the file`
      throw new Fault('city-invalid', `feature ${feature + 1}: ${what}`)
    }
    return dx * 2 * SPAN + dy
  }
}
