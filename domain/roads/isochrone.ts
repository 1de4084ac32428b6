import { contourRings } from '../geo/contour.ts'
import { distanceToMarks } from '../geo/distance-grid.ts'
import { M_PER_DEG_LAT, mPerDegLng } from '../geo/distance.ts'
import { isInPolygon, ringArea } from '../geo/polygon.ts'
import { simplifyLine } from '../geo/polyline.ts'
import type { LngLat } from '../scalars.ts'
import type { ReverseSearch } from './reverse-search.ts'

/** Cells along the longer side: fine enough for a screen, coarse enough for a few milliseconds. */
const CELLS_ALONG = 150
const CELL_MIN_M = 14
/** Blocks narrower than twice this between reached roads count as reached: an officer gets out and walks into the yard. */
const FILL_M = 150
/** What remains beside a single road. */
const BESIDE_M = 45
/** Holes and specks smaller than this are noise on a screen, square metres. */
const SPECK_M2 = 30_000
/** All rings of a circle together; the desk gets three circles with each alarm. */
const POINTS_MAX = 400

interface Grid {
  west: number
  south: number
  kx: number
  cellM: number
  columns: number
  rows: number
  marks: Uint8Array
}

/**
 * The filled shape from which the scene is reached by road within a time (响应圈): GeoJSON MultiPolygon coordinates, outer rings
 * counter-clockwise. The roads of the search are drawn on a grid, grown over the blocks between them, shrunk again to a strip
 * beside the outermost roads, and outlined. Price: 3–6 ms on the demo district.
 * @param withinS not more than the search's cut
 */
export function circleShape(search: ReverseSearch, withinS: number): number[][][][] {
  const stretches = reachedStretches(search, withinS)
  const grid = createGrid(search, stretches)
  drawStretches(search, stretches, grid)
  const toRoad = distanceToMarks(grid.marks, grid.columns, grid.rows)
  const fill = Math.max(FILL_M, grid.cellM * 4) / grid.cellM
  const beside = Math.max(BESIDE_M, grid.cellM * 1.2) / grid.cellM
  const outside = Uint8Array.from(toRoad, (cells) => (cells > fill ? 1 : 0))
  const toOutside = distanceToMarks(outside, grid.columns, grid.rows)
  const rings = contourRings(blurred(toOutside, grid.columns, grid.rows), grid.columns, grid.rows, fill - beside)
  return polygonsOf(rings.map((ring) => ring.map(([c, r]) => placeOf(grid, c!, r!))))
}

/** The pieces of road from which the scene is reached within a time: `[edge, startFraction, endFraction]`, flat. */
export function reachedStretches(search: ReverseSearch, withinS: number): number[] {
  const { graph, scene, timeS } = search
  const stretches: number[] = []
  for (let e = 0; e < graph.edgeCount; e++) {
    const forward = shareWithin(withinS - timeS[graph.edgeTo[e]!]!, graph.partForwardS[e]!)
    const backward = shareWithin(withinS - timeS[graph.edgeFrom[e]!]!, graph.partBackwardS[e]!)
    if (forward + backward >= 1) stretches.push(e, 0, 1)
    else {
      if (forward > 0) stretches.push(e, 1 - forward, 1)
      if (backward > 0) stretches.push(e, 0, backward)
    }
  }
  const before = shareWithin(withinS, graph.partForwardS[scene.edge]!)
  const after = shareWithin(withinS, graph.partBackwardS[scene.edge]!)
  stretches.push(scene.edge, Math.max(0, scene.fraction - before), Math.min(1, scene.fraction + after))
  return stretches
}

function shareWithin(leftS: number, wholeS: number): number {
  if (leftS <= 0 || wholeS === Infinity) return 0
  return wholeS === 0 ? 1 : Math.min(1, leftS / wholeS)
}

function createGrid({ graph, scene }: ReverseSearch, stretches: readonly number[]): Grid {
  let [west, south, east, north] = [scene.lng, scene.lat, scene.lng, scene.lat]
  for (let i = 0; i < stretches.length; i += 3) {
    const e = stretches[i]!
    for (let p = graph.shapeStart[e]!; p < graph.shapeStart[e + 1]!; p++) {
      west = Math.min(west, graph.shapeLng[p]!)
      east = Math.max(east, graph.shapeLng[p]!)
      south = Math.min(south, graph.shapeLat[p]!)
      north = Math.max(north, graph.shapeLat[p]!)
    }
  }
  const kx = mPerDegLng((south + north) / 2)
  const sideM = Math.max((east - west) * kx, (north - south) * M_PER_DEG_LAT) + 4 * FILL_M
  const cellM = Math.max(CELL_MIN_M, sideM / CELLS_ALONG)
  const marginM = Math.max(FILL_M, cellM * 4) + 3 * cellM
  const columns = Math.ceil(((east - west) * kx + 2 * marginM) / cellM)
  const rows = Math.ceil(((north - south) * M_PER_DEG_LAT + 2 * marginM) / cellM)
  return {
    west: west - marginM / kx,
    south: south - marginM / M_PER_DEG_LAT,
    kx,
    cellM,
    columns,
    rows,
    marks: new Uint8Array(columns * rows),
  }
}

