import type { Site } from '../../domain/site.ts'
import type { MapLibreMap } from './maplibre-door.ts'

/** Small pictures of the style, drawn here so that no sprite is fetched. Twice the size for sharp screens. */
const DENSITY = 2

/** One character in a badge says what a site is, in the officer's language. */
export const SITE_MARK: Record<Site['kind'], { zh: string; en: string; ink: string }> = {
  school: { zh: '校', en: 'S', ink: '#8fb8e8' },
  kindergarten: { zh: '幼', en: 'K', ink: '#8fb8e8' },
  hospital: { zh: '医', en: 'H', ink: '#c9d3df' },
  bank: { zh: '银', en: 'B', ink: '#b9b08f' },
  government: { zh: '政', en: 'G', ink: '#c9d3df' },
  shop: { zh: '商', en: 'M', ink: '#a3b0c0' },
  station: { zh: '站', en: 'T', ink: '#a3b0c0' },
  police: { zh: '警', en: 'P', ink: '#6cb6ff' },
  other: { zh: '点', en: '·', ink: '#a3b0c0' },
}

export function addMapImages(map: MapLibreMap): void {
  for (const [kind, mark] of Object.entries(SITE_MARK)) {
    addOnce(map, `site-${kind}-zh`, badge(mark.zh, mark.ink))
    addOnce(map, `site-${kind}-en`, badge(mark.en, mark.ink))
  }
  const stretch = { pixelRatio: DENSITY, stretchX: [[16, 32]], stretchY: [[16, 24]], content: [12, 8, 36, 32] }
  addOnce(map, 'pill-chosen', pill('#0f4f7d', '#8fd0ff'), stretch)
  addOnce(map, 'pill-other', pill('#1a2534', '#54687f'), stretch)
}

function addOnce(map: MapLibreMap, name: string, image: ImageData, options: object = { pixelRatio: DENSITY }): void {
  if (!map.hasImage(name)) map.addImage(name, image, options)
}

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('a 2D canvas is not available')
  return context
}

function badge(mark: string, ink: string): ImageData {
  const size = 20 * DENSITY
  const c = canvasOf(size, size)
  c.beginPath()
  c.roundRect(2, 2, size - 4, size - 4, 10)
  c.fillStyle = '#16202ee6'
  c.fill()
  c.lineWidth = 2
  c.strokeStyle = ink
  c.stroke()
  c.fillStyle = ink
  c.font = `600 ${12 * DENSITY}px 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif`
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  c.fillText(mark, size / 2, size / 2 + 1.5)
  return c.getImageData(0, 0, size, size)
}

function pill(ground: string, edge: string): ImageData {
  const c = canvasOf(48, 40)
  c.beginPath()
  c.roundRect(2, 2, 44, 36, 12)
  c.fillStyle = ground
  c.fill()
  c.lineWidth = 2.5
  c.strokeStyle = edge
  c.stroke()
  return c.getImageData(0, 0, 48, 40)
}
