import { toIso } from '../../domain/clock.ts'
import type { Clock } from '../../domain/clock.ts'
import { FIX_FLAGS } from '../../domain/fix.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import { emptyDot, type Dot, type DotFrame } from '../../domain/wire/dots.ts'
import type { GlideFix, Glides } from './glide.ts'
import type { LivingLayer } from './living-layer.ts'
import { PATROL_LOOK, SHAPES } from './palette.ts'
import { lngLatOf, xOf, yOf } from './plane.ts'
import type { Plane } from './plane.ts'
import { rankOf, thinDots, thinGridAt } from './thin-dots.ts'

const LOOK = { vacant: 0, hired: 1, emergency: 2, chosen: 8, candidate: 16 } as const

/** Who is on the map: keeps the dots' rows true to the patrols, vehicles and frames it is given. */
export class Fleet {
  readonly patrolByKey = new Map<number, PatrolNow>()
  readonly taxiByKey = new Map<number, VehicleNow>()
  followedKey: number | null = null
  /** After the last thinning. */
  taxisShown = 0
  #layer: LivingLayer
  #clock: Clock
  /** Server clock minus ours, ms; learnt from the frames. */
  #skewMs = 0
  #order = new Uint32Array(0)
  #orderStale = true
  #placeX = new Float64Array(0)
  #placeY = new Float64Array(0)
  #farness = new Float64Array(0)
  #shown = new Uint8Array(0)
  #chosen: string | null = null
  #candidates: ReadonlySet<string> = new Set()

  constructor(layer: LivingLayer, clock: Clock) {
    this.#layer = layer
    this.#clock = clock
  }

  /** Dots may have come before the city. */
  moveOrigin(plane: Plane): void {
    const before = this.#layer.plane
    const move = (place: Float64Array): void => {
      const [lng, lat] = lngLatOf(before, place[0]!, place[1]!)
      place[0] = xOf(plane, lng)
      place[1] = yOf(plane, lat)
    }
    this.#layer.patrols.replant(move)
    this.#layer.taxis.replant(move)
    this.#layer.plane = plane
  }

  setPatrols(patrols: readonly PatrolNow[]): void {
    this.#sync(this.#layer.patrols, this.patrolByKey, patrols, (p) => this.#patrolLook(p))
  }

  setVehicles(vehicles: readonly VehicleNow[]): void {
    const taxis = vehicles.filter((vehicle) => vehicle.kind !== 'patrol')
    this.#orderStale = true
    this.#sync(this.#layer.taxis, this.taxiByKey, taxis, (v) => (v.hired ? LOOK.hired : LOOK.vacant))
  }

  setScene(chosen: string | null, candidates: ReadonlySet<string>): void {
    this.#chosen = chosen
    this.#candidates = candidates
    for (const [key, patrol] of this.patrolByKey) {
      const index = this.#layer.patrols.indexOf(key)
      if (index >= 0) this.#layer.patrols.setLook(index, this.#patrolLook(patrol))
    }
  }

  /** Dots whose key nobody has named yet are left out until somebody has. */
  moveDots(frame: DotFrame): void {
    this.#skewMs = frame.baseMs - this.#clock.nowMs()
    const nowS = this.#nowS()
    const { patrols, taxis, plane } = this.#layer
    patrols.rebase(nowS)
    taxis.rebase(nowS)
    for (let i = 0; i < frame.count; i++) {
      const dot = frame.read(i, readDot)
      const fix = dotFix
      fix.x = xOf(plane, dot.lng)
      fix.y = yOf(plane, dot.lat)
      fix.speedMps = dot.speedMps
      fix.bearingDeg = dot.bearingDeg
      fix.takenAtS = nowS - dot.ageS
      const patrolIndex = patrols.indexOf(dot.key)
      if (patrolIndex >= 0) patrols.moveTo(patrolIndex, fix, nowS)
      else this.#moveTaxi(taxis, dot, fix, nowS)
    }
  }

