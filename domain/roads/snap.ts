import { bearingGapDeg, M_PER_DEG_LAT, mPerDegLng } from '../geo/distance.ts'
import type { RoadGraph } from './graph.ts'

/** A place on a road. */
export interface Snap {
  edge: number
  /** 0 at the edge's first junction, 1 at its second, by length. */
  fraction: number
  lng: number
  lat: number
  /** From the asked place to the road, metres. */
  offRoadM: number
  /** Direction of the road there: the one that fits the asked bearing, else the drawing direction. */
  bearingDeg: number
}

/** `maxM`: give up beyond; `bearingDeg`: where the vehicle is heading, NaN or absent when unknown. */
export type Snapper = (lng: number, lat: number, maxM?: number, bearingDeg?: number) => Snap | null

/** Beyond half a kilometre the nearest road says nothing about how to get there. */
export const SNAP_MAX_M = 500
/** Going straight against a road counts as this much further away: more than the gap of a dual carriageway (10–25 m) and a GPS error. */
const WRONG_WAY_M = 40
/** Average pieces of road per cell; 2–4 gave the fastest look-ups on the demo district. */
const PIECES_PER_CELL = 3

interface Index {
  west: number
  south: number
  cellLng: number
  cellLat: number
  columns: number
  rows: number
  /** Pieces (numbers of their first shape point) of cell c: `piece[start[c] … start[c + 1])`. */
  start: Int32Array
  piece: Int32Array
  /** Edge of each shape point. */
  edgeOf: Int32Array
}

/**
 * Makes the look-up of the nearest road. Building is O(pieces of road); a look-up visits the cells around the place only, ~1 µs
 * in town. With a bearing, a vehicle on a dual carriageway lands on the side it drives on.
 */
export function createSnapper(graph: RoadGraph): Snapper {
  const index = buildIndex(graph)
  return (lng, lat, maxM = SNAP_MAX_M, bearingDeg = NaN) => {
    const kx = mPerDegLng(lat)
    const cellM = Math.min(index.cellLng * kx, index.cellLat * M_PER_DEG_LAT)
    const column = Math.floor((lng - index.west) / index.cellLng)
    const row = Math.floor((lat - index.south) / index.cellLat)
    const best = { piece: -1, score: Infinity, offM: 0, share: 0 }
    const rings = Math.min(
      Math.ceil(maxM / cellM),
      Math.max(index.columns, index.rows) + 1 + outside(index, column, row),
    )
    for (let ring = 0; ring <= rings; ring++) {
      // Everything in this ring is at least (ring − 1) cells away.
      if ((ring - 1) * cellM > Math.min(maxM, best.score)) break
      forRing(index, column, row, ring, (piece) => visit(graph, index, piece, lng, lat, kx, maxM, bearingDeg, best))
    }
    return best.piece < 0 ? null : toSnap(graph, index, best.piece, best.share, best.offM, bearingDeg)
  }
}

/** Cells between a place outside of the network's box and the box. */
function outside(index: Index, column: number, row: number): number {
  return Math.max(0, -column, column - index.columns, -row, row - index.rows)
}

function forRing(index: Index, column: number, row: number, ring: number, see: (piece: number) => void): void {
  for (let r = Math.max(0, row - ring); r <= Math.min(index.rows - 1, row + ring); r++) {
    const isEdgeRow = Math.abs(r - row) === ring
    const step = isEdgeRow || ring === 0 ? 1 : ring * 2
    for (let c = column - ring; c <= column + ring; c += step) {
      if (c < 0 || c >= index.columns) continue
      const cell = r * index.columns + c
      for (let k = index.start[cell]!; k < index.start[cell + 1]!; k++) see(index.piece[k]!)
    }
  }
}

function visit(
  graph: RoadGraph,
  index: Index,
  piece: number,
  lng: number,
  lat: number,
  kx: number,
  maxM: number,
  bearing: number,
  best: { piece: number; score: number; offM: number; share: number },
): void {
  const ax = (graph.shapeLng[piece]! - lng) * kx
  const ay = (graph.shapeLat[piece]! - lat) * M_PER_DEG_LAT
  const bx = (graph.shapeLng[piece + 1]! - lng) * kx - ax
  const by = (graph.shapeLat[piece + 1]! - lat) * M_PER_DEG_LAT - ay
  const lengthSq = bx * bx + by * by
  const share = lengthSq === 0 ? 0 : Math.max(0, Math.min(1, -(ax * bx + ay * by) / lengthSq))
  const offM = Math.hypot(ax + share * bx, ay + share * by)
  if (offM > maxM || offM >= best.score) return
  let score = offM
  if (!Number.isNaN(bearing)) {
    const roadDeg = ((Math.atan2(bx, by) * 180) / Math.PI + 360) % 360
    let gapDeg = bearingGapDeg(roadDeg, bearing)
    if (graph.backwardS[index.edgeOf[piece]!] !== Infinity) gapDeg = Math.min(gapDeg, 180 - gapDeg)
    score += (WRONG_WAY_M * (1 - Math.cos((gapDeg * Math.PI) / 180))) / 2
  }
  if (score >= best.score) return
  best.piece = piece
  best.score = score
  best.offM = offM
  best.share = share
}

