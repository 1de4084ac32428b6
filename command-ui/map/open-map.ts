import { widened } from './along.ts'
import type { Language } from './base-style.ts'
import type { MapMode } from './city-map-contract.ts'
import { cityStyle } from './city-style.ts'
import { MapLibreMap, ScaleControl } from './maplibre-door.ts'
import { isSoftwareDrawn } from './map-possible.ts'
import type { MapStage } from './stage.ts'

/** How far the eye leans back in each mode, degrees. */
export const PITCH: Record<MapMode, number> = { '2d': 0, tilt: 46, '3d': 62 }

/** A MapLibre map that fetches nothing but its own worker. */
export function openMap({ element, pixelRatio }: MapStage, language: Language, mode: MapMode): MapLibreMap {
  const isSoftware = isSoftwareDrawn()
  const map = new MapLibreMap({
    container: element,
    style: cityStyle(language),
    attributionControl: false,
    center: [0, 0],
    zoom: 11,
    minZoom: 9,
    maxZoom: 19.5,
    maxPitch: 70,
    pitch: PITCH[mode],
    dragRotate: mode !== '2d',
    renderWorldCopies: false,
    // The frame around the map says when its size has changed, once.
    trackResize: false,
    fadeDuration: isSoftware ? 0 : 200,
    pixelRatio,
    canvasContextAttributes: { antialias: !isSoftware, powerPreference: 'high-performance' },
  })
  map.addControl(new ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-right')
  return map
}

/** Keeps the officer from getting lost far outside the city. */
export function keepNear(map: MapLibreMap, bounds: [number, number, number, number]): void {
  map.setMaxBounds(widened(bounds, 0.5))
}
