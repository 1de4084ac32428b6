import { expect, it } from 'vitest'
import { offerDiverts, type BusyWith } from '../../../domain/offer-diverts.ts'
import type { Patrol } from '../../../domain/patrol.ts'
import type { Candidate } from '../../../domain/recommendation.ts'
import { createSearchSpace, reverseSearch, type Eta } from '../../../domain/roads/reverse-search.ts'
import { createSnapper, type Snap } from '../../../domain/roads/snap.ts'
import { seeded } from '../../support/seeded.ts'
import { randomGraph, randomSnap } from './random-graph.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
const ROUNDS = 400
const CUT_S = 400
const secondsOf = (kind: Patrol['kind'], { etaS, distanceM }: Eta) => (kind === 'foot' ? distanceM / 2.5 : etaS)

function candidate(id: string, etaS: number, isFree: boolean): Candidate {
  return {
    patrolId: id,
    callsign: id,
    status: isFree ? 'free' : 'en-route',
    etaS,
    etaSpreadS: 0,
    distanceM: etaS * 10,
    insideGoal: null,
    fixAgeS: 1,
    canBeSent: isFree,
    reasons: [],
    route: null,
  }
}

it('the cost of a divert is the same as from a whole search of the other scene', () => {
  console.log(`SEED=${SEED}`)
  let [compared, withNobody, withCost, onFoot] = [0, 0, 0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const chance = seeded(SEED + round)
    const graph = randomGraph(chance)
    if (graph.edgeCount === 0) continue
    const snap = createSnapper(graph)
    const space = createSearchSpace(graph)
    const count = 3 + Math.floor(chance() * 6)
    const at = new Map<string, Snap | null>()
    const kinds = new Map<string, Patrol['kind']>()
    const busy = new Map<string, BusyWith>()
    const scenes: Snap[] = [randomSnap(graph, chance), randomSnap(graph, chance)]
    const candidates = Array.from({ length: count }, (_, i) => {
      const id = `p${i}`
      at.set(id, chance() < 0.1 ? null : randomSnap(graph, chance))
      kinds.set(id, chance() < 0.3 ? 'foot' : 'car')
      return candidate(id, 1000 + i, chance() < 0.4)
    })
    const others = candidates.filter(({ canBeSent }) => !canBeSent)
    for (const [i, one] of others.entries()) {
      // They are nearer to the new scene than everybody who is free, so that each may be offered.
      one.etaS = 10 + i
      const mates = others.filter((other, k) => k % 2 === i % 2 && other !== one).map(({ patrolId }) => patrolId)
      const { lng, lat } = scenes[i % 2]!
      const names = { assignmentId: one.patrolId, incidentId: `I${i % 2}`, number: `${i % 2}` }
      busy.set(one.patrolId, { ...names, priority: 3, scene: { lng, lat }, otherPatrolIds: mates })
    }
    const chosen = candidates.find(({ canBeSent }) => canBeSent) ?? null
    const snapOf = (id: string) => at.get(id) ?? null
    const kindOf = (id: string) => kinds.get(id)!
    const roads = { graph, snap, space, cutS: CUT_S }
    const offers = offerDiverts({ priority: 1, busy, candidates, chosen, snapOf, kindOf, secondsOf, ...roads })
    expect(offers.size, `seed ${SEED + round}`).toBe(Math.min(3, others.length))
    for (const [id, offer] of offers) {
      const { scene, otherPatrolIds } = busy.get(id)!
      const whole = reverseSearch(graph, snap(scene.lng, scene.lat, 5000)!, { cutS: CUT_S })
      const secondsFrom = (patrolId: string): number => {
        const from = snapOf(patrolId)
        const eta = from && whole.etaFrom(from)
        return eta ? secondsOf(kindOf(patrolId), eta) : Infinity
      }
      const free = candidates.filter((one) => one.canBeSent && one !== chosen).map(({ patrolId }) => patrolId)
      const nextS = Math.min(Infinity, ...[...free, ...otherPatrolIds].map(secondsFrom))
      const ownS = secondsFrom(id)
      const plain = nextS === Infinity ? null : ownS === Infinity ? 0 : Math.max(0, Math.round(nextS - ownS))
      expect(offer.costS, `seed ${SEED + round}, ${id}`).toBe(plain)
      compared++
      if (plain === null) withNobody++
      else if (plain > 0) withCost++
      if (kindOf(id) === 'foot') onFoot++
    }
  }
  expect(compared).toBeGreaterThan(400)
  expect(withNobody).toBeGreaterThan(20)
  expect(withCost).toBeGreaterThan(100)
  expect(onFoot).toBeGreaterThan(50)
})
