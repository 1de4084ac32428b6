import type { LngLat } from '../scalars.ts'
import { ROAD_CLASSES, type RoadClass } from '../roads/speeds.ts'
import { GrowingFloats, GrowingIntegers } from './growing.ts'
import { LEFT_OUT_WAYS, readWayTags, type LeftOutWay } from './way-tags.ts'

/** One road between two junctions, as it is written to the city folder. */
export interface FoundRoad {
  wayId: number
  /** Of the pieces of that way, from 1. */
  piece: number
  /** OSM ids of the nodes at its ends. */
  from: number
  to: number
  class: RoadClass
  oneway: boolean
  speedKmh: number | null
  name: string
  nameEn: string
  shape: LngLat[]
}

/** What was taken, and what was not, by reason. */
export interface WayCounts {
  ways: number
  kept: number
  leftOut: Record<LeftOutWay, number>
  /** Their limit is a word (`none`, `CN:urban`): driven as their class. */
  oddSpeeds: number
  /** Ways that end where the extract or the bounds end; what lies inside is kept. */
  cutWays: number
  /** Ways of which fewer than two nodes are inside. */
  outsideWays: number
}

/** E7 degrees of a node that the file does not hold, or that lies outside of the bounds. */
const NOWHERE = 0x7fffffff
const E7 = 1e7
/** Ways that pass a junction, at least; an end counts as two. */
const JUNCTION_USES = 2

/**
 * Gathers the drivable ways of a map and cuts them into roads at their junctions, in two readings: first every way (`addWay`), then
 * `nodesWanted` sorts what they need and every node offers its place (`place`). Flat arrays: some 30 bytes for each node of a road, so a
 * province of five million of them takes 150 MB. Pure.
 */
export class RoadCollector {
  readonly counts: WayCounts = {
    ways: 0,
    kept: 0,
    leftOut: Object.fromEntries(LEFT_OUT_WAYS.map((why) => [why, 0])) as Record<LeftOutWay, number>,
    oddSpeeds: 0,
    cutWays: 0,
    outsideWays: 0,
  }
  readonly #wayIds = new GrowingFloats()
  readonly #start = new GrowingIntegers()
  readonly #class = new GrowingIntegers()
  readonly #oneway = new GrowingIntegers()
  /** -1: as its class. */
  readonly #speedKmh = new GrowingIntegers()
  readonly #name = new GrowingIntegers()
  readonly #nameEn = new GrowingIntegers()
  readonly #refs = new GrowingFloats()
  readonly #names: string[] = ['']
  readonly #numberOfName = new Map<string, number>([['', 0]])
  #nodeIds = new Float64Array(0)
  #lngE7 = new Int32Array(0)
  #latE7 = new Int32Array(0)
  /** How many ways pass, up to 2: from two on it is a junction. */
  #uses = new Uint8Array(0)

  /** One way with its node ids in order; not kept when no patrol car drives there. */
  addWay(id: number, tags: ReadonlyMap<string, string>, refs: ArrayLike<number>): void {
    this.counts.ways++
    const verdict = readWayTags(tags)
    if (!verdict.isRoad) {
      this.counts.leftOut[verdict.why]++
      return
    }
    this.counts.kept++
    if (verdict.hasOddSpeed) this.counts.oddSpeeds++
    this.#wayIds.push(id)
    this.#start.push(this.#refs.length)
    this.#class.push(ROAD_CLASSES.indexOf(verdict.class))
    this.#oneway.push(verdict.oneway === 'no' ? 0 : 1)
    this.#speedKmh.push(verdict.speedKmh ?? -1)
    this.#name.push(this.#nameNumber(tags.get('name')))
    this.#nameEn.push(this.#nameNumber(tags.get('name:en')))
    // Against the drawing direction only: drawn the other way round it is an ordinary one-way.
    if (verdict.oneway === 'backward') for (let i = refs.length - 1; i >= 0; i--) this.#refs.push(refs[i]!)
    else for (let i = 0; i < refs.length; i++) this.#refs.push(refs[i]!)
  }

  /** After the last way, before the first node. @returns how many nodes are needed */
  nodesWanted(): number {
    const sorted = this.#refs.view().slice().sort()
    let count = 0
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!
    this.#nodeIds = sorted.slice(0, count)
    this.#lngE7 = new Int32Array(count).fill(NOWHERE)
    this.#latE7 = new Int32Array(count)
    this.#uses = new Uint8Array(count)
    return count
  }

