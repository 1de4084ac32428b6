const FAR = 1e12

/**
 * For every cell of a grid the distance to the nearest marked one, in cells, exact (Felzenszwalb and Huttenlocher: the lower
 * envelope of parabolas, once along the columns and once along the rows). O(cells). Without any mark everything is far away.
 */
export function distanceToMarks(marks: Uint8Array, columns: number, rows: number): Float32Array {
  const sq = Float64Array.from(marks, (mark) => (mark ? 0 : FAR))
  const size = Math.max(columns, rows)
  const line = new Float64Array(size)
  const out = new Float64Array(size)
  const hull = new Int32Array(size)
  const meets = new Float64Array(size + 1)
  for (let c = 0; c < columns; c++) {
    for (let r = 0; r < rows; r++) line[r] = sq[r * columns + c]!
    envelope(line, rows, out, hull, meets)
    for (let r = 0; r < rows; r++) sq[r * columns + c] = out[r]!
  }
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) line[c] = sq[r * columns + c]!
    envelope(line, columns, out, hull, meets)
    for (let c = 0; c < columns; c++) sq[r * columns + c] = out[c]!
  }
  return Float32Array.from(sq, Math.sqrt)
}

/** Squared distances along one line: which parabola lies lowest at each cell. */
function envelope(line: Float64Array, length: number, out: Float64Array, hull: Int32Array, meets: Float64Array): void {
  let top = 0
  hull[0] = 0
  meets[0] = -Infinity
  meets[1] = Infinity
  for (let q = 1; q < length; q++) {
    let meet = meetOf(line, hull[top]!, q)
    while (meet <= meets[top]!) meet = meetOf(line, hull[--top]!, q)
    hull[++top] = q
    meets[top] = meet
    meets[top + 1] = Infinity
  }
  for (let q = 0, k = 0; q < length; q++) {
    while (meets[k + 1]! < q) k++
    const gap = q - hull[k]!
    out[q] = gap * gap + line[hull[k]!]!
  }
}

/** Where the parabolas of two cells cross. */
function meetOf(line: Float64Array, p: number, q: number): number {
  return (line[q]! + q * q - (line[p]! + p * p)) / (2 * q - 2 * p)
}