function drawStretches({ graph }: ReverseSearch, stretches: readonly number[], grid: Grid): void {
  const mark = (lng: number, lat: number): void => {
    const c = Math.floor(((lng - grid.west) * grid.kx) / grid.cellM)
    const r = Math.floor(((lat - grid.south) * M_PER_DEG_LAT) / grid.cellM)
    grid.marks[r * grid.columns + c] = 1
  }
  const stepM = grid.cellM * 0.7
  for (let i = 0; i < stretches.length; i += 3) {
    const e = stretches[i]!
    const fromM = stretches[i + 1]! * graph.edgeLengthM[e]!
    const toM = stretches[i + 2]! * graph.edgeLengthM[e]!
    let atM = fromM
    for (let p = graph.shapeStart[e]!; p + 1 < graph.shapeStart[e + 1]!; p++) {
      const startM = graph.shapeAtM[p]!
      const lengthM = graph.shapeAtM[p + 1]! - startM
      for (; atM <= Math.min(toM, startM + lengthM); atM += stepM) {
        const share = lengthM === 0 ? 0 : (atM - startM) / lengthM
        mark(
          graph.shapeLng[p]! + (graph.shapeLng[p + 1]! - graph.shapeLng[p]!) * share,
          graph.shapeLat[p]! + (graph.shapeLat[p + 1]! - graph.shapeLat[p]!) * share,
        )
      }
    }
  }
}

/** A 3 × 3 mean takes the stairs out of the outline. */
function blurred(values: Float32Array, columns: number, rows: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let r = 1; r < rows - 1; r++) {
    for (let c = 1; c < columns - 1; c++) {
      const at = r * columns + c
      let sum = 0
      for (let k = -1; k <= 1; k++) {
        const row = at + k * columns
        sum += values[row - 1]! + values[row]! + values[row + 1]!
      }
      out[at] = sum / 9
    }
  }
  return out
}

function placeOf(grid: Grid, c: number, r: number): LngLat {
  const lng = grid.west + ((c + 0.5) * grid.cellM) / grid.kx
  const lat = grid.south + ((r + 0.5) * grid.cellM) / M_PER_DEG_LAT
  return [Math.round(lng * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6]
}

function polygonsOf(rings: LngLat[][]): number[][][][] {
  const m2PerSquareDeg = rings.length === 0 ? 1 : mPerDegLng(rings[0]![0]![1]) * M_PER_DEG_LAT
  const kept = rings
    .map((ring) => ({ ring, areaM2: ringArea(ring) * m2PerSquareDeg }))
    .filter(({ areaM2 }) => Math.abs(areaM2) > SPECK_M2 || areaM2 === largest(rings) * m2PerSquareDeg)
    .map(({ ring, areaM2 }) => ({ ring: rounded(ring), areaM2 }))
  let toleranceM = 3
  let simple = kept
  do {
    simple = kept.map(({ ring, areaM2 }) => ({ ring: simplifyLine(ring, toleranceM), areaM2 }))
    toleranceM *= 1.5
  } while (simple.reduce((sum, { ring }) => sum + ring.length, 0) > POINTS_MAX && toleranceM < 500)
  const outers = simple.filter(({ areaM2, ring }) => areaM2 > 0 && ring.length >= 4)
  const holes = simple.filter(({ areaM2, ring }) => areaM2 < 0 && ring.length >= 4)
  const polygons = outers.map(({ ring, areaM2 }) => ({ areaM2, rings: [ring] }))
  for (const hole of holes) {
    const around = polygons
      .filter(({ rings: [outer], areaM2 }) => areaM2 > -hole.areaM2 && isInPolygon([outer!], ...hole.ring[0]!))
      .sort((a, b) => a.areaM2 - b.areaM2)[0]
    around?.rings.push(hole.ring)
  }
  return polygons.map(({ rings: list }) => list)
}

function largest(rings: readonly LngLat[][]): number {
  return rings.reduce((most, ring) => Math.max(most, ringArea(ring)), 0)
}

/** Corners cut once (Chaikin) on a closed ring. */
function rounded(ring: LngLat[]): LngLat[] {
  const out: LngLat[] = []
  for (let i = 0; i + 1 < ring.length; i++) {
    const [a, b] = [ring[i]!, ring[i + 1]!]
    out.push(
      [a[0] * 0.75 + b[0] * 0.25, a[1] * 0.75 + b[1] * 0.25],
      [a[0] * 0.25 + b[0] * 0.75, a[1] * 0.25 + b[1] * 0.75],
    )
  }
  out.push([...out[0]!])
  return out
}
