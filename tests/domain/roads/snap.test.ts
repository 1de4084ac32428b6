import { describe, expect, it } from 'vitest'
import { destination, nearDistanceM } from '../../../domain/geo/distance.ts'
import { buildRoadGraph } from '../../../domain/roads/graph.ts'
import { pointAt } from '../../../domain/roads/part-line.ts'
import { createSnapper } from '../../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../../domain/roads/speeds.ts'
import { randomGraph } from './random-graph.ts'
import { seeded } from '../../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? 20261121)

describe('snapping', () => {
  it('finds the nearest place of all roads, as a walk over every metre does', () => {
    let compared = 0
    for (let g = 0; g < 60; g++) {
      const chance = seeded(SEED + g)
      const graph = randomGraph(chance)
      if (graph.edgeCount === 0) continue
      const snap = createSnapper(graph)
      for (let k = 0; k < 10; k++) {
        const lng = 114.195 + chance() * 0.03
        const lat = 22.595 + chance() * 0.03
        let nearestM = Infinity
        for (let e = 0; e < graph.edgeCount; e++) {
          for (let atM = 0; atM <= graph.edgeLengthM[e]!; atM += 2) {
            const [pLng, pLat] = pointAt(graph, e, atM)
            nearestM = Math.min(nearestM, nearDistanceM(lng, lat, pLng, pLat))
          }
        }
        const found = snap(lng, lat, 5000)
        compared++
        expect(found, `seed ${SEED + g}`).not.toBeNull()
        expect(found!.offRoadM, `seed ${SEED + g}`).toBeLessThan(nearestM * 1.0001 + 0.01)
        expect(found!.offRoadM, `seed ${SEED + g}`).toBeGreaterThan(nearestM * 0.9999 - 2.1)
        const [atLng, atLat] = pointAt(graph, found!.edge, found!.fraction * graph.edgeLengthM[found!.edge]!)
        expect(nearDistanceM(atLng, atLat, found!.lng, found!.lat)).toBeLessThan(0.01)
      }
    }
    expect(compared).toBeGreaterThan(400)
  })

  it('puts a vehicle on the side of a dual carriageway that it drives on', () => {
    const north = destination(114.2, 22.6, 0, 14)
    const graph = buildRoadGraph(
      {
        junctions: [
          { id: 'SW', lng: 114.2, lat: 22.6 },
          { id: 'SE', lng: 114.22, lat: 22.6 },
          { id: 'NW', lng: 114.2, lat: north[1] },
          { id: 'NE', lng: 114.22, lat: north[1] },
        ],
        edges: [
          { id: 'eastbound', from: 'SW', to: 'SE', class: 'primary', oneway: true, shape: [] },
          { id: 'westbound', from: 'NE', to: 'NW', class: 'primary', oneway: true, shape: [] },
          { id: 'west-turn', from: 'NW', to: 'SW', class: 'primary', oneway: false, shape: [] },
          { id: 'east-turn', from: 'SE', to: 'NE', class: 'primary', oneway: false, shape: [] },
        ],
      },
      TRAFFIC_SPEEDS,
    )
    const snap = createSnapper(graph)
    const [lng, lat] = destination(114.21, 22.6, 0, 4)
    expect(graph.edgeIds[snap(lng, lat)!.edge]).toBe('eastbound')
    expect(graph.edgeIds[snap(lng, lat, 100, 92)!.edge]).toBe('eastbound')
    expect(graph.edgeIds[snap(lng, lat, 100, 268)!.edge]).toBe('westbound')
    expect(snap(lng, lat, 100, 268)!.bearingDeg).toBeCloseTo(270, 0)
  })

  it('says null for a place far from every road, and for one outside of the box it still finds what is near', () => {
    const graph = randomGraph(seeded(1))
    const snap = createSnapper(graph)
    expect(snap(120, 30)).toBeNull()
    expect(snap(120, 30, 2_000_000)).not.toBeNull()
    const [lng, lat] = destination(graph.shapeLng[0]!, graph.shapeLat[0]!, 250, 100)
    expect(snap(lng, lat, 150)!.offRoadM).toBeLessThanOrEqual(100.1)
  })
})
