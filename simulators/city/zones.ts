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
  /** Free patrols that should stand here at the normal level; one more at each level above. */
  minPatrols: number
  reach: [x: number, y: number]
}

/** Minutes, shorter ones of the higher duty levels, and minima are promises of this demo district; an operator's folder has its own. */
const PLANS: readonly ZonePlan[] = [
  { id: 'zone-core', name: '海湾核心区', nameEn: 'Haiwan Core', kind: 'core', goalS: 60, minPatrols: 2, at: [6880, 5720], reach: [820, 560] },
  { id: 'zone-busy-centre', name: '中心城区', nameEn: 'City Centre', kind: 'busy', goalS: 180, minPatrols: 1, at: [6900, 5780], reach: [2000, 1150] },
  { id: 'zone-busy-east', name: '东港片区', nameEn: 'Donggang', kind: 'busy', goalS: 180, minPatrols: 2, at: [10800, 5250], reach: [1450, 1250] },
  { id: 'zone-busy-west', name: '西浦片区', nameEn: 'Xipu', kind: 'busy', goalS: 180, minPatrols: 1, at: [3500, 5150], reach: [1250, 1150] },
  { id: 'zone-busy-north', name: '北岭片区', nameEn: 'Beiling', kind: 'busy', goalS: 180, minPatrols: 1, at: [6100, 8950], reach: [1150, 720] },
  { id: 'zone-busy-seaside', name: '金沙湾片区', nameEn: 'Jinsha Bay', kind: 'busy', goalS: 180, minPatrols: 1, at: [15150, 4700], reach: [1050, 950] },
] // prettier-ignore

/**
 * Seconds of the promise at the duty levels above normal: with the patrols at their posts the special level leaves the core short, and
 * wartime every zone, until more are on duty.
 */
const HIGHER_LEVELS: Record<'core' | 'busy' | 'elsewhere', { goalSpecialS: number; goalWartimeS: number }> = {
  core: { goalSpecialS: 45, goalWartimeS: 30 },
  busy: { goalSpecialS: 120, goalWartimeS: 90 },
  elsewhere: { goalSpecialS: 360, goalWartimeS: 240 },
}

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
    return polygonFeature(withLevels(plan), [ring])
  })
  const names = { name: '其他区域', nameEn: 'Elsewhere' }
  const elsewhere = withLevels({ id: ELSEWHERE_ID, ...names, kind: 'elsewhere', goalS: 480, minPatrols: 6 })
  const district = simplify([...terrain.district, terrain.district[0]!], 8).slice(0, -1)
  return [['zones.geojson', collection([...features, polygonFeature(elsewhere, [district])])]]
}

/** The row of a zone as `docs/city-format.md` has it. */
function withLevels(plan: Omit<ZonePlan, 'at' | 'reach' | 'kind'> & { kind: keyof typeof HIGHER_LEVELS }) {
  const { minPatrols } = plan
  return {
    ...plan,
    ...HIGHER_LEVELS[plan.kind],
    minPatrolsSpecial: minPatrols + 1,
    minPatrolsWartime: minPatrols + 2,
  }
}
