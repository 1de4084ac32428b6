import { expect, it } from 'vitest'
import { flipGraph } from '../../../domain/roads/flip.ts'
import { reverseSearch } from '../../../domain/roads/reverse-search.ts'
import { randomGraph, randomSnap } from './random-graph.ts'
import { seeded } from '../../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? 20261125)

it('a search on the flipped roads knows the time from a place to everywhere', () => {
  let compared = 0
  for (let g = 0; g < 300; g++) {
    const chance = seeded(SEED + g)
    const graph = randomGraph(chance)
    if (graph.edgeCount === 0) continue
    const patrol = randomSnap(graph, chance)
    const from = reverseSearch(flipGraph(graph), patrol, { cutS: Infinity })
    for (let k = 0; k < 4; k++) {
      const scene = randomSnap(graph, chance)
      const there = reverseSearch(graph, scene, { cutS: Infinity }).etaFrom(patrol)
      const where = `seed ${SEED + g}, place ${k}`
      compared++
      if (there === null) expect(from.etaFrom(scene), where).toBeNull()
      else expect(from.etaFrom(scene)?.etaS, where).toBeCloseTo(there.etaS, 6)
    }
  }
  expect(compared).toBeGreaterThan(800)
})
