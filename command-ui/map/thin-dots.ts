/**
 * Which of thousands of taxis to show so that the streets stay readable. Every dot has a fixed rank; in each cell of a grid that
 * lies on the ground (so it does not swim while panning) only the lowest few ranks are shown. The same cars stay in the picture
 * from second to second, sparse quarters keep all of theirs, and zooming in only adds.
 */
export interface ThinGrid {
  /** Side of a cell on the ground, metres; 0 shows everything. */
  cellM: number
  perCell: number
}

/** Cell by zoom: 2 dots in 60 px square at the district, everything from z 16.5 on. */
export function thinGridAt(zoom: number, metresPerPx: number): ThinGrid {
  if (zoom >= 16.5) return { cellM: 0, perCell: 0 }
  const cellPx = zoom < 12 ? 64 : zoom < 14 ? 64 - (zoom - 12) * 10 : 44 - (zoom - 14) * 10
  // Rounded to powers of √2: cells (and so the chosen cars) change at steps of half a zoom, not with every wheel click.
  const cellM = 2 ** (Math.round(Math.log2(cellPx * metresPerPx) * 2) / 2)
  return { cellM, perCell: zoom < 14 ? 1 : 2 }
}

/** Fixed rank of a key, 0–2³²: an integer hash, so that neighbours in the fleet list are not neighbours in rank. */
export function rankOf(key: number): number {
  let h = Math.imul(key ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Cells the whole plane may have on a side: 2^20 × 10 m covers any city. */
const CELL_SPAN = 1 << 20

/**
 * @param order indices by rising rank
 * @param placeX,placeY metres of the plane, by index
 * @param isPinned dots shown whatever the crowd (followed, emergency)
 * @param shown out: 1 or 0 by index
 * @returns how many are shown
 */
export function thinDots(
  grid: ThinGrid,
  order: ArrayLike<number>,
  count: number,
  placeX: ArrayLike<number>,
  placeY: ArrayLike<number>,
  isPinned: (index: number) => boolean,
  shown: Uint8Array,
): number {
  let total = 0
  const taken = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const index = order[i]!
    let isShown = grid.cellM === 0 || isPinned(index)
    if (!isShown) {
      const cellX = Math.floor(placeX[index]! / grid.cellM) + CELL_SPAN / 2
      const cellY = Math.floor(placeY[index]! / grid.cellM) + CELL_SPAN / 2
      const cell = cellX * CELL_SPAN + cellY
      const seen = taken.get(cell) ?? 0
      isShown = seen < grid.perCell
      if (isShown) taken.set(cell, seen + 1)
    }
    shown[index] = isShown ? 1 : 0
    if (isShown) total++
  }
  return total
}
