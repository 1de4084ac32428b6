import { distanceM } from '../../domain/geo/distance.ts'
import { lineLengthM, pointAlong } from '../../domain/geo/polyline.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import type { LngLat } from '../../domain/scalars.ts'

/** Where a vehicle is and how it moves. */
export interface Motion {
  lng: number
  lat: number
  speedMps: number
  bearingDeg: number
}

/** Roads wander by chance: at each junction one of the arcs that leave it, wide roads rather than narrow, never straight back. */
export class Roamer {
  readonly motion: Motion
  #graph: RoadGraph
  #random: () => number
  #arc: number
  #alongM = 0
  #pace: number
  #home: LngLat | null
  #radiusM: number
  #restS = 0

  /**
   * @param home null: the whole district; else it turns back beyond `radiusM`
   */
  constructor(graph: RoadGraph, random: () => number, startArc: number, home: LngLat | null, radiusM: number) {
    this.#graph = graph
    this.#random = random
    this.#arc = startArc
    this.#home = home
    this.#radiusM = radiusM
    this.#pace = 0.75 + random() * 0.4
    this.motion = { lng: 0, lat: 0, speedMps: 0, bearingDeg: 0 }
    this.#place()
  }

  /** Stands still for so long (a red light, a passenger). */
  rest(seconds: number): void {
    this.#restS = seconds
  }

  step(seconds: number): void {
    if (this.#restS > 0) {
      this.#restS -= seconds
      this.motion.speedMps = 0
      return
    }
    let leftS = seconds
    // An arc shorter than one step is passed whole; the bound only guards against a graph of zero-length arcs.
    for (let passed = 0; leftS > 0 && passed < 50; passed++) {
      const speed = this.#speed()
      const restM = this.#lengthM() - this.#alongM
      if (speed * leftS < restM) {
        this.#alongM += speed * leftS
        leftS = 0
      } else {
        leftS -= restM / speed
        this.#turn()
      }
    }
    this.#place()
  }

  #lengthM(): number {
    return this.#graph.edgeLengthM[this.#arc >> 1]!
  }

  #speed(): number {
    const { forwardS, backwardS } = this.#graph
    const seconds = (this.#arc & 1 ? backwardS : forwardS)[this.#arc >> 1]!
    return Math.max(1.5, (this.#lengthM() / seconds) * this.#pace)
  }

  #turn(): void {
    const { edgeFrom, edgeTo, outStart, outArc, edgeClass, lng, lat } = this.#graph
    const edge = this.#arc >> 1
    const junction = this.#arc & 1 ? edgeFrom[edge]! : edgeTo[edge]!
    const back = this.#arc ^ 1
    let best = back
    let bestScore = -1
    for (let i = outStart[junction]!; i < outStart[junction + 1]!; i++) {
      const arc = outArc[i]!
      if (arc === back) continue
      const end = arc & 1 ? edgeFrom[arc >> 1]! : edgeTo[arc >> 1]!
      let score = this.#random() * (8 - edgeClass[arc >> 1]!)
      if (this.#home && distanceM(lng[end]!, lat[end]!, ...this.#home) > this.#radiusM) {
        score = 0.001 / (1 + distanceM(lng[end]!, lat[end]!, ...this.#home))
      }
      if (score > bestScore) {
        best = arc
        bestScore = score
      }
    }
    this.#arc = best
    this.#alongM = 0
    if (this.#random() < 0.06) this.rest(3 + this.#random() * 12)
  }

  #place(): void {
    const { shapeStart, shapeLng, shapeLat, shapeAtM } = this.#graph
    const edge = this.#arc >> 1
    const isBack = (this.#arc & 1) === 1
    const alongM = isBack ? this.#lengthM() - this.#alongM : this.#alongM
    let at = shapeStart[edge]!
    while (at < shapeStart[edge + 1]! - 2 && shapeAtM[at + 1]! < alongM) at++
    const pieceM = shapeAtM[at + 1]! - shapeAtM[at]!
    const share = pieceM > 0 ? Math.min(1, Math.max(0, (alongM - shapeAtM[at]!) / pieceM)) : 0
    const toLng = shapeLng[at + 1]!
    const toLat = shapeLat[at + 1]!
    this.motion.lng = shapeLng[at]! + (toLng - shapeLng[at]!) * share
    this.motion.lat = shapeLat[at]! + (toLat - shapeLat[at]!) * share
    this.motion.speedMps = this.#speed()
    const piece: LngLat[] = [
      [shapeLng[at]!, shapeLat[at]!],
      [toLng, toLat],
    ]
    const bearing = pointAlong(piece, 0).bearingDeg
    this.motion.bearingDeg = isBack ? (bearing + 180) % 360 : bearing
  }
}

/** Drives one line to its end at the pace that makes the promised time, and brakes for the last metres. */
export class RouteDriver {
  readonly motion: Motion
  #line: LngLat[]
  #lengthM: number
  #cruiseMps: number
  #alongM = 0

  constructor(line: LngLat[], seconds: number) {
    this.#line = line
    this.#lengthM = lineLengthM(line)
    this.#cruiseMps = Math.min(28, Math.max(4, this.#lengthM / Math.max(1, seconds)))
    this.motion = { ...pointAlong(line, 0), speedMps: 0 }
  }

  get hasArrived(): boolean {
    return this.#alongM >= this.#lengthM
  }

  step(seconds: number): void {
    const leftM = this.#lengthM - this.#alongM
    // From full pace to standing within about 40 m, never so slow that it does not end.
    const speed = this.hasArrived ? 0 : Math.min(this.#cruiseMps, Math.max(2, leftM / 2.5))
    this.#alongM = Math.min(this.#lengthM, this.#alongM + speed * seconds)
    Object.assign(this.motion, pointAlong(this.#line, this.#alongM))
    this.motion.speedMps = this.hasArrived ? 0 : speed
  }
}
