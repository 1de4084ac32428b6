/**
 * Outlines of where a grid of numbers is at least `level` (marching squares). Everything outside of the grid counts as below.
 * @param values row by row, `columns × rows`
 * @returns closed rings in grid coordinates `[column, row]`: outer ones counter-clockwise, holes clockwise (rows upwards)
 */
export function contourRings(values: ArrayLike<number>, columns: number, rows: number, level: number): number[][][] {
  const below = level - 1
  const at = (c: number, r: number): number =>
    c < 0 || r < 0 || c >= columns || r >= rows ? below : values[r * columns + c]!
  const wide = columns + 2
  /** Each grid line between two neighbours is crossed at most once: its number names the point. */
  const flat = (c: number, r: number): number => ((r + 1) * wide + c + 1) * 2
  const upright = (c: number, r: number): number => flat(c, r) + 1
  const next = new Map<number, number>()
  for (let r = -1; r < rows; r++) {
    for (let c = -1; c < columns; c++) {
      const [sw, se, ne, nw] = [at(c, r), at(c + 1, r), at(c + 1, r + 1), at(c, r + 1)]
      const mask = (sw >= level ? 1 : 0) | (se >= level ? 2 : 0) | (ne >= level ? 4 : 0) | (nw >= level ? 8 : 0)
      if (mask === 0 || mask === 15) continue
      const [south, east, north, west] = [flat(c, r), upright(c + 1, r), flat(c, r + 1), upright(c, r)]
      const isMiddleIn = (sw + se + ne + nw) / 4 >= level
      link(next, mask, isMiddleIn, south, east, north, west)
    }
  }
  return chain(next, (key) => {
    const cell = key >> 1
    const c = (cell % wide) - 1
    const r = Math.floor(cell / wide) - 1
    const isUpright = (key & 1) === 1
    const a = at(c, r)
    const b = isUpright ? at(c, r + 1) : at(c + 1, r)
    const share = a === b ? 0.5 : Math.max(0.001, Math.min(0.999, (level - a) / (b - a)))
    return isUpright ? [c, r + share] : [c + share, r]
  })
}

/** From which side of a cell the outline goes to which: 0 south, 1 east, 2 north, 3 west. */
const LINKS: Record<number, [number, number]> = {
  1: [0, 3],
  2: [1, 0],
  3: [1, 3],
  4: [2, 1],
  6: [2, 0],
  7: [2, 3],
  8: [3, 2],
  9: [0, 2],
  11: [1, 2],
  12: [3, 1],
  13: [0, 1],
  14: [3, 0],
}

/** The inside lies to the left of every link. */
function link(
  next: Map<number, number>,
  mask: number,
  isMiddleIn: boolean,
  south: number,
  east: number,
  north: number,
  west: number,
): void {
  if (mask === 5) {
    // South-west and north-east: one band through the middle, or two corners.
    next.set(south, isMiddleIn ? east : west)
    next.set(north, isMiddleIn ? west : east)
    return
  }
  if (mask === 10) {
    next.set(east, isMiddleIn ? north : south)
    next.set(west, isMiddleIn ? south : north)
    return
  }
  const [from, to] = LINKS[mask]!
  const sides = [south, east, north, west]
  next.set(sides[from]!, sides[to]!)
}

function chain(next: Map<number, number>, pointOf: (key: number) => number[]): number[][][] {
  const rings: number[][][] = []
  for (const start of next.keys()) {
    if (!next.has(start)) continue
    const ring: number[][] = []
    let key: number | undefined = start
    while (key !== undefined && next.has(key)) {
      ring.push(pointOf(key))
      const to: number | undefined = next.get(key)
      next.delete(key)
      key = to
    }
    if (ring.length < 3) continue
    ring.push([...ring[0]!])
    rings.push(ring)
  }
  return rings
}
