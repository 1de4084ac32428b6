import type { FeatureCollection } from 'geojson'
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from './maplibre-door.ts'
import { fontOf } from './base-style.ts'
import { INK } from './palette.ts'

/** Sources that `showScene` fills. Shapes that stand still are MapLibre layers: drawn under the buildings, smooth, labels avoid each other. */
export function sceneSources(): StyleSpecification['sources'] {
  const empty: FeatureCollection = { type: 'FeatureCollection', features: [] }
  return {
    circles: { type: 'geojson', data: empty, maxzoom: 15, tolerance: 0.5 },
    routes: { type: 'geojson', data: empty, maxzoom: 16 },
    trail: { type: 'geojson', data: empty, lineMetrics: true },
  }
}

/** Drawn below the streets: the ground that can be reached. */
export function circleGround(): LayerSpecification[] {
  return [
    {
      id: 'circle-fill',
      type: 'fill',
      source: 'circles',
      layout: { 'fill-sort-key': ['-', ['get', 'rank']] },
      paint: { 'fill-color': ['get', 'ink'], 'fill-opacity': ['match', ['get', 'rank'], 0, 0.07, 1, 0.035, 0.02] },
    } as LayerSpecification,
  ]
}

/** Drawn above the streets, below the buildings: how far one comes. */
export function circleEdges(): LayerSpecification[] {
  return [
    {
      id: 'circle-glow',
      type: 'line',
      source: 'circles',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ['get', 'ink'], 'line-width': 7, 'line-blur': 7, 'line-opacity': 0.22 },
    },
    {
      id: 'circle-edge',
      type: 'line',
      source: 'circles',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': ['get', 'ink'],
        'line-width': ['match', ['get', 'rank'], 0, 2, 1.5],
        'line-opacity': 0.8,
      },
    },
  ]
}

const routeWidth = (thin: number, bold: number): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  11,
  ['case', ['get', 'chosen'], bold * 0.6, thin * 0.7],
  15,
  ['case', ['get', 'chosen'], bold, thin],
  18,
  ['case', ['get', 'chosen'], bold * 1.8, thin * 1.6],
]

type LineLayout = Extract<LayerSpecification, { type: 'line' }>['layout']

/** Drawn above the buildings: the ways there, and where a vehicle came from. */
export function routeLayers(): LayerSpecification[] {
  const layout: LineLayout = { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': ['get', 'order'] }
  return [
    {
      id: 'trail-casing',
      type: 'line',
      source: 'trail',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': INK.halo, 'line-width': 6, 'line-opacity': 0.6 },
    },
    {
      id: 'trail',
      type: 'line',
      source: 'trail',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-width': 3.5,
        'line-gradient': [
          'interpolate',
          ['linear'],
          ['line-progress'],
          0,
          'rgba(204,154,216,0.12)',
          0.7,
          'rgba(204,154,216,0.7)',
          1,
          'rgba(232,196,240,1)',
        ],
      },
    },
    {
      id: 'route-casing',
      type: 'line',
      source: 'routes',
      layout,
      paint: {
        'line-color': INK.routeCasing,
        'line-width': routeWidth(4.5, 10),
        'line-opacity': ['case', ['get', 'chosen'], 0.85, 0.5],
      },
    } as LayerSpecification,
    {
      id: 'route',
      type: 'line',
      source: 'routes',
      layout,
      paint: {
        'line-color': ['case', ['get', 'chosen'], INK.route, INK.routeOther],
        'line-width': routeWidth(2, 6),
        'line-opacity': ['case', ['get', 'chosen'], 1, 0.75],
      },
    } as LayerSpecification,
    {
      id: 'route-flow',
      type: 'line',
      source: 'routes',
      filter: ['get', 'chosen'],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': '#d8efff',
        'line-width': routeWidth(1, 1.8),
        'line-dasharray': [2, 5],
        'line-opacity': 0.8,
      },
    },
  ]
}

/** How much of each zone is reached in time; below the dots, which matter more. */
export function coverageLabelLayer(): LayerSpecification {
  return {
    id: 'coverage-label',
    type: 'symbol',
    source: 'coverage-labels',
    layout: {
      'symbol-sort-key': ['get', 'share'],
      'text-field': ['get', 'text'],
      'text-font': fontOf('Medium', 'zh'),
      'text-size': 13,
      'icon-image': 'pill-other',
      'icon-text-fit': 'both',
      'icon-text-fit-padding': [2, 7, 2, 7],
    },
    // Nine tenths of the roads in time is the line between calm and not.
    paint: { 'text-color': ['step', ['get', 'share'], '#f2b53c', 0.9, '#d5e0ec'] },
  }
}

/** Drawn last, above the dots. */
export function sceneLabelLayers(): LayerSpecification[] {
  return [
    {
      id: 'circle-label',
      type: 'symbol',
      source: 'circles',
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 340,
        'text-field': ['get', 'minutes'],
        'text-font': fontOf('Bold', 'zh'),
        'text-size': 14,
        'text-keep-upright': true,
        'text-rotation-alignment': 'viewport',
        'text-pitch-alignment': 'viewport',
        'text-padding': 14,
      },
      paint: { 'text-color': ['get', 'ink'], 'text-halo-color': INK.halo, 'text-halo-width': 2.5 },
    },
  ]
}
