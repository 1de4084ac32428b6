import type { RoadGraph } from './graph.ts'

interface FlippedArcs {
  inArc: Int32Array
  outArc: Int32Array
}

const flipped = new WeakMap<RoadGraph, FlippedArcs>()

/**
 * The same roads driven the other way round: a reverse search on it is a search *from* a place, so that a patrol's own circle is drawn by
 * the very code that draws a scene's. Shares all arrays but the arcs; valid until the next change of the roads. O(arcs) the first time.
 */
export function flipGraph(graph: RoadGraph): RoadGraph {
  let arcs = flipped.get(graph)
  if (!arcs) {
    // Arc 2e runs along edge e and 2e + 1 against it: turned round, one is the other.
    arcs = { inArc: graph.outArc.map((arc) => arc ^ 1), outArc: graph.inArc.map((arc) => arc ^ 1) }
    flipped.set(graph, arcs)
  }
  return {
    ...graph,
    ...arcs,
    forwardS: graph.backwardS,
    backwardS: graph.forwardS,
    partForwardS: graph.partBackwardS,
    partBackwardS: graph.partForwardS,
    inStart: graph.outStart,
    outStart: graph.inStart,
  }
}