  #moveTaxi(taxis: Glides, dot: Dot, fix: GlideFix, nowS: number): void {
    let index = taxis.indexOf(dot.key)
    if (index < 0) {
      const vehicle = this.taxiByKey.get(dot.key)
      const patrol = this.patrolByKey.get(dot.key)
      // Known, but without a place until now.
      if (patrol) this.#layer.patrols.add(dot.key, fix, this.#patrolLook(patrol), nowS)
      if (!vehicle) return
      index = taxis.add(dot.key, fix, LOOK.vacant, nowS)
      this.#orderStale = true
    } else taxis.moveTo(index, fix, nowS)
    const isEmergency = (dot.flags & FIX_FLAGS.emergency) !== 0
    taxis.setLook(index, isEmergency ? LOOK.emergency : dot.flags & FIX_FLAGS.hired ? LOOK.hired : LOOK.vacant)
  }

  /** Decides which taxis are shown at this zoom. Price: one pass over all; run it once a frame of dots, not per painting. */
  thin(zoom: number, metresPerPx: number): void {
    const taxis = this.#layer.taxis
    const nowS = this.#nowS()
    this.#sortByRank(taxis)
    for (let i = 0; i < taxis.count; i++) {
      taxis.placeAt(i, nowS, place)
      this.#placeX[i] = place[0]!
      this.#placeY[i] = place[1]!
      this.#farness[i] = this.#layer.farnessOf(place[0]!, place[1]!)
    }
    const isPinned = (i: number) => taxis.lookAt(i) === LOOK.emergency || taxis.keyAt(i) === this.followedKey
    this.taxisShown = thinDots({
      grid: thinGridAt(zoom, metresPerPx),
      order: this.#order,
      count: taxis.count,
      placeX: this.#placeX,
      placeY: this.#placeY,
      farness: this.#farness,
      isPinned,
      shown: this.#shown,
    })
    for (let i = 0; i < taxis.count; i++) taxis.setShown(i, this.#shown[i] === 1, nowS)
  }

  /** Where a key is shown now, plane metres; false when it has no place. */
  placeOf(key: number, out: Float64Array): boolean {
    const { patrols, taxis } = this.#layer
    const patrolIndex = patrols.indexOf(key)
    const glides = patrolIndex >= 0 ? patrols : taxis
    const index = patrolIndex >= 0 ? patrolIndex : taxis.indexOf(key)
    if (index < 0) return false
    glides.placeAt(index, this.#nowS(), out)
    return true
  }

  ageOf(key: number): number | null {
    const { patrols, taxis } = this.#layer
    const patrolIndex = patrols.indexOf(key)
    if (patrolIndex >= 0) return patrols.ageS(patrolIndex, this.#nowS())
    const index = taxis.indexOf(key)
    return index >= 0 ? taxis.ageS(index, this.#nowS()) : null
  }

  #patrolLook(patrol: PatrolNow): number {
    const extra = patrol.id === this.#chosen ? LOOK.chosen : this.#candidates.has(patrol.id) ? LOOK.candidate : 0
    return SHAPES[PATROL_LOOK[patrol.status].shape] + extra
  }

  #sync<T extends PatrolNow | VehicleNow>(
    glides: Glides,
    byKey: Map<number, T>,
    units: readonly T[],
    lookOf: (unit: T) => number,
  ): void {
    const nowS = this.#nowS()
    const keys = new Set(units.map((unit) => unit.key))
    for (const key of byKey.keys()) {
      if (keys.has(key)) continue
      glides.remove(key)
      byKey.delete(key)
    }
    for (const unit of units) {
      byKey.set(unit.key, unit)
      const fix = this.#fixOf(unit, nowS)
      const index = glides.indexOf(unit.key)
      if (index < 0) {
        if (fix) glides.add(unit.key, fix, lookOf(unit), nowS)
        continue
      }
      if (glides.lookAt(index) !== LOOK.emergency || byKey !== (this.taxiByKey as unknown))
        glides.setLook(index, lookOf(unit))
      if (fix) glides.moveTo(index, fix, nowS)
    }
  }

  #fixOf(unit: PatrolNow | VehicleNow, nowS: number): GlideFix | null {
    if (unit.lng === null || unit.lat === null) return null
    const takenAt = unit.takenAt ?? unit.receivedAt ?? toIso(this.#clock.nowMs())
    const ageS = Math.max(0, (this.#clock.nowMs() + this.#skewMs - Date.parse(takenAt)) / 1000)
    return {
      x: xOf(this.#layer.plane, unit.lng),
      y: yOf(this.#layer.plane, unit.lat),
      speedMps: unit.speedMps ?? 0,
      bearingDeg: unit.bearingDeg ?? Number.NaN,
      takenAtS: nowS - ageS,
    }
  }

  #sortByRank(taxis: Glides): void {
    if (this.#order.length === taxis.count && !this.#orderStale) return
    this.#orderStale = false
    this.#placeX = new Float64Array(taxis.count)
    this.#placeY = new Float64Array(taxis.count)
    this.#farness = new Float64Array(taxis.count)
    this.#shown = new Uint8Array(taxis.count)
    this.#order = new Uint32Array(taxis.count).map((_, i) => i)
    this.#order.sort((a, b) => rankOf(taxis.keyAt(a)) - rankOf(taxis.keyAt(b)))
  }

  #nowS(): number {
    return this.#clock.monotonicMs() / 1000
  }
}

const place = new Float64Array(2)
const readDot = emptyDot()
const dotFix: GlideFix = { x: 0, y: 0, speedMps: 0, bearingDeg: Number.NaN, takenAtS: 0 }
