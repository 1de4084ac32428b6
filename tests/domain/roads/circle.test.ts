import { describe, expect, it } from 'vitest'
import { isInPolygon, ringArea } from '../../../domain/geo/polygon.ts'
import { buildRoadGraph, type EdgeInput, type JunctionInput } from '../../../domain/roads/graph.ts'
import { circleShape } from '../../../domain/roads/isochrone.ts'
import { pointAt } from '../../../domain/roads/part-line.ts'
import { reverseSearch } from '../../../domain/roads/reverse-search.ts'
import { createSnapper } from '../../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../../domain/roads/speeds.ts'
import type { LngLat } from '../../../domain/scalars.ts'

/** Two towns of 9 × 9 streets on either side of a river 600 m wide, with one bridge at the southern end. */
function twoTowns() {
  const junctions: JunctionInput[] = []
  const edges: EdgeInput[] = []
  const step = 0.0012
  for (const side of [0, 1]) {
    for (let c = 0; c < 9; c++) {
      for (let r = 0; r < 9; r++) {
        const id = `${side}-${c}-${r}`
        junctions.push({ id, lng: 114.2 + side * 0.0155 + c * step, lat: 22.6 + r * step })
        if (c > 0) edges.push(road(`${side}-${c - 1}-${r}`, id))
        if (r > 0) edges.push(road(`${side}-${c}-${r - 1}`, id))
      }
    }
  }
  edges.push(road('0-8-0', '1-0-0'))
  return buildRoadGraph({ junctions, edges }, TRAFFIC_SPEEDS)
}

function road(from: string, to: string): EdgeInput {
  return { id: `${from} ${to}`, from, to, class: 'primary', oneway: false, shape: [] }
}

const isInside = (shape: number[][][][], lng: number, lat: number): boolean =>
  shape.some((polygon) => isInPolygon(polygon as LngLat[][], lng, lat))

describe('response circles', () => {
  const graph = twoTowns()
  const scene = createSnapper(graph)(114.2095, 22.6096)!
  const search = reverseSearch(graph, scene)

  it('hold every place on a road from which the scene is reached in time', () => {
    const shape = circleShape(search, 120)
    let reached = 0
    for (let e = 0; e < graph.edgeCount; e++) {
      for (const fraction of [0.1, 0.5, 0.9]) {
        const [lng, lat] = pointAt(graph, e, fraction * graph.edgeLengthM[e]!)
        const eta = search.etaFrom({ edge: e, fraction, lng, lat, offRoadM: 0, bearingDeg: 0 })
        if (!eta || eta.etaS > 118) continue
        reached++
        expect(isInside(shape, lng, lat), `edge ${graph.edgeIds[e]} at ${fraction}`).toBe(true)
      }
    }
    expect(reached).toBeGreaterThan(200)
  })

  it('do not jump over the river to a place that is near as the crow flies', () => {
    const shape = circleShape(search, 60)
    expect(isInside(shape, 114.2095, 22.6096)).toBe(true)
    expect(isInside(shape, 114.2155, 22.6096)).toBe(false)
  })

  it('grow with the time, are closed, counter-clockwise and of few points', () => {
    let before = 0
    for (const withinS of [30, 60, 180, 480]) {
      const shape = circleShape(search, withinS)
      const area = shape.reduce((sum, [outer]) => sum + ringArea(outer!), 0)
      expect(area).toBeGreaterThan(before)
      before = area
      expect(shape.flat().reduce((sum, ring) => sum + ring.length, 0)).toBeLessThanOrEqual(400)
      for (const ring of shape.flat()) expect(ring.at(-1)).toEqual(ring[0])
    }
  })

  it('are a strip beside the road even for a few seconds', () => {
    expect(circleShape(search, 1)).toHaveLength(1)
  })
})
