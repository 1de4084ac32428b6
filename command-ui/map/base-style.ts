import type { ExpressionSpecification, LayerSpecification } from './maplibre-door.ts'
import { INK, ROAD_CLASSES, ROAD_INK } from './palette.ts'

/**
 * No `glyphs` address stands in the style: MapLibre then draws every letter, Chinese and Latin, from the fonts of the machine, so
 * nothing is fetched. The first name is nobody's font; MapLibre reads the weight from it.
 */
const HAN = [
  'Noto Sans SC',
  'Noto Sans CJK SC',
  'PingFang SC',
  'Microsoft YaHei',
  'Source Han Sans SC',
  'WenQuanYi Micro Hei',
]
/** First in English: Chinese fonts set the apostrophe a full width apart. */
const LATIN = ['Segoe UI', 'Helvetica Neue', 'Roboto', 'Noto Sans', 'Liberation Sans', 'DejaVu Sans']

export function fontOf(weight: 'Regular' | 'Medium' | 'Bold', language: Language): string[] {
  return [`Map ${weight}`, ...(language === 'en' ? [...LATIN, ...HAN] : HAN), 'system-ui']
}

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
  byClass([1, 1, 1, 0.95, 0.8, 0.55, 0]),
  12.6,
  byClass([1, 1, 1, 1, 1, 0.85, 0.35]),
  14,
  1,
] as unknown as ExpressionSpecification

export const nameField = (language: Language): ExpressionSpecification => ['get', language === 'zh' ? 'n' : 'e']

/** Without lines around each shape: the canvas smooths edges itself, and on a machine without a graphics card they cost most. */
const fill = (id: string, source: string, color: unknown, extra: object = {}): LayerSpecification =>
  ({
    id,
    source,
    type: 'fill',
    paint: { 'fill-color': color, 'fill-antialias': false, ...extra },
  }) as LayerSpecification

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
    ['commercial', 'retail'],
    INK.commercial,
    ['school', 'hospital', 'education'],
    INK.campus,
    ['beach', 'sand'],
    INK.beach,
    INK.built,
  ]
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': INK.land } },
    fill('landuse', 'landuse', landuse, { 'fill-opacity': 0.9 }),
    // Below the fill: where a river's shape runs on into the sea, only the coast keeps its line.
    {
      id: 'water-edge',
      type: 'line',
      source: 'water',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': INK.waterEdge,
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2, 16, 4],
      },
    },
    { ...fill('water', 'water', INK.water), filter: ['==', ['geometry-type'], 'Polygon'] } as LayerSpecification,
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
    // The neighbours' land steps back.
    fill('outside', 'outside', INK.ground, { 'fill-opacity': 0.5 }),
    fill('zone-fill', 'zones', '#9fc3ea', { 'fill-opacity': ['step', ['get', 'r'], 0.045, 61, 0.02, 181, 0] }),
    fill('coverage', 'coverage', '#f0a030', {
      'fill-opacity': ['interpolate', ['linear'], ['get', 'share'], 0, ['get', 'strength'], 1, 0],
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
          '#344459',
          30,
          '#42546b',
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
