/** Best weights of a step and a diagonal step (Borgefors): never more than 5 % wrong, and one circle costs a third of the exact way. */
const STEP = 0.955
const DIAGONAL = 1.3693
const FAR = 1e6

/**
 * For every cell of a grid the distance to the nearest marked one, in cells, ± 5 %. Two sweeps over the grid, O(cells). Without
 * any mark everything is far away.
 */
export function distanceToMarks(marks: Uint8Array, columns: number, rows: number): Float32Array {
  // A frame of far cells around the grid spares every check at its border.
  const wide = columns + 2
  const far = new Float32Array(wide * (rows + 2)).fill(FAR)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) if (marks[r * columns + c]) far[(r + 1) * wide + c + 1] = 0
  }
  for (let r = 1; r <= rows; r++) {
    for (let c = 1; c <= columns; c++) {
      const at = r * wide + c
      const below = at - wide
      far[at] = Math.min(
        far[at]!,
        far[at - 1]! + STEP,
        far[below]! + STEP,
        far[below - 1]! + DIAGONAL,
        far[below + 1]! + DIAGONAL,
      )
    }
  }
  const out = new Float32Array(columns * rows)
  for (let r = rows; r >= 1; r--) {
    for (let c = columns; c >= 1; c--) {
      const at = r * wide + c
      const above = at + wide
      far[at] = Math.min(
        far[at]!,
        far[at + 1]! + STEP,
        far[above]! + STEP,
        far[above - 1]! + DIAGONAL,
        far[above + 1]! + DIAGONAL,
      )
      out[(r - 1) * columns + c - 1] = far[at]!
    }
  }
  return out
}
