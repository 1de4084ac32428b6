import { useEffect, useMemo, useState } from 'react'
import type { FeatureCollection } from 'geojson'
import type { LngLat } from '../../domain/scalars.ts'
import { countOddity } from './centre.ts'

export type Bounds = [west: number, south: number, east: number, north: number]

/** Drawn beyond this they are a grey carpet; the first ones are those of the city's own order. */
const STREETS_MAX = 3000

/** The city's streets that touch the bounds; empty until they are there. The browser keeps the file, the map has it too. */
export function useStreets(bounds: Bounds): readonly (readonly LngLat[])[] {
  const [city, setCity] = useState<readonly LngLat[][]>([])
  useEffect(() => {
    let isGone = false
    readStreets().then(
      (lines) => {
        if (!isGone) setCity(lines)
      },
      (error: unknown) => countOddity('streets-not-loaded', error),
    )
    return () => {
      isGone = true
    }
  }, [])
  return useMemo(() => streetsIn(city, bounds), [city, bounds])
}

function streetsIn(city: readonly LngLat[][], [west, south, east, north]: Bounds): readonly LngLat[][] {
  return city
    .filter((line) => line.some(([lng, lat]) => lng >= west && lng <= east && lat >= south && lat <= north))
    .slice(0, STREETS_MAX)
}

async function readStreets(): Promise<LngLat[][]> {
  const answer = await fetch('/api/v1/city/roads.geojson', { credentials: 'same-origin' })
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  const { features } = (await answer.json()) as FeatureCollection
  return features.flatMap(({ geometry }) =>
    geometry.type === 'LineString'
      ? [geometry.coordinates as LngLat[]]
      : geometry.type === 'MultiLineString'
        ? (geometry.coordinates as LngLat[][])
        : [],
  )
}
