import { toLngLat, type Line, type Point } from './plane.ts'

export type Properties = Record<string, unknown>

/** One feature per line, so that a change of one house is one line in a comparison. */
export function collection(features: readonly string[]): string {
  return `{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}\n`
}

export function pointFeature(properties: Properties, p: Point): string {
  return feature(properties, 'Point', toLngLat(p))
}

export function lineFeature(properties: Properties, line: Line): string {
  return feature(properties, 'LineString', line.map(toLngLat))
}

export function polygonFeature(properties: Properties, rings: readonly Line[]): string {
  return feature(
    properties,
    'Polygon',
    rings.map((ring) => [...ring, ring[0]!].map(toLngLat)),
  )
}

function feature(properties: Properties, type: string, coordinates: unknown): string {
  return JSON.stringify({ type: 'Feature', properties, geometry: { type, coordinates } })
}

/** A CSV file of these columns; texts with commas, quotes or line breaks are quoted. */
export function csv(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const cell = (value: unknown): string => {
    if (value === null || value === undefined) return ''
    const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : `${value as string | number}`
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','))
  return `${[columns.join(','), ...lines].join('\n')}\n`
}
