import { CellCounts } from './cell-counts.ts'

/**
 * Which of thousands of taxis to show so that the streets stay readable. Every dot has a fixed rank; in each cell of a grid that
 * lies on the ground (so it does not swim while panning) only the lowest few ranks are shown. The same cars stay in the picture
 * from second to second, sparse quarters keep all of theirs, and zooming in only adds.
 */
export interface ThinGrid {
  /** Side of a cell on the ground at the middle of the view, metres. */
  cellM: number
  perCell: number
  /** So near that nothing is left out. */
  isAllNear: boolean
}

/** Cell by zoom: one dot in 64 px square at the district, two in 24 px at the street; from z 17 all that are near. */
export function thinGridAt(zoom: number, metresPerPx: number): ThinGrid {
  const cellPx = zoom < 12 ? 64 : zoom < 14 ? 64 - (zoom - 12) * 10 : Math.max(22, 44 - (zoom - 14) * 10)
  // Rounded to powers of √2: cells (and so the chosen cars) change at steps of half a zoom, not with every wheel click.
  const cellM = 2 ** (Math.round(Math.log2(cellPx * metresPerPx) * 2) / 2)
  return { cellM, perCell: zoom < 14 ? 1 : 2, isAllNear: zoom >= 17 }
}

/** Fixed rank of a key, 0–2³²: an integer hash, so that neighbours in the fleet list are not neighbours in rank. */
export function rankOf(key: number): number {
  let h = Math.imul(key ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const cells = new CellCounts()

export interface ThinDots {
  grid: ThinGrid
  /** Indices by rising rank. */
  order: ArrayLike<number>
  count: number
  /** Metres of the plane, by index. */
  placeX: ArrayLike<number>
  placeY: ArrayLike<number>
  /** How many times farther away than the middle of the view (1 seen from above); a far cell covers more ground. */
  farness: ArrayLike<number>
  /** Shown whatever the crowd (followed, emergency). */
  isPinned: (index: number) => boolean
  /** Out: 1 or 0 by index. */
  shown: Uint8Array
}

/** Cells the whole plane may have on a side: 2^20 × 10 m covers any city. */
const CELL_SPAN = 1 << 20
/** Twice as far, four, eight, …: beyond that nothing is told apart anyway. */
const LEVELS_MAX = 6

/** @returns how many are shown */
export function thinDots(dots: ThinDots): number {
  const { grid, order, shown } = dots
  let total = 0
  cells.begin(dots.count)
  for (let i = 0; i < dots.count; i++) {
    const index = order[i]!
    const farness = dots.farness[index]!
    // Seen from above all are as far as the middle, and a logarithm each would be most of the price.
    const level = farness === 1 ? 0 : Math.min(LEVELS_MAX, Math.max(0, Math.round(Math.log2(farness))))
    let isShown = (grid.isAllNear && level === 0) || dots.isPinned(index)
    if (!isShown) {
      const cellM = grid.cellM * 2 ** level
      const cellX = Math.floor(dots.placeX[index]! / cellM) + CELL_SPAN / 2
      const cellY = Math.floor(dots.placeY[index]! / cellM) + CELL_SPAN / 2
      isShown = cells.take((level * CELL_SPAN + cellX) * CELL_SPAN + cellY, grid.perCell)
    }
    shown[index] = isShown ? 1 : 0
    if (isShown) total++
  }
  return total
}
