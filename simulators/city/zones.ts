import { createNoise, type Chance } from './chance.ts'
import { collection, polygonFeature } from './geojson.ts'
import { simplify, type Line, type Point } from './plane.ts'
import type { Terrain } from './terrain.ts'

interface ZonePlan {
  id: string
  name: string
  nameEn: string
  kind: 'core' | 'busy'
  goalS: number
  at: Point
  reach: [x: number, y: number]
}

/** Minutes are promises of this demo district; an operator's folder has its own. */
const PLANS: readonly ZonePlan[] = [
  { id: 'zone-core', name: '海湾核心区', nameEn: 'Haiwan Core', kind: 'core', goalS: 60, at: [6880, 5720], reach: [820, 560] },
  { id: 'zone-busy-centre', name: '中心城区', nameEn: 'City Centre', kind: 'busy', goalS: 180, at: [6900, 5780], reach: [2000, 1150] },
  { id: 'zone-busy-east', name: '东港片区', nameEn: 'Donggang', kind: 'busy', goalS: 180, at: [10800, 5250], reach: [1450, 1250] },
  { id: 'zone-busy-west', name: '西浦片区', nameEn: 'Xipu', kind: 'busy', goalS: 180, at: [3500, 5150], reach: [1250, 1150] },
  { id: 'zone-busy-north', name: '北岭片区', nameEn: 'Beiling', kind: 'busy', goalS: 180, at: [6100, 8950], reach: [1150, 720] },
  { id: 'zone-busy-seaside', name: '金沙湾片区', nameEn: 'Jinsha Bay', kind: 'busy', goalS: 180, at: [15150, 4700], reach: [1050, 950] },
] // prettier-ignore

export const ELSEWHERE_ID = 'zone-elsewhere'

/** Which zone a place is in, by the same plans: for the patrols' home zones. */
export function zoneIdAt(p: Point): string {
  const inside = PLANS.find(({ at, reach }) => ((p[0] - at[0]) / reach[0]) ** 2 + ((p[1] - at[1]) / reach[1]) ** 2 < 1)
  return inside?.id ?? ELSEWHERE_ID
}

export function zoneFiles({ terrain }: { terrain: Terrain }, chance: Chance): [string, string][] {
  const wave = createNoise(chance, 800)
  const features = PLANS.map(({ at, reach, ...plan }) => {
    const ring: Line = Array.from({ length: 56 }, (_, i) => {
      const angle = (i / 56) * Math.PI * 2
      const r = 1 + 0.16 * wave(at[0] + Math.cos(angle) * 900, at[1] + Math.sin(angle) * 900)
      return [at[0] + Math.cos(angle) * reach[0] * r, at[1] + Math.sin(angle) * reach[1] * r]
    })
    return polygonFeature(plan, [ring])
  })
  const elsewhere = { id: ELSEWHERE_ID, name: '其他区域', nameEn: 'Elsewhere', kind: 'elsewhere', goalS: 480 }
  const district = simplify([...terrain.district, terrain.district[0]!], 8).slice(0, -1)
  return [['zones.geojson', collection([...features, polygonFeature(elsewhere, [district])])]]
}
