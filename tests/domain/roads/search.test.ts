import { describe, expect, it } from 'vitest'
import { lineLengthM } from '../../../domain/geo/polyline.ts'
import { buildRoadGraph } from '../../../domain/roads/graph.ts'
import { reverseSearch } from '../../../domain/roads/reverse-search.ts'
import { shortestRoute } from '../../../domain/roads/route.ts'
import { createSnapper } from '../../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../../domain/roads/speeds.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { plainTimeS, randomGraph, randomSnap } from './random-graph.ts'
import { seeded } from '../../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? 20261121)
const GRAPHS = 500

describe('searches against a plain relaxation', () => {
  console.log(`SEED=${SEED}`)

  it('the reverse search knows the same time from everywhere, and its line is that long', () => {
    let compared = 0
    let unreachable = 0
    for (let g = 0; g < GRAPHS; g++) {
      const chance = seeded(SEED + g)
      const graph = randomGraph(chance)
      if (graph.edgeCount === 0) continue
      const scene = randomSnap(graph, chance)
      const search = reverseSearch(graph, scene, { cutS: Infinity })
      for (let k = 0; k < 8; k++) {
        const from = k === 0 ? { ...scene } : randomSnap(graph, chance)
        const expected = plainTimeS(graph, from, scene)
        const eta = search.etaFrom(from)
        const where = `seed ${SEED + g}, place ${k}`
        compared++
        if (expected === Infinity) {
          unreachable++
          expect(eta, where).toBeNull()
          continue
        }
        expect(eta?.etaS, where).toBeCloseTo(expected, 6)
        const line = search.routeFrom(from)!
        // A cut of a piece moves its flat length by parts in a million.
        expect(Math.abs(lineLengthM(line) - eta!.distanceM), where).toBeLessThan(1e-6 + eta!.distanceM * 5e-5)
        expect(line[0]![0], where).toBeCloseTo(from.lng, 9)
        expect(line.at(-1)![1], where).toBeCloseTo(scene.lat, 9)
      }
    }
    expect(compared).toBeGreaterThan(1600)
    expect(unreachable).toBeLessThan(compared / 10)
  })

  it('the forward route of the simulators takes the same time', () => {
    let compared = 0
    for (let g = 0; g < GRAPHS; g++) {
      const chance = seeded(SEED + 10_000 + g)
      const graph = randomGraph(chance)
      if (graph.edgeCount === 0) continue
      for (let k = 0; k < 4; k++) {
        const from = randomSnap(graph, chance)
        const to = randomSnap(graph, chance)
        const expected = plainTimeS(graph, from, to)
        const route = shortestRoute(graph, from, to)
        const where = `seed ${SEED + 10_000 + g}, pair ${k}`
        compared++
        if (expected === Infinity) {
          expect(route, where).toBeNull()
          continue
        }
        expect(route?.etaS, where).toBeCloseTo(expected, 6)
        expect(Math.abs(lineLengthM(route!.line) - route!.distanceM), where).toBeLessThan(
          1e-6 + route!.distanceM * 5e-5,
        )
      }
    }
    expect(compared).toBeGreaterThan(800)
  })

  it('a cut never changes a time within it, and hides everything beyond', () => {
    let beyond = 0
    for (let g = 0; g < GRAPHS; g++) {
      const chance = seeded(SEED + 20_000 + g)
      const graph = randomGraph(chance)
      if (graph.edgeCount === 0) continue
      const scene = randomSnap(graph, chance)
      const whole = reverseSearch(graph, scene, { cutS: Infinity })
      const cut = reverseSearch(graph, scene, { cutS: 120 })
      for (let k = 0; k < 6; k++) {
        const from = randomSnap(graph, chance)
        const eta = whole.etaFrom(from)
        if (eta && eta.etaS <= 120) expect(cut.etaFrom(from)!.etaS, `seed ${g}`).toBeCloseTo(eta.etaS, 9)
        else {
          beyond++
          expect(cut.etaFrom(from), `seed ${g}`).toBeNull()
        }
      }
    }
    expect(beyond).toBeGreaterThan(100)
  })
})

const A: LngLat = [114.2, 22.6]
const B: LngLat = [114.21, 22.6]

describe('one-ways and mid-edge positions', () => {
  /** A square block driven round one way: A → B → C → D → A. */
  const corners: LngLat[] = [A, B, [114.21, 22.609], [114.2, 22.609]]
  const block = buildRoadGraph(
    {
      junctions: corners.map(([lng, lat], i) => ({ id: `J${i}`, lng, lat })),
      edges: corners.map((from, i) => ({
        id: `R${i}`,
        from: `J${i}`,
        to: `J${(i + 1) % 4}`,
        class: 'residential',
        oneway: true,
        shape: [from, corners[(i + 1) % 4]!],
      })),
    },
    TRAFFIC_SPEEDS,
  )

  it('a car fifty metres past the scene on a one-way drives all the way round', () => {
    const snap = createSnapper(block)
    const scene = snap(114.205, 22.6)!
    const past = snap(114.2055, 22.6)!
    const before = snap(114.2045, 22.6)!
    const search = reverseSearch(block, scene)
    expect(search.etaFrom(before)!.distanceM).toBeLessThan(60)
    expect(search.etaFrom(past)!.distanceM).toBeGreaterThan(3900)
    expect(search.routeFrom(past)!.length).toBe(6)
  })

  it('leaves out what cannot be driven to and back, and says what', () => {
    const graph = buildRoadGraph(
      {
        junctions: ['A', 'B', 'C', 'D'].map((id, i) => ({ id, lng: 114.2 + i * 0.01, lat: 22.6 })),
        edges: [
          { id: 'ab', from: 'A', to: 'B', class: 'primary', oneway: false, shape: [] },
          { id: 'bc', from: 'B', to: 'C', class: 'primary', oneway: true, shape: [] },
        ],
      },
      TRAFFIC_SPEEDS,
    )
    expect(graph.edgeIds).toEqual(['ab'])
    expect(graph.leftOut).toEqual({ junctionIds: ['C', 'D'], edgeIds: ['bc'] })
  })
})
