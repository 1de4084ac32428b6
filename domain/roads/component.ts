interface Ends {
  from: number
  to: number
  oneway: boolean
}

/**
 * Marks the junctions of the largest strongly connected part: from each of them every other can be driven to. A snap outside of
 * it would be a patrol that can never arrive. Kosaraju's two sweeps without recursion, O(junctions + edges).
 * @returns 1 per kept junction
 */
export function largestComponent(junctionCount: number, edges: readonly Ends[]): Uint8Array {
  const out = neighbours(junctionCount, edges, false)
  const back = neighbours(junctionCount, edges, true)
  const order = finishOrder(junctionCount, out)
  const part = new Int32Array(junctionCount).fill(-1)
  let best = -1
  let bestSize = 0
  for (let i = order.length - 1; i >= 0; i--) {
    const root = order[i]!
    if (part[root] !== -1) continue
    const stack = [root]
    part[root] = root
    let size = 0
    for (let j = stack.pop(); j !== undefined; j = stack.pop()) {
      size++
      for (const next of back[j]!) {
        if (part[next] !== -1) continue
        part[next] = root
        stack.push(next)
      }
    }
    if (size > bestSize) {
      bestSize = size
      best = root
    }
  }
  return Uint8Array.from(part, (root) => (root === best ? 1 : 0))
}

function neighbours(junctionCount: number, edges: readonly Ends[], reversed: boolean): number[][] {
  const lists: number[][] = Array.from({ length: junctionCount }, () => [])
  for (const { from, to, oneway } of edges) {
    if (from < 0 || to < 0) continue
    if (!oneway || !reversed) lists[from]!.push(to)
    if (!oneway || reversed) lists[to]!.push(from)
  }
  return lists
}

/** Junctions in the order in which a depth-first walk leaves them. */
function finishOrder(junctionCount: number, out: number[][]): number[] {
  const order: number[] = []
  const seen = new Uint8Array(junctionCount)
  const nextChild = new Int32Array(junctionCount)
  for (let start = 0; start < junctionCount; start++) {
    if (seen[start]) continue
    const path = [start]
    seen[start] = 1
    while (path.length > 0) {
      const j = path[path.length - 1]!
      const child = out[j]![nextChild[j]!++]
      if (child === undefined) {
        order.push(j)
        path.pop()
      } else if (!seen[child]) {
        seen[child] = 1
        path.push(child)
      }
    }
  }
  return order
}
