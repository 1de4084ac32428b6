import type { StyleSpecification } from './maplibre-door.ts'
import { buildingLayers, groundLayers, roadLayers, zoneLayers } from './base-style.ts'
import type { Language } from './base-style.ts'
import { CITY_LAYERS } from './city-layers.ts'
import { overlayLabelLayers, overlayLayers, reachLayers } from './overlay-style.ts'
import { labelLayers } from './label-style.ts'
import {
  circleEdges,
  circleGround,
  coverageLabelLayer,
  routeLayers,
  sceneLabelLayers,
  sceneSources,
} from './scene-style.ts'

/** The whole map, bottom to top. */
export function cityStyle(language: Language): StyleSpecification {
  const sources: StyleSpecification['sources'] = sceneSources()
  for (const name of [...CITY_LAYERS, 'coverage', 'coverage-labels', 'sites', 'outside', 'overlay', 'reach']) {
    // z 16 is 1 m a tile unit for a district: finer tiles only cost memory.
    sources[name] = { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, maxzoom: 16, tolerance: 0.3 }
  }
  return {
    version: 8,
    name: 'duty desk',
    sources,
    light: { anchor: 'viewport', color: '#ffffff', intensity: 0.25, position: [1.3, 200, 35] },
    sky: {
      'sky-color': '#0b1220',
      'horizon-color': '#1a2a40',
      'fog-color': '#101a28',
      'sky-horizon-blend': 0.6,
      'horizon-fog-blend': 0.7,
      'fog-ground-blend': 0.75,
    },
    layers: [
      ...groundLayers(),
      ...zoneLayers(),
      ...circleGround(),
      ...roadLayers(),
      ...circleEdges(),
      ...reachLayers(),
      ...buildingLayers(),
      ...overlayLayers(),
      ...routeLayers(),
      ...labelLayers(language),
      coverageLabelLayer(),
      ...overlayLabelLayers(),
      ...sceneLabelLayers(),
    ],
  }
}

/** What an officer can switch on and off, by the names of `setLayerVisible`. */
export const SWITCHES = {
  zones: ['zone-fill', 'zone-core', 'zone-busy', 'zone-wide', 'label-zone'],
  coverage: ['coverage', 'coverage-label'],
  circles: ['circle-fill', 'circle-glow', 'circle-edge', 'circle-label'],
  routes: ['route-casing', 'route', 'route-flow'],
  trail: ['trail-casing', 'trail'],
  sites: ['site'],
  labels: [
    'label-road-small',
    'label-road-middle',
    'label-road-big',
    'label-water',
    'label-landuse',
    'label-nature',
    'label-place',
  ],
} as const satisfies Record<string, readonly string[]>
