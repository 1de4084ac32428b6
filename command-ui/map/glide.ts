import { DirtyRows } from './dirty-rows.ts'

/**
 * Dots that glide between fixes. Each is one row of 16 floats that the vertex shader reads as it is, so that a frame costs no
 * arithmetic in JavaScript and no upload; `placeAt` is the shader's twin for picking, following and tests.
 *
 *      0  1     2  3     4   5     6   7     8    9        10       11     12      13      14     15
 *     ┌──────┬───────┬─────────┬─────────┬────┬─────────┬─────────┬──────┬───────┬───────┬──────┬──────┐
 *     │ a xy │ b xy  │ va xy   │ vb xy   │ t0 │ lastS   │ takenAt │ look │ shown │ shown │ fade │ head │
 *     │ from │ to    │ m/s     │ m/s     │    │         │         │      │ from  │ to    │ t0   │ rad  │
 *     └──────┴───────┴─────────┴─────────┴────┴─────────┴─────────┴──────┴───────┴───────┴──────┴──────┘
 *
 * From a to b along a cubic Hermite curve (corners are cut along the bearing, not across the block), then straight on with the
 * last velocity for at most EXTRAPOLATE_MAX_S. Times are seconds after `epochS`.
 */
export const GLIDE_STRIDE = 16
/** The dot runs on at its last speed no longer than this: at 15 m/s a turn is missed by 45 m at most. */
export const EXTRAPOLATE_MAX_S = 3
/** A fix older than this fades, and widens nobody's trust. */
export const STALE_AFTER_S = 30
/** Longest glide: a 10 s terminal glides 7 s and runs on 3 s, which joins without a stop. */
const GLIDE_MAX_S = 7
/** Faster than 250 km/h over more than 300 m is a jump of the receiver, not a drive: shown as a jump. */
const JUMP_MPS = 70
const JUMP_M = 300
/** Fading in or out of the thinned picture. */
export const FADE_S = 0.4
/** After this the floats would carry time to worse than 1 ms; all rows are shifted. */
const REBASE_AFTER_S = 3600

export const AT = {
  ax: 0,
  ay: 1,
  bx: 2,
  by: 3,
  vax: 4,
  vay: 5,
  vbx: 6,
  vby: 7,
  t0: 8,
  lastS: 9,
  taken: 10,
  look: 11,
  shownFrom: 12,
  shownTo: 13,
  fadeT0: 14,
  head: 15,
} as const

export interface GlideFix {
  x: number
  y: number
  speedMps: number
  /** NaN when unknown. */
  bearingDeg: number
  /** When it was taken, seconds on the desk's clock. */
  takenAtS: number
}

export class Glides {
  rows: Float32Array
  count = 0
  epochS = 0
  /** Nothing moves after this, seconds on the desk's clock. */
  movingUntilS = 0
  /** What has changed since it was last drawn. */
  readonly dirty = new DirtyRows()
  #indexByKey = new Map<number, number>()
  #keys: number[] = []

  /** @param capacity rows to begin with; doubles when full */
  constructor(capacity: number, nowS: number) {
    this.rows = new Float32Array(capacity * GLIDE_STRIDE)
    this.epochS = nowS
  }

  indexOf(key: number): number {
    return this.#indexByKey.get(key) ?? -1
  }
  keyAt(index: number): number {
    return this.#keys[index] ?? -1
  }

  /** Puts a new dot where it was last seen; it does not glide there. */
  add(key: number, fix: GlideFix, look: number, nowS: number): number {
    if (this.count * GLIDE_STRIDE === this.rows.length) {
      const wider = new Float32Array(Math.max(GLIDE_STRIDE * 16, this.rows.length * 2))
      wider.set(this.rows)
      this.rows = wider
    }
    const index = this.count++
    this.#indexByKey.set(key, index)
    this.#keys[index] = key
    const at = index * GLIDE_STRIDE
    this.rows.fill(0, at, at + GLIDE_STRIDE)
    this.rows[at + AT.look] = look
    this.rows[at + AT.shownTo] = 1
    this.rows[at + AT.shownFrom] = 1
    this.#stand(at, fix, nowS)
    return index
  }

  /** The last row takes the place of the removed one. */
  remove(key: number): void {
    const index = this.indexOf(key)
    if (index < 0) return
    const last = --this.count
    const lastKey = this.#keys[last]!
    this.rows.copyWithin(index * GLIDE_STRIDE, last * GLIDE_STRIDE, (last + 1) * GLIDE_STRIDE)
    this.#keys[index] = lastKey
    this.#indexByKey.set(lastKey, index)
    this.#indexByKey.delete(key)
    this.#keys.length = last
    this.dirty.mark(index)
  }

