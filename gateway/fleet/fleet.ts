import type { Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Fix } from '../../domain/fix.ts'
import type { Log } from '../../domain/log.ts'
import type { FixSource } from '../../domain/patrol.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Dot } from '../../domain/wire/dots.ts'
import type { FixPayload, Topic } from '../../domain/wire/mqtt.ts'
import { driverOf } from '../../devices/registry.ts'
import type { Database } from '../store/database.ts'
import type { Position, Positions } from './positions.ts'
import { readLastPlaces, saveLastPlaces } from './vehicle-rows.ts'

/** A restart shows places that are at most this old, and says how old. */
const SAVE_MS = 10_000

/** A dot and whose it is. */
export interface OwnedDot extends Dot {
  jurisdiction: string
}

export interface FleetDeps {
  positions: Positions
  database: Database
  clock: Clock
  log: Log
  metrics: Metrics
  /** Where fixes go on their way into the history; shed first when it is slow. */
  history: { push(fix: Fix): void }
  /** Jurisdiction of a vehicle or patrol; "" when it is nobody's in particular. */
  whose: (vehicleId: string) => string
  /** Every fix that is a vehicle's newest place, and every jump (flagged). */
  onFix: (topic: Pick<Topic, 'kind' | 'deviceId'>, fix: Fix, source: FixSource) => void
}

/** A phone's fixes nearer to each other than this are noise of the same place; a little less than its promised second. */
const PHONE_EVERY_MS = 900

/** Fixes from the wire to memory, to the history and to the desks. No query per fix. */
export class Fleet {
  readonly #deps: FleetDeps
  readonly #taken
  readonly #unreadable
  readonly #jumps
  readonly #repeated
  /** Taken time of each phone's last fix; as many as there are patrols. */
  readonly #phoneLastMs = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  #saving = false

  constructor(deps: FleetDeps) {
    this.#deps = deps
    const { metrics, positions } = deps
    this.#taken = metrics.counter('vigil_fixes_taken_total', 'Fixes that were taken').of()
    this.#unreadable = metrics.counter('vigil_fixes_unreadable_total', 'Messages on fix that could not be read').of()
    this.#jumps = metrics.counter('vigil_fixes_jump_total', 'Fixes that imply an impossible speed').of()
    this.#repeated = metrics
      .counter('vigil_fixes_repeated_total', 'Fixes of phones that were left: known, or too many')
      .of()
    const refused = metrics.gauge('vigil_fixes_refused', 'Fixes of more vehicles than there is room for').of()
    metrics.onRead(() => refused.set(positions.refused))
  }

  /** Takes back the last known places. */
  async start(): Promise<void> {
    for (const row of await readLastPlaces(this.#deps.database)) {
      const position = this.#deps.positions.of(row.vehicle_id)
      if (!position) break
      Object.assign(position, {
        lng: row.lng,
        lat: row.lat,
        speedMps: row.speed_mps,
        bearingDeg: row.bearing_deg ?? NaN,
        takenAtMs: Date.parse(row.taken_at),
        receivedAtMs: Date.parse(row.received_at),
        flags: row.flags,
        known: true,
      })
    }
    this.#timer = setInterval(() => void this.save(), SAVE_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.save()
  }

  /** One message of channel `fix`. */
  take(topic: Topic, payload: Uint8Array): void {
    const fixes = driverOf(topic.kind).decodeFixes(payload)
    if (!fixes) return this.#unreadable.add()
    for (const fix of fixes) this.#takeOne(topic, fix, 'terminal')
  }

  /**
   * Fixes of a crew's phone, oldest first. A batch that comes twice counts once: what is not later than the last one of this phone is left.
   * After a restart of ours the first repeated batch would be history twice; it moves nothing.
   * @returns how many were taken
   */
  takeFromPhone(patrolId: string, fixes: readonly FixPayload[]): number {
    let lastMs = this.#phoneLastMs.get(patrolId) ?? -Infinity
    let taken = 0
    for (const fix of fixes) {
      const atMs = Date.parse(fix.at)
      if (atMs < lastMs + PHONE_EVERY_MS) {
        this.#repeated.add()
        continue
      }
      // A phone whose clock is ahead must not shut itself out.
      lastMs = Math.min(atMs, this.#deps.clock.nowMs())
      if (this.#takeOne({ kind: 'patrol', deviceId: patrolId }, fix, 'phone')) taken++
    }
    this.#phoneLastMs.set(patrolId, lastMs)
    return taken
  }

  #takeOne(topic: Pick<Topic, 'kind' | 'deviceId'>, payload: FixPayload, source: FixSource): boolean {
    const { positions, clock, history, onFix } = this.#deps
    const result = positions.take(topic.deviceId, payload, clock.nowMs(), source)
    if (!result) return false
    this.#taken.add()
    history.push(result.fix)
    const isJump = !result.isNow && (result.fix.flags & 16) !== 0
    if (isJump) this.#jumps.add()
    if (result.isNow || isJump) onFix(topic, result.fix, source)
    return true
  }

  /** Dots that have changed since the last call. */
  takeDots(nowMs: number): OwnedDot[] {
    const dots: OwnedDot[] = []
    for (const position of this.#deps.positions.all()) {
      if (!position.dotDue) continue
      position.dotDue = false
      dots.push({
        key: position.key,
        lng: position.lng,
        lat: position.lat,
        speedMps: position.speedMps,
        bearingDeg: position.bearingDeg,
        ageS: (nowMs - position.takenAtMs) / 1000,
        flags: position.flags,
        jurisdiction: this.#deps.whose(position.vehicleId),
      })
    }
    return dots
  }

  /** Writes the places that have changed. Never throws: the next round writes them. */
  async save(): Promise<void> {
    if (this.#saving) return
    this.#saving = true
    const due: Position[] = []
    for (const position of this.#deps.positions.all()) if (position.rowDue) due.push(position)
    for (const position of due) position.rowDue = false
    try {
      await saveLastPlaces(this.#deps.database, due)
    } catch (error) {
      for (const position of due) position.rowDue = true
      const isAway = error instanceof Fault && error.code === 'database-away'
      if (!isAway) this.#deps.log.warn('last places could not be stored', { reason: reasonOf(error) })
    } finally {
      this.#saving = false
    }
  }
}
