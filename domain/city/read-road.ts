import type { JunctionInput } from '../roads/graph.ts'
import { ROAD_CLASSES } from '../roads/speeds.ts'
import { ID_PATTERN } from '../ids.ts'
import type { LngLat } from '../scalars.ts'
import type { CityRoad } from './city.ts'

/*
 * A province has a million roads, nearly all of which are as they should be. These two say so without the schema's price (4 µs instead of
 * 40 a road); whatever they do not like is asked of the schema, which has the words. tests/city/read-road.test.ts holds them against each other.
 */

const CLASSES: ReadonlySet<unknown> = new Set(ROAD_CLASSES)
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/
const NAME_CHARS_MAX = 120

interface PlainFeature {
  geometry?: { type?: unknown; coordinates?: unknown } | null
  properties?: Record<string, unknown> | null
}

/** The road of a feature that is plainly right; null: ask the schema. */
export function plainRoad(feature: unknown): CityRoad | null {
  if (typeof feature !== 'object' || feature === null) return null
  const { geometry, properties } = feature as PlainFeature
  if (!geometry || !properties || geometry.type !== 'LineString') return null
  const { id, from, to, oneway, speedKmh, name, nameEn } = properties
  if (!isId(id) || !isId(from) || !isId(to) || !CLASSES.has(properties['class'])) return null
  if (oneway !== undefined && typeof oneway !== 'boolean') return null
  if (speedKmh !== undefined && !(typeof speedKmh === 'number' && speedKmh >= 3 && speedKmh <= 150)) return null
  if (!isName(name) || !isName(nameEn) || !isLine(geometry.coordinates)) return null
  return {
    id,
    from,
    to,
    class: properties['class'] as CityRoad['class'],
    oneway: oneway ?? false,
    speedKmh,
    name: name ?? null,
    nameEn: nameEn ?? null,
    shape: geometry.coordinates,
  }
}

/** The junction of a row that is plainly right; null: ask the schema. */
export function plainJunction(row: Readonly<Record<string, string>>): JunctionInput | null {
  const { id, lng, lat } = row
  if (!isId(id) || lng === undefined || lat === undefined) return null
  if (!PLAIN_NUMBER.test(lng) || !PLAIN_NUMBER.test(lat)) return null
  const place: [number, number] = [Number(lng), Number(lat)]
  return isPlace(place) ? { id, lng: place[0], lat: place[1] } : null
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value)
}

function isName(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || (typeof value === 'string' && value.length <= NAME_CHARS_MAX)
}

function isLine(value: unknown): value is LngLat[] {
  return Array.isArray(value) && value.length >= 2 && value.every(isPlace)
}

function isPlace(value: unknown): value is LngLat {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [lng, lat] = value as unknown[]
  return typeof lng === 'number' && typeof lat === 'number' && Math.abs(lng) <= 180 && Math.abs(lat) <= 90
}
