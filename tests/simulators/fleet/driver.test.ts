import { describe, expect, it } from 'vitest'
import { distanceM } from '../../../domain/geo/distance.ts'
import { buildRoadGraph } from '../../../domain/roads/graph.ts'
import { TRAFFIC_SPEEDS } from '../../../domain/roads/speeds.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { Roamer, RouteDriver } from '../../../simulators/fleet/driver.ts'
import { seededRandom } from '../../../simulators/fleet/seeded-random.ts'

/** A 5 × 5 grid of residential streets, about 200 m apart. */
function grid() {
  const junctions = []
  const edges = []
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 5; x++) {
      junctions.push({ id: `${x}-${y}`, lng: 114 + x * 0.002, lat: 22.6 + y * 0.0018 })
      const edge = (to: string) => ({
        id: `${x}-${y}>${to}`,
        from: `${x}-${y}`,
        to,
        class: 'residential' as const,
        oneway: false,
        shape: [],
      })
      if (x < 4) edges.push(edge(`${x + 1}-${y}`))
      if (y < 4) edges.push(edge(`${x}-${y + 1}`))
    }
  }
  return buildRoadGraph({ junctions, edges }, TRAFFIC_SPEEDS)
}

describe('a simulated vehicle', () => {
  it('stays on the roads, never jumps, and goes no faster than its road allows', () => {
    const graph = grid()
    const roamer = new Roamer(graph, seededRandom(7), 0, null, Infinity)
    let { lng, lat } = roamer.motion
    let drivenM = 0
    for (let i = 0; i < 2000; i++) {
      roamer.step(0.5)
      const stepM = distanceM(lng, lat, roamer.motion.lng, roamer.motion.lat)
      expect(stepM).toBeLessThan(12)
      drivenM += stepM
      ;({ lng, lat } = roamer.motion)
      const offX = Math.abs((lng - 114) / 0.002 - Math.round((lng - 114) / 0.002))
      const offY = Math.abs((lat - 22.6) / 0.0018 - Math.round((lat - 22.6) / 0.0018))
      expect(Math.min(offX, offY)).toBeLessThan(1e-6)
    }
    expect(drivenM).toBeGreaterThan(2000)
  })

  it('with a beat returns to it', () => {
    const graph = grid()
    const home: LngLat = [114, 22.6]
    const roamer = new Roamer(graph, seededRandom(3), 0, home, 300)
    let outside = 0
    for (let i = 0; i < 4000; i++) {
      roamer.step(0.5)
      if (distanceM(roamer.motion.lng, roamer.motion.lat, ...home) > 750) outside++
    }
    expect(outside).toBe(0)
  })

  it('on a route arrives at its end in about the promised time and stands there', () => {
    const line: LngLat[] = [
      [114, 22.6],
      [114.01, 22.6],
      [114.01, 22.61],
    ]
    const car = new RouteDriver(line, 120)
    let seconds = 0
    while (!car.hasArrived && seconds < 600) {
      car.step(0.5)
      seconds += 0.5
    }
    expect(seconds).toBeGreaterThan(100)
    expect(seconds).toBeLessThan(160)
    car.step(0.5)
    expect(car.motion).toMatchObject({ lng: 114.01, lat: 22.61, speedMps: 0 })
  })
})
