import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { createCoverage } from '../../domain/coverage.ts'
import { zoneAtLevel } from '../../domain/duty-level.ts'
import { ringArea, zoneAt } from '../../domain/geo/polygon.ts'
import { buildRoadGraph } from '../../domain/roads/graph.ts'
import { circleShape } from '../../domain/roads/isochrone.ts'
import { reverseSearch } from '../../domain/roads/reverse-search.ts'
import { createSnapper } from '../../domain/roads/snap.ts'
import { PATROL_SPEEDS } from '../../domain/roads/speeds.ts'
import type { LngLat } from '../../domain/scalars.ts'
import { DUTY_LEVELS, type DutyLevel } from '../../domain/zone.ts'
import { readCity } from '../../gateway/city/read-city.ts'
import { DEMO_SEED, generateCity } from '../../simulators/city/generate.ts'
import { DEMO } from './folder.ts'

const city = await readCity(DEMO)
const graph = buildRoadGraph({ junctions: city.junctions, edges: city.roads }, PATROL_SPEEDS)
const snap = createSnapper(graph)

/** Do two lines cross? */
function crosses(a: readonly LngLat[], b: readonly LngLat[]): boolean {
  const side = (p: LngLat, q: LngLat, r: LngLat) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
  for (let i = 0; i + 1 < a.length; i++) {
    for (let j = 0; j + 1 < b.length; j++) {
      const [p, q, r, s] = [a[i]!, a[i + 1]!, b[j]!, b[j + 1]!]
      if (side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0) return true
    }
  }
  return false
}

describe('the demo district', () => {
  it('is what the generator draws from its seed, byte for byte', { timeout: 180_000 }, async () => {
    for (const [name, text] of generateCity(DEMO_SEED)) {
      const same = (await readFile(join(DEMO, name), 'utf8')) === text
      expect(same, `${name} differs: run simulators/city/generate-main`).toBe(true)
    }
  })

  it('has at least 8,000 edges of road, all of them one network', () => {
    expect(graph.edgeCount).toBeGreaterThan(8000)
    expect(graph.leftOut).toEqual({ junctionIds: [], edgeIds: [] })
  })

  it('lets few roads over the railway and the river', () => {
    const rail = city.layers.rail!.features[0] as { geometry: { coordinates: LngLat[] } }
    const overRails = city.roads.filter(({ shape }) => crosses(shape, rail.geometry.coordinates))
    expect(overRails.length).toBeGreaterThanOrEqual(5)
    expect(overRails.length).toBeLessThanOrEqual(12)
  })

  it('has the promised sites, cameras, patrols and taxis, each at a road', () => {
    const count = (kind: string) => city.sites.filter((site) => site.kind === kind).length
    expect([count('school'), count('kindergarten')]).toEqual([13, 4])
    expect([city.cameras.length, city.patrols.length, city.vehicles.length]).toEqual([64, 24, 300])
    for (const site of city.sites.filter(({ kind }) => kind === 'school' || kind === 'kindergarten')) {
      const cameras = city.cameras.filter(({ siteId }) => siteId === site.id)
      expect(cameras.filter(({ warm }) => warm)).toHaveLength(2)
      expect(city.devices.some(({ kind, siteId }) => kind === 'button' && siteId === site.id)).toBe(true)
    }
    for (const site of city.sites) expect(snap(site.lng, site.lat, 60), site.id).not.toBeNull()
    for (const { id, homeLng, homeLat } of city.patrols) expect(snap(homeLng, homeLat, 60), id).not.toBeNull()
  })

  it('promises one minute in the core, three in busy areas and eight elsewhere', () => {
    const goals = city.sites.map(({ lng, lat }) => zoneAt(city.zones, lng, lat)?.goalS)
    expect(new Set(goals)).toEqual(new Set([60, 180, 480]))
  })

  it('promises less time at each higher level, so that circles shrink and the same patrols cover less', () => {
    const free = city.patrols
      .filter(({ duty }) => duty === 'on')
      .map(({ homeLng: lng, homeLat: lat }) => ({ lng, lat }))
    const at = (level: DutyLevel) => {
      const zones = city.zones.map((zone) => zoneAtLevel(zone, level))
      const goals = [...new Set(zones.map(({ goalS }) => goalS))].sort((a, b) => a - b)
      const scene = snap(...city.centre, 5000)!
      const search = reverseSearch(graph, scene, { cutS: goals.at(-1)! })
      const circles = goals.map((goalS) => areaOf(circleShape(search, goalS)))
      return { zones, circles, coverage: createCoverage(graph, snap, zones, manualClock())(free).zones }
    }
    const levels = DUTY_LEVELS.map(at)
    for (const [i, calmer] of levels.slice(0, -1).entries()) {
      const { zones, circles, coverage } = levels[i + 1]!
      expect(circles).toHaveLength(3)
      for (const [c, area] of circles.entries()) expect(area).toBeLessThan(calmer.circles[c]! * 0.95)
      for (const [z, zone] of zones.entries()) {
        expect(zone.goalS, zone.id).toBeLessThan(calmer.zones[z]!.goalS)
        expect(zone.minPatrolsNow, zone.id).toBeGreaterThan(calmer.zones[z]!.minPatrolsNow!)
        expect(coverage[z]!.share, zone.id).toBeLessThanOrEqual(calmer.coverage[z]!.share)
      }
      // Two points of a hundred are seen on a bar.
      const fallen = coverage.filter(({ share }, z) => share < calmer.coverage[z]!.share - 0.02)
      expect(fallen.length).toBeGreaterThanOrEqual(4)
    }
  })
})

function areaOf(polygons: number[][][][]): number {
  return polygons.flat().reduce((sum, ring) => sum + ringArea(ring as LngLat[]), 0)
}
