import type { FeatureCollection } from 'geojson'
import { CITY_LAYERS, type CityLayers } from '../map/city-layers.ts'
import { countOddity } from '../data/centre.ts'

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** By far the largest layer, seen only near by: the streets must not wait for it. */
const LAST_LAYER = 'buildings'

/**
 * The city's own drawing; a layer that a city does not have is empty, and the map draws without it.
 * @param available names of the layers that the centre serves, from the snapshot
 * @param draw called twice: with everything but the buildings, then with all
 */
export async function loadCityLayers(available: readonly string[], draw: (layers: CityLayers) => void): Promise<void> {
  const first = await Promise.all(
    CITY_LAYERS.map(async (name): Promise<[string, FeatureCollection]> => {
      return [name, name === LAST_LAYER || !available.includes(name) ? EMPTY : await fetchLayer(name)]
    }),
  )
  const layers = Object.fromEntries(first) as CityLayers
  draw(layers)
  if (available.includes(LAST_LAYER)) draw({ ...layers, [LAST_LAYER]: await fetchLayer(LAST_LAYER) })
}

async function fetchLayer(name: string): Promise<FeatureCollection> {
  try {
    const answer = await fetch(`/api/v1/city/${name}.geojson`)
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    return (await answer.json()) as FeatureCollection
  } catch (error) {
    countOddity(`city-layer-missing: ${name}`, error)
    return EMPTY
  }
}