function toSnap(graph: RoadGraph, index: Index, piece: number, share: number, offRoadM: number, bearing: number): Snap {
  const edge = index.edgeOf[piece]!
  const atM = graph.shapeAtM[piece]! + (graph.shapeAtM[piece + 1]! - graph.shapeAtM[piece]!) * share
  const lengthM = graph.edgeLengthM[edge]!
  const aLng = graph.shapeLng[piece]!
  const aLat = graph.shapeLat[piece]!
  const dLng = graph.shapeLng[piece + 1]! - aLng
  const dLat = graph.shapeLat[piece + 1]! - aLat
  let roadDeg = ((Math.atan2(dLng * mPerDegLng(aLat), dLat * M_PER_DEG_LAT) * 180) / Math.PI + 360) % 360
  if (!Number.isNaN(bearing) && graph.backwardS[edge] !== Infinity && bearingGapDeg(roadDeg, bearing) > 90) {
    roadDeg = (roadDeg + 180) % 360
  }
  return {
    edge,
    fraction: lengthM === 0 ? 0 : Math.min(1, atM / lengthM),
    lng: aLng + dLng * share,
    lat: aLat + dLat * share,
    offRoadM,
    bearingDeg: roadDeg,
  }
}

function buildIndex(graph: RoadGraph): Index {
  const points = graph.shapeLng.length
  const edgeOf = new Int32Array(points).fill(-1)
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  let pieces = 0
  for (let e = 0; e < graph.edgeCount; e++) {
    const last = graph.shapeStart[e + 1]! - 1
    for (let p = graph.shapeStart[e]!; p <= last; p++) {
      // The last point of an edge starts no piece.
      if (p < last) {
        edgeOf[p] = e
        pieces++
      }
      west = Math.min(west, graph.shapeLng[p]!)
      east = Math.max(east, graph.shapeLng[p]!)
      south = Math.min(south, graph.shapeLat[p]!)
      north = Math.max(north, graph.shapeLat[p]!)
    }
  }
  if (pieces === 0) [west, south, east, north] = [0, 0, 1, 1]
  const kx = mPerDegLng((south + north) / 2)
  const areaM2 = Math.max(1, (east - west) * kx * (north - south) * M_PER_DEG_LAT)
  const cellM = Math.max(20, Math.sqrt((areaM2 * PIECES_PER_CELL) / Math.max(1, pieces)))
  const cellLng = cellM / kx
  const cellLat = cellM / M_PER_DEG_LAT
  const columns = Math.floor((east - west) / cellLng) + 1
  const rows = Math.floor((north - south) / cellLat) + 1
  const start = new Int32Array(columns * rows + 1)
  const index: Index = { west, south, cellLng, cellLat, columns, rows, start, piece: new Int32Array(0), edgeOf }
  forCells(graph, index, (cell) => start[cell + 1]!++)
  for (let c = 0; c < columns * rows; c++) start[c + 1]! += start[c]!
  index.piece = new Int32Array(start[columns * rows]!)
  const next = start.slice()
  forCells(graph, index, (cell, piece) => {
    index.piece[next[cell]!++] = piece
  })
  return index
}

/** Every cell of the box around every piece: a long diagonal piece is in a few cells too many, which costs only time. */
function forCells(graph: RoadGraph, index: Index, see: (cell: number, piece: number) => void): void {
  for (let p = 0; p + 1 < graph.shapeLng.length; p++) {
    if (index.edgeOf[p]! < 0) continue
    const aColumn = Math.floor((graph.shapeLng[p]! - index.west) / index.cellLng)
    const bColumn = Math.floor((graph.shapeLng[p + 1]! - index.west) / index.cellLng)
    const aRow = Math.floor((graph.shapeLat[p]! - index.south) / index.cellLat)
    const bRow = Math.floor((graph.shapeLat[p + 1]! - index.south) / index.cellLat)
    for (let r = Math.min(aRow, bRow); r <= Math.max(aRow, bRow); r++) {
      for (let c = Math.min(aColumn, bColumn); c <= Math.max(aColumn, bColumn); c++) see(r * index.columns + c, p)
    }
  }
}
