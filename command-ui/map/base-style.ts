import type { ExpressionSpecification, LayerSpecification } from './maplibre-door.ts'
import { INK, ROAD_CLASSES, ROAD_INK } from './palette.ts'

/**
 * No `glyphs` address stands in the style: MapLibre then draws every letter, Chinese and Latin, from the fonts of the machine, so
 * nothing is fetched. The first name is nobody's font; MapLibre reads the weight from it.
 */
const FAMILIES = [
  'Noto Sans SC',
  'Noto Sans CJK SC',
  'PingFang SC',
  'Microsoft YaHei',
  'Source Han Sans SC',
  'WenQuanYi Micro Hei',
  'system-ui',
]
export const FONT_REGULAR = ['Map Regular', ...FAMILIES]
export const FONT_MEDIUM = ['Map Medium', ...FAMILIES]
export const FONT_BOLD = ['Map Bold', ...FAMILIES]

export type Language = 'zh' | 'en'

/** Width in px at zoom 11, 13, 15, 17, 19, widest class first. */
const ROAD_PX: Record<number, number[]> = {
  11: [1.8, 1.5, 1.2, 0.75, 0.45, 0.2, 0],
  13: [3.2, 2.8, 2.4, 1.8, 1.2, 0.7, 0.35],
  15: [6.5, 6, 5.4, 4.2, 3.2, 2.2, 1.2],
  17: [17, 15, 14, 11.5, 9, 7, 3.6],
  19: [48, 42, 38, 32, 26, 20, 10],
}

const byClass = (values: readonly (string | number)[]) =>
  ['match', ['get', 'r'], ...values.slice(0, -1).flatMap((value, rank) => [rank, value]), values.at(-1)] as unknown

/** Road width by class and zoom; `extraPx` on both sides together makes the casing. */
function roadWidth(extraPx: number): ExpressionSpecification {
  const stops = Object.entries(ROAD_PX).flatMap(([zoom, widths]) => [
    Number(zoom),
    byClass(widths.map((px) => (px < 0.5 && extraPx > 0 ? 0 : px + extraPx * Math.min(1, 0.35 + Number(zoom) / 25)))),
  ])
  return ['interpolate', ['exponential', 1.5], ['zoom'], ...stops] as unknown as ExpressionSpecification
}

/** Small streets come in softly, so that the district's bones are seen first. */
const roadOpacity = [
  'interpolate',
  ['linear'],
  ['zoom'],
  11,
  byClass([1, 1, 1, 0.9, 0.7, 0.35, 0]),
  12.6,
  byClass([1, 1, 1, 1, 1, 0.75, 0.25]),
  14,
  1,
] as unknown as ExpressionSpecification

export const nameField = (language: Language): ExpressionSpecification => ['get', language === 'zh' ? 'n' : 'e']

const fill = (id: string, source: string, color: unknown, extra: object = {}): LayerSpecification =>
  ({ id, source, type: 'fill', paint: { 'fill-color': color, 'fill-antialias': true, ...extra } }) as LayerSpecification

export function groundLayers(): LayerSpecification[] {
  const landuse = [
    'match',
    ['get', 'k'],
    ['park', 'forest', 'wood', 'grass', 'green', 'wetland', 'hill', 'scrub', 'square'],
    INK.park,
    ['farmland', 'farm', 'orchard', 'field'],
    INK.farm,
    ['industrial', 'port', 'railway'],
    INK.industrial,
    INK.built,
  ]
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': INK.land } },
    fill('landuse', 'landuse', landuse, { 'fill-opacity': 0.9 }),
    { ...fill('water', 'water', INK.water), filter: ['==', ['geometry-type'], 'Polygon'] } as LayerSpecification,
    {
      id: 'water-edge',
      type: 'line',
      source: 'water',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': INK.waterEdge,
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.8, 16, 1.6],
      },
    },
  ]
}

