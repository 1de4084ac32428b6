import { distanceM } from '../../domain/geo/distance.ts'
import { FIX_FLAGS, type Fix } from '../../domain/fix.ts'
import type { FixSource } from '../../domain/patrol.ts'
import type { FixPayload } from '../../domain/wire/mqtt.ts'

/** 70 m/s is 252 km/h: no vehicle of a city. Faster between two fixes means that one of them is wrong. */
const JUMP_SPEED_MPS = 70
/** Nearer than this the noise of two fixes a moment apart can look like any speed. */
const JUMP_LEAST_M = 150
/** A terminal's clock may be ahead by this much; beyond, our time stands in. */
const AHEAD_MAX_MS = 60_000
/** A terminal that was without a network hands in what it kept; older than a week is a wrong clock. */
const BEHIND_MAX_MS = 7 * 86_400_000
/** Vehicles and other moving things of one district. */
const POSITIONS_MAX = 100_000

/** Where one moving thing is now. Reused, never replaced: whoever keeps it sees the newest. */
export interface Position {
  readonly vehicleId: string
  readonly key: number
  lng: number
  lat: number
  speedMps: number
  /** NaN when unknown. */
  bearingDeg: number
  accuracyM: number
  takenAtMs: number
  receivedAtMs: number
  flags: number
  /** What told this place; null: it is from before our start. */
  source: FixSource | null
  /** False until the first good fix. */
  known: boolean
  /** Changed since the last frame of dots, since the last write of `vehicle_last`. */
  dotDue: boolean
  rowDue: boolean
}

interface Suspect {
  lng: number
  lat: number
  takenAtMs: number
}

/** The last places of everything that moves, in memory: no query per fix, no query for the live map. */
export class Positions {
  readonly #byId = new Map<string, Position>()
  readonly #keys = new Set<number>()
  /** The newest fix that was taken for a jump; when the next one agrees with it, it was the truth. */
  readonly #suspects = new Map<string, Suspect>()
  refused = 0

  get(vehicleId: string): Position | undefined {
    return this.#byId.get(vehicleId)
  }

  all(): IterableIterator<Position> {
    return this.#byId.values()
  }

  /** The row of this vehicle, made when it is new. Null when there are already 100,000. */
  of(vehicleId: string): Position | null {
    const known = this.#byId.get(vehicleId)
    if (known) return known
    if (this.#byId.size >= POSITIONS_MAX) return null
    const position: Position = {
      vehicleId,
      key: this.#keyOf(vehicleId),
      lng: 0,
      lat: 0,
      speedMps: 0,
      bearingDeg: NaN,
      accuracyM: 0,
      takenAtMs: 0,
      receivedAtMs: 0,
      flags: 0,
      source: null,
      known: false,
      dotDue: false,
      rowDue: false,
    }
    this.#byId.set(vehicleId, position)
    return position
  }

  /** FNV-1a of the id, so that a key is the same after a restart; on a collision the next free number. */
  #keyOf(vehicleId: string): number {
    let hash = 0x811c9dc5
    for (let i = 0; i < vehicleId.length; i++) hash = Math.imul(hash ^ vehicleId.charCodeAt(i), 0x01000193) >>> 0
    while (this.#keys.has(hash)) hash = (hash + 1) >>> 0
    this.#keys.add(hash)
    return hash
  }

  /**
   * One fix further. A jump is kept for the history with its flag, but moves nothing; a late one (older than the last) neither.
   * @returns the fix as it is to be stored, and whether it is the vehicle's place now; null when there is no room
   */
  take(
    vehicleId: string,
    payload: FixPayload,
    receivedAtMs: number,
    source: FixSource = 'terminal',
  ): { fix: Fix; isNow: boolean } | null {
    const position = this.of(vehicleId)
    if (!position) {
      this.refused++
      return null
    }
    const takenAtMs = sensibleTime(Date.parse(payload.at), receivedAtMs)
    const jump = this.#isJump(position, payload, takenAtMs)
    const fix: Fix = {
      vehicleId,
      lng: payload.lng,
      lat: payload.lat,
      speedMps: payload.speedMps ?? 0,
      bearingDeg: payload.bearingDeg ?? NaN,
      accuracyM: payload.accuracyM ?? NaN,
      takenAtMs,
      receivedAtMs,
      flags:
        (payload.status?.hired ? FIX_FLAGS.hired : 0) |
        (payload.status?.acc ? FIX_FLAGS.acc : 0) |
        (position.flags & (FIX_FLAGS.emergency | FIX_FLAGS.tracked)) |
        (jump ? FIX_FLAGS.jump : 0),
    }
    const isNow = !jump && (!position.known || takenAtMs >= position.takenAtMs)
    // Its dot stays where it is believed and says that a leap was refused; the next good fix takes the mark away.
    if (jump) Object.assign(position, { flags: position.flags | FIX_FLAGS.jump, dotDue: true })
    if (isNow) Object.assign(position, fix, { source, known: true, dotDue: true, rowDue: true })
    return { fix, isNow }
  }

  #isJump(position: Position, payload: FixPayload, takenAtMs: number): boolean {
    if (!position.known) return false
    if (!impossible(position, payload, takenAtMs)) {
      this.#suspects.delete(position.vehicleId)
      return false
    }
    const suspect = this.#suspects.get(position.vehicleId)
    this.#suspects.set(position.vehicleId, { lng: payload.lng, lat: payload.lat, takenAtMs })
    if (!suspect || takenAtMs <= suspect.takenAtMs || impossible(suspect, payload, takenAtMs)) return true
    this.#suspects.delete(position.vehicleId)
    return false
  }

  /** Its newest fix was a leap that no second one has confirmed yet. */
  isSuspect(vehicleId: string): boolean {
    return this.#suspects.has(vehicleId)
  }

  /** Marks or unmarks a vehicle (emergency, tracked) for its dot. */
  setFlag(vehicleId: string, flag: number, on: boolean): void {
    const position = this.of(vehicleId)
    if (!position) return
    const flags = on ? position.flags | flag : position.flags & ~flag
    if (flags === position.flags) return
    position.flags = flags
    position.dotDue = position.known
  }
}

function sensibleTime(takenAtMs: number, receivedAtMs: number): number {
  const aheadMs = takenAtMs - receivedAtMs
  return aheadMs > AHEAD_MAX_MS || aheadMs < -BEHIND_MAX_MS || Number.isNaN(aheadMs) ? receivedAtMs : takenAtMs
}

function impossible(from: Suspect, to: { lng: number; lat: number }, takenAtMs: number): boolean {
  const metres = distanceM(from.lng, from.lat, to.lng, to.lat)
  // Two fixes of the same second: as if a second lay between.
  const seconds = Math.max(1, Math.abs(takenAtMs - from.takenAtMs) / 1000)
  return metres > JUMP_LEAST_M && metres / seconds > JUMP_SPEED_MPS
}
