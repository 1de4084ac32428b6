import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { CityLayers } from './city-layers.ts'
import type { LngLat } from '../../domain/scalars.ts'

/** A small made-up town for the harness: enough of everything to look at, no claim to be a place. */
const CENTRE: LngLat = [121.02, 28.42]
const M_LNG = 1 / 97_800
const M_LAT = 1 / 110_850
/** Half the side of the town, metres. */
const HALF_M = 6000

const at = (x: number, y: number): LngLat => [CENTRE[0] + x * M_LNG, CENTRE[1] + y * M_LAT]
const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry,
  properties,
})
const all = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features })
const line = (points: [number, number][], properties: Record<string, unknown>) =>
  feature({ type: 'LineString', coordinates: points.map(([x, y]) => at(x, y)) }, properties)
const area = (points: [number, number][], properties: Record<string, unknown>) =>
  feature({ type: 'Polygon', coordinates: [[...points, points[0]!].map(([x, y]) => at(x, y))] }, properties)

/** A seeded generator (mulberry32), so that every look is at the same town. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const STREETS = ['人民路', '解放路', '建设街', '中山路', '文化街', '滨江大道', '学府路', '环城路', '新华街', '和平路']
const STREETS_EN = ['Renmin Rd', 'Jiefang Rd', 'Jianshe St', 'Zhongshan Rd', 'Wenhua St', 'Binjiang Ave', 'Xuefu Rd']

function roads(random: () => number): Feature[] {
  const features: Feature[] = []
  const step = 400
  for (let i = -12; i <= 12; i++) {
    const kind = i % 6 === 0 ? 'primary' : i % 3 === 0 ? 'secondary' : i % 2 === 0 ? 'tertiary' : 'residential'
    const reach = kind === 'residential' ? 3600 : HALF_M
    const name = STREETS[(i + 12) % STREETS.length]
    const nameEn = STREETS_EN[(i + 12) % STREETS_EN.length]
    const bend = (random() - 0.5) * 300
    for (let k = -reach; k < reach; k += step) {
      const sway = (v: number) => Math.sin((v / HALF_M) * 2) * bend
      features.push(
        line(
          [
            [k, i * step + sway(k)],
            [k + step / 2, i * step + sway(k + step / 2)],
            [k + step, i * step + sway(k + step)],
          ],
          { class: kind, name, nameEn },
        ),
        line(
          [
            [i * step + sway(k), k],
            [i * step + sway(k + step / 2), k + step / 2],
            [i * step + sway(k + step), k + step],
          ],
          { class: kind, name: `${name?.slice(0, 2)}大街`, nameEn },
        ),
      )
    }
  }
  return features
}

function buildings(random: () => number): Feature[] {
  const features: Feature[] = []
  for (let i = 0; i < 5000; i++) {
    const x = (random() - 0.5) * 7000
    const y = (random() - 0.5) * 7000
    if (Math.abs(x % 400) < 40 || Math.abs(y % 400) < 40 || Math.abs(y - riverAt(x)) < 300) continue
    const w = 12 + random() * 24
    const h = 12 + random() * 24
    const near = Math.max(0, 1 - Math.hypot(x, y) / 3500)
    const box: [number, number][] = [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
    ]
    features.push(area(box, { heightM: Math.round(8 + random() * 18 + near * random() * 70) }))
  }
  return features
}

const riverAt = (x: number) => -1900 + Math.sin(x / 2400) * 700

export function harnessCity(): { layers: CityLayers; centre: LngLat; bounds: [number, number, number, number] } {
  const random = seeded(7)
  const bank = (side: number) =>
    Array.from({ length: 41 }, (_, i): [number, number] => {
      const x = -8000 + i * 400
      return [x, riverAt(x) + side * (150 + 40 * Math.sin(i))]
    })
  const ring = (half: number): [number, number][] => [
    [-half, -half * 0.8],
    [half, -half * 0.9],
    [half * 1.1, half * 0.7],
    [0, half],
    [-half, half * 0.8],
  ]
  const layers: CityLayers = {
    roads: all(roads(random)),
    zones: all([
      area(ring(5800), { id: 'z3', name: '外围', nameEn: 'Outer', goalS: 480 }),
      area(ring(2600), { id: 'z2', name: '繁华区', nameEn: 'Busy area', goalS: 180 }),
      area(ring(900), { id: 'z1', name: '政务核心区', nameEn: 'Government core', goalS: 60 }),
    ]),
    water: all([area([...bank(1), ...bank(-1).reverse()], { name: '望江', nameEn: 'Wang River', kind: 'river' })]),
    rail: all([
      line(
        [
          [-8000, 3300],
          [-2000, 2700],
          [3000, 2900],
          [8000, 3500],
        ],
        { name: '沿海铁路' },
      ),
    ]),
    buildings: all(buildings(random)),
    landuse: all([
      area(
        [
          [1300, 500],
          [2100, 560],
          [2040, 1200],
          [1320, 1100],
        ],
        { kind: 'park', name: '人民公园', nameEn: 'People’s Park' },
      ),
      area(
        [
          [-3600, 3400],
          [-1000, 3200],
          [-1500, 5400],
          [-4000, 5200],
        ],
        { kind: 'forest', name: '北山', nameEn: 'North Hill' },
      ),
    ]),
    places: all(
      ['城关街道', '江北街道', '开发区', '东门', '西门村', '南桥'].map((name, i) => {
        const turn = (i / 6) * Math.PI * 2
        const point = at(Math.cos(turn) * 2700, Math.sin(turn) * 2700)
        return feature(
          { type: 'Point', coordinates: point },
          { name, nameEn: `Place ${i + 1}`, kind: i < 3 ? 'subdistrict' : 'village' },
        )
      }),
    ),
  }
  const [west, south] = at(-HALF_M, -HALF_M)
  const [east, north] = at(HALF_M, HALF_M)
  return { layers, centre: CENTRE, bounds: [west, south, east, north] }
}
