import type { PatrolPlace } from '../../domain/choose-patrol.ts'
import { M_PER_DEG_LAT, mPerDegLng } from '../../domain/geo/distance.ts'
import type { EdgeInput, JunctionInput, RoadGraph } from '../../domain/roads/graph.ts'
import { pointAt } from '../../domain/roads/part-line.ts'
import type { RoadClass } from '../../domain/roads/speeds.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Zone } from '../../domain/zone.ts'

const BLOCK_M = 130
const SOUTH_WEST: LngLat = [113.8, 22.4]
const BRIDGE_EVERY = 14
const RIVER_EVERY = 26

/**
 * A town of blocks with noise: every eighth street is wide, a tenth of the small ones is missing, a fifth one-way, and every 26 blocks a
 * river or a railway runs through with a crossing every 14.
 */
export function makeTown(
  edgesWanted: number,
  chance: () => number,
): { junctions: JunctionInput[]; edges: EdgeInput[] } {
  const side = Math.ceil(Math.sqrt(edgesWanted / 1.86)) + 1
  const kx = mPerDegLng(SOUTH_WEST[1])
  const junctions: JunctionInput[] = []
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      const x = (c + (chance() - 0.5) * 0.4) * BLOCK_M
      const y = (r + (chance() - 0.5) * 0.4) * BLOCK_M
      junctions.push({ id: `J${r}-${c}`, lng: SOUTH_WEST[0] + x / kx, lat: SOUTH_WEST[1] + y / M_PER_DEG_LAT })
    }
  }
  const edges: EdgeInput[] = []
  const add = (a: JunctionInput, b: JunctionInput, line: number): void => {
    const roadClass = classOf(line, chance)
    const isSmall = line % 8 !== 0
    if (isSmall && chance() < 0.1) return
    const bend: LngLat = [
      (a.lng + b.lng) / 2 + ((chance() - 0.5) * 20) / kx,
      (a.lat + b.lat) / 2 + ((chance() - 0.5) * 20) / M_PER_DEG_LAT,
    ]
    const ends = chance() < 0.5 ? [a, b] : [b, a]
    edges.push({
      id: `R${edges.length}`,
      from: ends[0]!.id,
      to: ends[1]!.id,
      class: roadClass,
      oneway: isSmall && chance() < 0.2,
      shape: [[ends[0]!.lng, ends[0]!.lat], bend, [ends[1]!.lng, ends[1]!.lat]],
    })
  }
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      const here = junctions[r * side + c]!
      const isBank = c % RIVER_EVERY === RIVER_EVERY / 2
      if (c + 1 < side && (!isBank || r % BRIDGE_EVERY === 0)) add(here, junctions[r * side + c + 1]!, r)
      if (r + 1 < side) add(here, junctions[(r + 1) * side + c]!, c)
    }
  }
  return { junctions, edges }
}

function classOf(line: number, chance: () => number): RoadClass {
  if (line % 32 === 0) return 'trunk'
  if (line % 8 === 0) return 'primary'
  if (line % 4 === 0) return 'secondary'
  return chance() < 0.5 ? 'tertiary' : 'residential'
}

export function placeOnRoad(graph: RoadGraph, chance: () => number): LngLat {
  const edge = Math.floor(chance() * graph.edgeCount)
  return pointAt(graph, edge, chance() * graph.edgeLengthM[edge]!)
}

/** Three of five are free; every fix is fresh. */
export function makePatrols(graph: RoadGraph, count: number, nowMs: number, chance: () => number): PatrolPlace[] {
  return Array.from({ length: count }, (_, i) => {
    const [lng, lat] = placeOnRoad(graph, chance)
    const status = chance() < 0.6 ? 'free' : 'en-route'
    return { id: `p${i}`, callsign: `P${i}`, kind: 'car', status, lng, lat, bearingDeg: null, fixAtMs: nowMs - 2000 }
  })
}

/** Tiles over the whole network, with the goals of a district. */
export function makeZones(graph: RoadGraph, tiles: number): Zone[] {
  const [west, east] = extent(graph.lng)
  const [south, north] = extent(graph.lat)
  const goals = [180, 300, 480]
  return Array.from({ length: tiles * tiles }, (_, i) => {
    const [x, y] = [i % tiles, Math.floor(i / tiles)]
    const [a, b] = [west + ((east - west) * x) / tiles, west + ((east - west) * (x + 1)) / tiles]
    const [c, d] = [south + ((north - south) * y) / tiles, south + ((north - south) * (y + 1)) / tiles]
    const ring: LngLat[] = [[a, c], [b, c], [b, d], [a, d], [a, c]] // prettier-ignore
    return { id: `z${i}`, name: `z${i}`, nameEn: null, kind: 'busy', goalS: goals[i % 3]!, polygon: [ring] }
  })
}

function extent(values: Float64Array): [number, number] {
  return values.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
}
