import { expect, it } from 'vitest'
import { manualClock } from '../../../domain/clock.ts'
import { createCoverage, edgeZones } from '../../../domain/coverage.ts'
import { createMoveUps, type FreePatrol } from '../../../domain/move-ups.ts'
import { createSnapper } from '../../../domain/roads/snap.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import type { Zone } from '../../../domain/zone.ts'
import { randomGraph } from './random-graph.ts'
import { seeded } from '../../support/seeded.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
console.log(`SEED=${seed}`)

function zone(id: string, goalS: number, west: number, east: number): Zone {
  const ring: LngLat[] = [[west, 22], [east, 22], [east, 23], [west, 23], [west, 22]] // prettier-ignore
  return { id, name: id, nameEn: null, kind: 'busy', goalS, polygon: [ring] }
}

it('knows what each patrol alone holds and the move that restores most, as a whole coverage for every pair does', () => {
  const chance = seeded(seed)
  const clock = manualClock()
  let moves = 0
  for (let round = 0; round < 120; round++) {
    const graph = randomGraph(chance)
    const snap = createSnapper(graph)
    const zones = [zone('w', 20 + chance() * 60, 114, 114.21), zone('e', 20 + chance() * 90, 114.21, 114.215)]
    const place = () => ({ lng: 114.2 + chance() * 0.02, lat: 22.6 + chance() * 0.02 })
    const free: FreePatrol[] = Array.from({ length: Math.floor(chance() * 6) }, (_, i) => ({ id: `p${i}`, ...place() }))
    const posts = Array.from({ length: 4 }, place)
    const coverage = createCoverage(graph, snap, zones, clock)
    const wholeM = [0, 0]
    for (const [e, z] of edgeZones(graph, zones).entries()) if (z >= 0) wholeM[z]! += graph.edgeLengthM[e]!
    const sumM = wholeM[0]! + wholeM[1]!
    if (sumM === 0) continue
    const shareOf = (patrols: readonly { lng: number; lat: number }[]) =>
      coverage(patrols).zones.reduce((sum, one, z) => sum + one.share * wholeM[z]!, 0) / sumM
    const found = createMoveUps(graph, snap, zones, clock)(free, posts)
    const now = shareOf(free)
    expect(found.share).toBeCloseTo(now, 9)
    for (const { patrolId, share } of found.uncovers) {
      expect(share).toBeCloseTo(now - shareOf(free.filter(({ id }) => id !== patrolId)), 9)
    }
    let best = 0
    for (const patrol of free) {
      if (!snap(patrol.lng, patrol.lat, 1000)) continue
      for (const post of posts) {
        if (!snap(post.lng, post.lat, 1000)) continue
        best = Math.max(best, shareOf([...free.filter((one) => one !== patrol), post]) - now)
      }
    }
    if (best < 0.005 - 1e-9) expect(found.best).toBeNull()
    else if (best > 0.005 + 1e-9) {
      expect(found.best!.gain).toBeCloseTo(best, 9)
      moves++
    }
  }
  expect(moves).toBeGreaterThan(10)
})
