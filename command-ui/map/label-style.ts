import { fontOf, nameField } from './base-style.ts'
import type { Language } from './base-style.ts'
import type { FilterSpecification, LayerSpecification } from './maplibre-door.ts'
import { INK } from './palette.ts'

/** Places that nobody lives in. */
const NATURE: FilterSpecification = [
  'in',
  ['get', 'k'],
  ['literal', ['mountain', 'peak', 'cape', 'island', 'bay', 'beach']],
]

/** Names, least important first: MapLibre gives room to the last layers before the first. */
export function labelLayers(language: Language): LayerSpecification[] {
  const road = (id: string, minzoom: number, filter: unknown, size: number) =>
    ({
      id,
      type: 'symbol',
      source: 'roads',
      minzoom,
      filter: ['all', ['!=', ['get', 'n'], ''], filter],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 380,
        'symbol-sort-key': ['get', 'r'],
        'text-field': nameField(language),
        'text-font': fontOf('Regular', language),
        'text-size': ['interpolate', ['linear'], ['zoom'], minzoom, size, 17, size + 3],
        'text-letter-spacing': 0.06,
        'text-max-angle': 32,
        'text-padding': 6,
      },
      paint: { 'text-color': INK.roadLabel, 'text-halo-color': INK.halo, 'text-halo-width': 1.6 },
    }) as LayerSpecification
  return [
    road('label-road-small', 15, ['>=', ['get', 'r'], 5], 11),
    road('label-road-middle', 13.3, ['in', ['get', 'r'], ['literal', [3, 4]]], 11.5),
    road('label-road-big', 11.6, ['<=', ['get', 'r'], 2], 12),
    {
      id: 'label-water',
      type: 'symbol',
      source: 'water',
      // A sea is cut into tiles and would be named in each; its bays are among the places.
      filter: ['all', ['!=', ['get', 'n'], ''], ['!', ['in', ['get', 'k'], ['literal', ['sea', 'ocean']]]]],
      layout: {
        'text-field': nameField(language),
        'text-font': fontOf('Regular', language),
        'text-size': ['interpolate', ['linear'], ['zoom'], 11, 13, 15, 16],
        'text-letter-spacing': 0.3,
        'text-padding': 20,
      },
      paint: { 'text-color': INK.waterLabel, 'text-halo-color': INK.water, 'text-halo-width': 1.4 },
    },
    {
      id: 'label-landuse',
      type: 'symbol',
      source: 'landuse',
      minzoom: 13.2,
      filter: ['all', ['!=', ['get', 'n'], '']],
      layout: {
        'text-field': nameField(language),
        'text-font': fontOf('Regular', language),
        'text-size': 12,
        'text-max-width': 7,
        'text-padding': 12,
      },
      paint: { 'text-color': INK.parkLabel, 'text-halo-color': INK.halo, 'text-halo-width': 1.2 },
    },
    {
      id: 'label-zone',
      type: 'symbol',
      source: 'zones',
      minzoom: 11,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 520,
        // Across the border it would stand on its head on the way back.
        'text-rotation-alignment': 'viewport',
        'text-field': ['concat', ['get', 'goal'], ' ', nameField(language)],
        'text-font': fontOf('Medium', language),
        'text-size': 12,
        'text-letter-spacing': 0.08,
        'text-padding': 10,
        'text-max-angle': 30,
      },
      paint: {
        'text-color': ['step', ['get', 'r'], '#bcd2ec', 61, '#9db3ce', 181, '#8296af'],
        'text-halo-color': INK.halo,
        'text-halo-width': 2,
      },
    },
    {
      id: 'label-nature',
      type: 'symbol',
      source: 'places',
      minzoom: 10.5,
      filter: NATURE,
      layout: {
        'text-field': nameField(language),
        'text-font': fontOf('Regular', language),
        'text-size': 12,
        'text-letter-spacing': 0.15,
        'text-padding': 10,
      },
      paint: {
        'text-color': ['match', ['get', 'k'], ['bay', 'cape', 'island', 'beach'], INK.waterLabel, INK.parkLabel],
        'text-halo-color': INK.halo,
        'text-halo-width': 1.4,
      },
    },
    {
      id: 'label-place',
      type: 'symbol',
      source: 'places',
      maxzoom: 16.5,
      filter: ['!', NATURE],
      layout: {
        'symbol-sort-key': ['get', 'r'],
        'text-field': nameField(language),
        'text-font': fontOf('Medium', language),
        'text-size': [
          'interpolate',
          ['linear'],
          ['zoom'],
          11,
          ['step', ['get', 'r'], 15, 1, 14, 2, 11.5],
          15,
          ['step', ['get', 'r'], 20, 1, 18, 2, 14],
        ],
        'text-letter-spacing': 0.12,
        'text-padding': 8,
        'text-max-width': 9,
      },
      paint: {
        'text-color': ['step', ['get', 'r'], INK.label, 2, INK.labelQuiet],
        'text-halo-color': INK.halo,
        'text-halo-width': 1.8,
      },
    } as LayerSpecification,
    {
      id: 'site',
      type: 'symbol',
      source: 'sites',
      minzoom: 11,
      layout: {
        'symbol-sort-key': ['get', 'r'],
        'icon-image': ['concat', 'site-', ['get', 'k'], language === 'zh' ? '-zh' : '-en'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.62, 13, 0.85, 15, 1],
        'icon-padding': 1,
        'text-field': ['step', ['zoom'], '', 13.2, nameField(language)],
        'text-font': fontOf('Regular', language),
        'text-size': 12,
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.95,
        'text-max-width': 9,
        'text-optional': true,
        'text-justify': 'auto',
      },
      paint: { 'text-color': INK.label, 'text-halo-color': INK.halo, 'text-halo-width': 1.6 },
    },
  ]
}
