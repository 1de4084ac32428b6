import { describe, expect, it } from 'vitest'
import { changeRoads, edgesWithin } from '../../../domain/roads/change-roads.ts'
import { reverseSearch } from '../../../domain/roads/reverse-search.ts'
import { shortestRoute } from '../../../domain/roads/route.ts'
import { plainTimeS, randomGraph, randomSnap } from './random-graph.ts'
import { seeded } from '../../support/seeded.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
console.log(`SEED=${seed}`)

describe('officers’ words about roads', () => {
  it('slower roads are searched as if they had been built so, closed ones are not driven through', () => {
    const chance = seeded(seed)
    for (let round = 0; round < 150; round++) {
      const graph = randomGraph(chance)
      if (graph.edgeCount < 3) continue
      const built = { forwardS: graph.forwardS, backwardS: graph.backwardS }
      const slow = Math.floor(chance() * graph.edgeCount)
      const closed = Math.floor(chance() * graph.edgeCount)
      const [from, to] = [randomSnap(graph, chance), randomSnap(graph, chance)]
      const before = reverseSearch(graph, to, { cutS: Infinity }).etaFrom(from)?.etaS
      changeRoads(graph, built, [{ edges: [slow], kmh: 4 }])
      expect(reverseSearch(graph, to, { cutS: Infinity }).etaFrom(from)!.etaS).toBeCloseTo(
        plainTimeS(graph, from, to),
        4,
      )
      expect(shortestRoute(graph, from, to)!.etaS).toBeCloseTo(plainTimeS(graph, from, to), 4)
      changeRoads(graph, built, [{ edges: [closed], kmh: null }])
      const route = shortestRoute(graph, from, to)
      expect(reverseSearch(graph, to, { cutS: Infinity }).etaFrom(from)?.etaS ?? null).toEqual(
        route && expect.closeTo(route.etaS, 4),
      )
      expect(route?.edges.slice(1, -1) ?? []).not.toContain(closed)
      changeRoads(graph, built, [])
      expect(reverseSearch(graph, to, { cutS: Infinity }).etaFrom(from)?.etaS).toBe(before)
    }
  })

  it('a circle takes the roads that it touches', () => {
    const chance = seeded(seed + 1)
    let graph = randomGraph(chance)
    while (graph.edgeCount === 0) graph = randomGraph(chance)
    const all = edgesWithin(graph, 114.21, 22.61, 5000)
    expect(all).toHaveLength(graph.edgeCount)
    expect(edgesWithin(graph, 115, 22.61, 500)).toEqual([])
    const [lng, lat] = [graph.shapeLng[0]!, graph.shapeLat[0]!]
    expect(edgesWithin(graph, lng, lat, 0.01)).toContain(0)
  })
})
