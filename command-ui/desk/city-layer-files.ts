import type { FeatureCollection } from 'geojson'
import { CITY_LAYERS, type CityLayers } from '../map/city-layers.ts'
import { countOddity } from '../data/centre.ts'

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

/**
 * The city's own drawing, fetched once; a layer that a city does not have is empty, and the map draws without it.
 * @param available names of the layers that the centre serves, from the snapshot
 */
export async function loadCityLayers(available: readonly string[]): Promise<CityLayers> {
  const loaded = await Promise.all(
    CITY_LAYERS.map(async (name): Promise<[string, FeatureCollection]> => {
      if (!available.includes(name)) return [name, EMPTY]
      try {
        const answer = await fetch(`/api/v1/city/${name}.geojson`)
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
        return [name, (await answer.json()) as FeatureCollection]
      } catch (error) {
        countOddity(`city-layer-missing: ${name}`, error)
        return [name, EMPTY]
      }
    }),
  )
  return Object.fromEntries(loaded) as CityLayers
}