  /** A new fix: the dot glides there from where it is shown now. An older fix than the last is left out. */
  moveTo(index: number, fix: GlideFix, nowS: number): void {
    const at = index * GLIDE_STRIDE
    const rows = this.rows
    const takenS = fix.takenAtS - this.epochS
    const intervalS = takenS - rows[at + AT.taken]!
    const jumpM = Math.hypot(fix.x - rows[at + AT.bx]!, fix.y - rows[at + AT.by]!)
    if (intervalS < 0) return
    // The same fix may come back a little younger, because a frame cuts its age to 0.1 s: the glide must not begin again.
    if (intervalS < 0.3 && jumpM < 0.5) return
    if (jumpM > JUMP_M && jumpM > JUMP_MPS * intervalS) {
      this.#stand(at, fix, nowS)
      return
    }
    this.placeAt(index, nowS, scratch)
    this.velocityAt(index, nowS, scratchVelocity)
    const lastS = Math.min(GLIDE_MAX_S, Math.max(0.3, Math.min(intervalS, Math.max(1, intervalS - EXTRAPOLATE_MAX_S))))
    const distanceM = Math.hypot(fix.x - scratch[0]!, fix.y - scratch[1]!)
    const speedMax = (2 * distanceM) / lastS
    velocityOf(fix, scratchTarget)
    clampTangent(scratchVelocity, fix.x - scratch[0]!, fix.y - scratch[1]!, speedMax)
    clampTangent(scratchTarget, fix.x - scratch[0]!, fix.y - scratch[1]!, speedMax)
    rows[at] = scratch[0]!
    rows[at + 1] = scratch[1]!
    rows[at + AT.bx] = fix.x
    rows[at + AT.by] = fix.y
    rows[at + AT.vax] = scratchVelocity[0]!
    rows[at + AT.vay] = scratchVelocity[1]!
    rows[at + AT.vbx] = scratchTarget[0]!
    rows[at + AT.vby] = scratchTarget[1]!
    rows[at + AT.t0] = nowS - this.epochS
    rows[at + AT.lastS] = lastS
    rows[at + AT.taken] = takenS
    this.dirty.mark(index)
    this.#turn(at, fix, distanceM)
    if (distanceM > 0.3) this.movingUntilS = Math.max(this.movingUntilS, nowS + lastS + EXTRAPOLATE_MAX_S)
  }

  setLook(index: number, look: number): void {
    const at = index * GLIDE_STRIDE + AT.look
    if (this.rows[at] === look) return
    this.rows[at] = look
    this.dirty.mark(index)
  }
  lookAt(index: number): number {
    return this.rows[index * GLIDE_STRIDE + AT.look]!
  }

  /** Fades in or out. */
  setShown(index: number, isShown: boolean, nowS: number): void {
    const at = index * GLIDE_STRIDE
    const to = isShown ? 1 : 0
    if (this.rows[at + AT.shownTo] === to) return
    this.rows[at + AT.shownFrom] = this.shownAt(index, nowS)
    this.rows[at + AT.shownTo] = to
    this.rows[at + AT.fadeT0] = nowS - this.epochS
    this.dirty.mark(index)
    this.movingUntilS = Math.max(this.movingUntilS, nowS + FADE_S)
  }
  isShown(index: number): boolean {
    return this.rows[index * GLIDE_STRIDE + AT.shownTo] === 1
  }
  shownAt(index: number, nowS: number): number {
    const at = index * GLIDE_STRIDE
    const u = Math.min(1, Math.max(0, (nowS - this.epochS - this.rows[at + AT.fadeT0]!) / FADE_S))
    return this.rows[at + AT.shownFrom]! + (this.rows[at + AT.shownTo]! - this.rows[at + AT.shownFrom]!) * u
  }

  ageS(index: number, nowS: number): number {
    return nowS - this.epochS - this.rows[index * GLIDE_STRIDE + AT.taken]!
  }