  /** The place of a node, degrees; of one that no road needs it is forgotten. */
  place(nodeId: number, lng: number, lat: number): void {
    const n = this.#numberOf(nodeId)
    if (n < 0) return
    this.#lngE7[n] = Math.round(lng * E7)
    this.#latE7[n] = Math.round(lat * E7)
  }

  /** Cuts the ways into roads, in the order of the file; one at a time, so that whoever writes them need not hold them all. */
  *roads(): Generator<FoundRoad> {
    this.#countUses()
    for (let way = 0; way < this.#wayIds.length; way++) {
      let piece = 0
      for (const nodes of this.#stretches(way)) {
        let from = 0
        for (let i = 1; i < nodes.length; i++) {
          if (this.#uses[nodes[i]!]! < JUNCTION_USES && i < nodes.length - 1) continue
          yield this.#road(way, ++piece, nodes.slice(from, i + 1))
          from = i
        }
      }
    }
  }

  #road(way: number, piece: number, nodes: readonly number[]): FoundRoad {
    const speedKmh = this.#speedKmh.at(way)
    return {
      wayId: this.#wayIds.at(way),
      piece,
      from: this.#nodeIds[nodes[0]!]!,
      to: this.#nodeIds[nodes.at(-1)!]!,
      class: ROAD_CLASSES[this.#class.at(way)]!,
      oneway: this.#oneway.at(way) === 1,
      speedKmh: speedKmh < 0 ? null : speedKmh,
      name: this.#names[this.#name.at(way)]!,
      nameEn: this.#names[this.#nameEn.at(way)]!,
      shape: nodes.map((n) => [this.#lngE7[n]! / E7, this.#latE7[n]! / E7]),
    }
  }

  #countUses(): void {
    this.#uses.fill(0)
    this.counts.cutWays = 0
    this.counts.outsideWays = 0
    for (let way = 0; way < this.#wayIds.length; way++) {
      let pieces = 0
      for (const nodes of this.#stretches(way)) {
        pieces++
        for (const [i, n] of nodes.entries()) {
          // An end is always a junction; a road that meets itself has one where it does.
          const more = i === 0 || i === nodes.length - 1 ? JUNCTION_USES : 1
          this.#uses[n] = Math.min(JUNCTION_USES, this.#uses[n]! + more)
        }
      }
      if (pieces === 0) this.counts.outsideWays++
      else if (this.#isCut(way)) this.counts.cutWays++
    }
  }

  #isCut(way: number): boolean {
    for (let r = this.#start.at(way); r < this.#end(way); r++) {
      const n = this.#numberOf(this.#refs.at(r))
      if (n < 0 || this.#lngE7[n] === NOWHERE) return true
    }
    return false
  }

  /** The stretches of a way whose nodes are all there, at least two nodes each; the same node twice in a row counts once. */
  #stretches(way: number): number[][] {
    const found: number[][] = []
    let nodes: number[] = []
    for (let r = this.#start.at(way); r < this.#end(way); r++) {
      const n = this.#numberOf(this.#refs.at(r))
      if (n >= 0 && this.#lngE7[n] !== NOWHERE) {
        if (nodes.at(-1) !== n) nodes.push(n)
        continue
      }
      if (nodes.length >= 2) found.push(nodes)
      nodes = []
    }
    if (nodes.length >= 2) found.push(nodes)
    return found
  }

  #end(way: number): number {
    return way + 1 < this.#start.length ? this.#start.at(way + 1) : this.#refs.length
  }

  /** Binary search; -1 when no road needs it. */
  #numberOf(nodeId: number): number {
    const ids = this.#nodeIds
    let low = 0
    let high = ids.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = ids[middle]!
      if (found === nodeId) return middle
      if (found < nodeId) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #nameNumber(name = ''): number {
    const known = this.#numberOfName.get(name)
    if (known !== undefined) return known
    // As the city folder allows it; the map's own longest names are shorter.
    const number = this.#names.push(name.slice(0, 120)) - 1
    this.#numberOfName.set(name, number)
    return number
  }
}
