import { HEIGHT_M, WIDTH_M } from './terrain.ts'
import type { Point } from './plane.ts'

/** Some of the drawing lies beyond the border. */
const MARGIN_M = 900

/** A slow function of the place, sampled once on a raster and read between the samples (bilinear). */
export function sampled(slow: (p: Point) => number, cellM = 40): (p: Point) => number {
  const columns = Math.ceil((WIDTH_M + 2 * MARGIN_M) / cellM) + 1
  const rows = Math.ceil((HEIGHT_M + 2 * MARGIN_M) / cellM) + 1
  const values = new Float32Array(columns * rows)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) values[r * columns + c] = slow([c * cellM - MARGIN_M, r * cellM - MARGIN_M])
  }
  return ([x, y]) => {
    const fx = Math.max(0, Math.min(columns - 1.001, (x + MARGIN_M) / cellM))
    const fy = Math.max(0, Math.min(rows - 1.001, (y + MARGIN_M) / cellM))
    const [c, r] = [Math.floor(fx), Math.floor(fy)]
    const [u, v] = [fx - c, fy - r]
    const at = r * columns + c
    const south = values[at]! * (1 - u) + values[at + 1]! * u
    const north = values[at + columns]! * (1 - u) + values[at + columns + 1]! * u
    return south * (1 - v) + north * v
  }
}