  /** Where the dot is shown at this moment; `out[0..1]` = x, y. */
  placeAt(index: number, nowS: number, out: Float64Array): void {
    const rows = this.rows
    const at = index * GLIDE_STRIDE
    const lastS = rows[at + AT.lastS]!
    const elapsedS = nowS - this.epochS - rows[at + AT.t0]!
    const u = lastS > 0 ? Math.min(1, Math.max(0, elapsedS / lastS)) : 1
    const onS = Math.min(EXTRAPOLATE_MAX_S, Math.max(0, elapsedS - lastS))
    const u2 = u * u
    const u3 = u2 * u
    const h01 = 3 * u2 - 2 * u3
    const h10 = (u3 - 2 * u2 + u) * lastS
    const h11 = (u3 - u2) * lastS + onS
    for (let axis = 0; axis < 2; axis++) {
      out[axis] =
        rows[at + axis]! * (1 - h01) +
        rows[at + AT.bx + axis]! * h01 +
        rows[at + AT.vax + axis]! * h10 +
        rows[at + AT.vbx + axis]! * h11
    }
  }

  velocityAt(index: number, nowS: number, out: Float64Array): void {
    const stepS = 0.05
    this.placeAt(index, nowS, out)
    const x = out[0]!
    const y = out[1]!
    this.placeAt(index, nowS - stepS, out)
    out[0] = (x - out[0]!) / stepS
    out[1] = (y - out[1]!) / stepS
  }

  /** Moves every dot to another plane; `move` changes x and y in place. */
  replant(move: (place: Float64Array) => void): void {
    for (let i = 0; i < this.count; i++) {
      for (const from of [AT.ax, AT.bx]) {
        const at = i * GLIDE_STRIDE + from
        scratch[0] = this.rows[at]!
        scratch[1] = this.rows[at + 1]!
        move(scratch)
        this.rows[at] = scratch[0]
        this.rows[at + 1] = scratch[1]
      }
    }
    this.dirty.markAll(this.count)
  }

  /** Keeps the floats small. Call once a frame of dots; rarely does anything. */
  rebase(nowS: number): void {
    const shiftS = nowS - this.epochS
    if (shiftS < REBASE_AFTER_S) return
    for (let i = 0; i < this.count; i++) {
      const at = i * GLIDE_STRIDE
      this.rows[at + AT.t0]! -= shiftS
      this.rows[at + AT.taken]! -= shiftS
      this.rows[at + AT.fadeT0]! -= shiftS
    }
    this.epochS = nowS
    this.dirty.markAll(this.count)
  }

  #stand(at: number, fix: GlideFix, nowS: number): void {
    const rows = this.rows
    rows[at] = rows[at + AT.bx] = fix.x
    rows[at + 1] = rows[at + AT.by] = fix.y
    rows[at + AT.t0] = nowS - this.epochS
    rows[at + AT.lastS] = 0
    rows[at + AT.taken] = fix.takenAtS - this.epochS
    rows.fill(0, at + AT.vax, at + AT.vby + 1)
    this.dirty.mark(at / GLIDE_STRIDE)
    this.#turn(at, fix, 0)
    this.movingUntilS = Math.max(this.movingUntilS, nowS)
  }

  /** A standing car keeps its heading: receivers turn wildly at rest. */
  #turn(at: number, fix: GlideFix, distanceM: number): void {
    if (Number.isFinite(fix.bearingDeg) && (fix.speedMps > 0.5 || distanceM === 0)) {
      this.rows[at + AT.head] = (fix.bearingDeg * Math.PI) / 180
    } else if (distanceM > 3) {
      this.rows[at + AT.head] = Math.atan2(fix.x - this.rows[at]!, fix.y - this.rows[at + 1]!)
    }
  }
}

const scratch = new Float64Array(2)
const scratchVelocity = new Float64Array(2)
const scratchTarget = new Float64Array(2)

function velocityOf(fix: GlideFix, out: Float64Array): void {
  const isKnown = Number.isFinite(fix.bearingDeg) && fix.speedMps > 0.5
  const bearing = isKnown ? (fix.bearingDeg * Math.PI) / 180 : 0
  out[0] = isKnown ? Math.sin(bearing) * fix.speedMps : 0
  out[1] = isKnown ? Math.cos(bearing) * fix.speedMps : 0
}

/** A tangent against the way would draw a loop, a long one would overshoot. */
function clampTangent(velocity: Float64Array, dx: number, dy: number, speedMax: number): void {
  if (velocity[0]! * dx + velocity[1]! * dy < 0) velocity.fill(0)
  const speed = Math.hypot(velocity[0]!, velocity[1]!)
  if (speed <= speedMax) return
  velocity[0]! *= speedMax / speed
  velocity[1]! *= speedMax / speed
}
