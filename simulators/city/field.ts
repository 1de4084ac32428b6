import { createNoise, type Chance } from './chance.ts'
import { footOn, simplify, type Point } from './plane.ts'
import { sampled } from './raster.ts'
import type { Street } from './streets.ts'
import type { Terrain } from './terrain.ts'

/** Direction of the streets at a place, radians from east; the cross streets stand upright on it. */
export type Field = (p: Point) => number

/** How far a shore, a railway or an avenue makes the streets run along it, metres. */
const SHORE_REACH_M = 800
const RIVER_REACH_M = 520
const RAIL_REACH_M = 380
const AVENUE_REACH_M = 260

/**
 * A town is not a chessboard: streets follow the shore, the river, the railway and the avenues near them, and turn slowly in
 * between. The angles are blended doubled (as tensors), so that a street and its opposite are the same direction.
 */
export function createField(terrain: Terrain, avenues: readonly Street[], chance: Chance): Field {
  const turn = createNoise(chance.fork('turn'), 1300)
  const pulls = [
    { line: terrain.coast, reachM: SHORE_REACH_M, weight: 1.1 },
    { line: terrain.river, reachM: RIVER_REACH_M, weight: 1.0 },
    { line: terrain.rail, reachM: RAIL_REACH_M, weight: 0.9 },
    ...avenues.map((avenue) => ({ line: avenue.line, reachM: AVENUE_REACH_M, weight: 1.2 })),
  ].map((pull) => ({ ...pull, line: simplify(pull.line, 3) }))
  const blend = (p: Point): [number, number] => {
    const base = turn(p[0], p[1]) * 1.15
    let [c, s] = [0.45 * Math.cos(2 * base), 0.45 * Math.sin(2 * base)]
    for (const pull of pulls) {
      const foot = footOn(pull.line, p)
      if (foot.distance > pull.reachM * 3) continue
      const weight = pull.weight * Math.exp(-foot.distance / pull.reachM)
      // Four-fold symmetry: an avenue pulls its cross streets as well as its parallels.
      const angle = nearestQuarter(foot.angle, base)
      c += weight * Math.cos(2 * angle)
      s += weight * Math.sin(2 * angle)
    }
    return [c, s]
  }
  // Both halves are asked for the same places in the same order.
  const sines: number[] = []
  const c = sampled((p) => {
    const [cosine, sine] = blend(p)
    sines.push(sine)
    return cosine
  }, 90)
  let at = 0
  const s = sampled(() => sines[at++]!, 90)
  return (p) => 0.5 * Math.atan2(s(p), c(p))
}

/** The angle turned by quarters until it is nearest to `like`. */
function nearestQuarter(angle: number, like: number): number {
  const quarter = Math.PI / 2
  return angle + Math.round((like - angle) / quarter) * quarter
}