export function roadLayers(): LayerSpecification[] {
  const layout: Extract<LayerSpecification, { type: 'line' }>['layout'] = {
    'line-cap': 'round',
    'line-join': 'round',
    'line-sort-key': ['-', 6, ['get', 'r']],
  }
  return [
    {
      id: 'road-casing',
      type: 'line',
      source: 'roads',
      layout,
      paint: { 'line-color': INK.halo, 'line-width': roadWidth(2.2), 'line-opacity': roadOpacity },
    } as LayerSpecification,
    {
      id: 'road',
      type: 'line',
      source: 'roads',
      layout,
      paint: {
        'line-color': byClass(ROAD_CLASSES.map((name) => ROAD_INK[name])),
        'line-width': roadWidth(0),
        'line-opacity': roadOpacity,
      },
    } as LayerSpecification,
    {
      id: 'rail-bed',
      type: 'line',
      source: 'rail',
      paint: { 'line-color': INK.halo, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2, 16, 6] },
    },
    {
      id: 'rail',
      type: 'line',
      source: 'rail',
      paint: { 'line-color': INK.rail, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.8, 16, 1.6] },
    },
    {
      id: 'rail-ties',
      type: 'line',
      source: 'rail',
      paint: {
        'line-color': INK.rail,
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2.2, 13, 4, 16, 7],
        'line-dasharray': [0.35, 2.4],
      },
    },
  ]
}

export function zoneLayers(): LayerSpecification[] {
  const quick = ['step', ['get', 'r'], '#a9c4e4', 61, '#8198b6', 181, '#64788f'] as unknown as ExpressionSpecification
  const edge = (id: string, filter: unknown, dash: number[] | null, width: number) =>
    ({
      id,
      type: 'line',
      source: 'zones',
      filter,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': quick,
        'line-opacity': 0.6,
        'line-width': width,
        ...(dash ? { 'line-dasharray': dash } : {}),
      },
    }) as LayerSpecification
  return [
    fill('zone-fill', 'zones', '#9fc3ea', { 'fill-opacity': ['step', ['get', 'r'], 0.045, 61, 0.02, 181, 0] }),
    fill('coverage', 'coverage', '#f0a030', {
      'fill-opacity': ['interpolate', ['linear'], ['get', 'share'], 0, 0.3, 0.9, 0.1, 1, 0],
    }),
    edge('zone-core', ['<=', ['get', 'r'], 60], null, 1.4),
    edge('zone-busy', ['all', ['>', ['get', 'r'], 60], ['<=', ['get', 'r'], 180]], [5, 2.5], 1.3),
    edge('zone-wide', ['>', ['get', 'r'], 180], [1.5, 3.5], 1.2),
  ]
}

export function buildingLayers(): LayerSpecification[] {
  return [
    {
      id: 'building-flat',
      type: 'fill',
      source: 'buildings',
      minzoom: 13.5,
      paint: {
        'fill-color': INK.building,
        'fill-outline-color': INK.buildingEdge,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13.5, 0, 14.5, 0.85],
      },
    },
    {
      id: 'building-tall',
      type: 'fill-extrusion',
      source: 'buildings',
      minzoom: 13,
      layout: { visibility: 'none' },
      paint: {
        'fill-extrusion-color': [
          'interpolate',
          ['linear'],
          ['get', 'r'],
          0,
          '#26354a',
          30,
          '#2c3e56',
          100,
          INK.buildingTall,
        ],
        'fill-extrusion-height': ['interpolate', ['linear'], ['zoom'], 13, 0, 13.6, ['get', 'r']],
        'fill-extrusion-opacity': 0.88,
        'fill-extrusion-vertical-gradient': true,
      },
    },
  ]
}

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
        'text-font': FONT_REGULAR,
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
      filter: ['!=', ['get', 'n'], ''],
      layout: {
        'text-field': nameField(language),
        'text-font': FONT_REGULAR,
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
        'text-font': FONT_REGULAR,
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
        'text-field': ['concat', ['get', 'goal'], ' ', nameField(language)],
        'text-font': FONT_MEDIUM,
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
      id: 'label-place',
      type: 'symbol',
      source: 'places',
      maxzoom: 16.5,
      layout: {
        'symbol-sort-key': ['get', 'r'],
        'text-field': nameField(language),
        'text-font': FONT_MEDIUM,
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
        'text-font': FONT_REGULAR,
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
