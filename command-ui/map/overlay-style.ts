import { fontOf } from './base-style.ts'
import type { ExpressionSpecification, LayerSpecification } from './maplibre-door.ts'
import { INK } from './palette.ts'

const CLOSED_INK = '#f0a030'
const MOVE_INK = '#f4f8ff'

/** Under the streets' names, above the streets: what a patrol reaches. */
export function reachLayers(): LayerSpecification[] {
  return [
    {
      id: 'reach-area',
      type: 'fill',
      source: 'reach',
      filter: ['==', ['get', 'kind'], 'area'],
      layout: { 'fill-sort-key': ['-', ['get', 'rank']] },
      paint: { 'fill-color': ['get', 'ink'], 'fill-opacity': 0.05 },
    } as LayerSpecification,
    {
      id: 'reach-roads',
      type: 'line',
      source: 'reach',
      filter: ['==', ['get', 'kind'], 'roads'],
      layout: { 'line-cap': 'round' },
      paint: {
        'line-color': ['get', 'ink'],
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.8, 15, 2.6, 18, 6],
        'line-opacity': 0.75,
      },
    },
  ]
}

/** Shut roads and the arrow of a move; nobody's red: red is the alarm's. Dashes and a sign say "closed" without the colour. */
export function overlayLayers(): LayerSpecification[] {
  const width = (by: number): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['zoom'],
    11,
    by * 0.6,
    15,
    by,
    18,
    by * 1.8,
  ]
  return [
    {
      id: 'closure-casing',
      type: 'line',
      source: 'overlay',
      filter: ['==', ['get', 'kind'], 'closure'],
      paint: { 'line-color': INK.halo, 'line-width': width(9) },
    } as LayerSpecification,
    {
      id: 'closure',
      type: 'line',
      source: 'overlay',
      filter: ['==', ['get', 'kind'], 'closure'],
      paint: { 'line-color': CLOSED_INK, 'line-width': width(5), 'line-dasharray': [1.4, 0.9] },
    } as LayerSpecification,
    {
      id: 'move-casing',
      type: 'line',
      source: 'overlay',
      filter: ['==', ['get', 'kind'], 'move'],
      paint: { 'line-color': INK.halo, 'line-width': 7, 'line-opacity': 0.8 },
    },
    {
      id: 'move',
      type: 'line',
      source: 'overlay',
      filter: ['==', ['get', 'kind'], 'move'],
      paint: { 'line-color': MOVE_INK, 'line-width': 3, 'line-dasharray': [3, 1.5] },
    },
  ]
}

/** Signs and words of the same, above all names. */
export function overlayLabelLayers(): LayerSpecification[] {
  const sign = (kind: string, ink: string, size: number): LayerSpecification => ({
    id: kind,
    type: 'symbol',
    source: 'overlay',
    filter: ['==', ['get', 'kind'], kind],
    layout: {
      'text-field': ['get', 'text'],
      'text-font': fontOf('Bold', 'zh'),
      'text-size': size,
      'text-rotate': ['coalesce', ['get', 'turn'], 0],
      'text-rotation-alignment': kind === 'move-head' ? 'map' : 'viewport',
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-color': ink, 'text-halo-color': INK.halo, 'text-halo-width': 3 },
  })
  return [
    sign('closure-sign', CLOSED_INK, 20),
    sign('mark', MOVE_INK, 24),
    sign('move-head', MOVE_INK, 24),
    {
      id: 'move-words',
      type: 'symbol',
      source: 'overlay',
      filter: ['==', ['get', 'kind'], 'move-words'],
      layout: {
        'text-field': ['get', 'text'],
        'text-font': fontOf('Medium', 'zh'),
        'text-size': 14,
        'icon-image': 'pill-chosen',
        'icon-text-fit': 'both',
        'icon-text-fit-padding': [3, 8, 3, 8],
        'text-allow-overlap': true,
        'icon-allow-overlap': true,
      },
      paint: { 'text-color': '#ffffff' },
    },
  ]
}
