import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Device, DeviceState } from '../../domain/device.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { statePayloadSchema, type Topic } from '../../domain/wire/mqtt.ts'
import { driverOf } from '../../devices/registry.ts'
import { FIX_FLAGS } from '../../domain/fix.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'
import type { BeatRow } from '../store/fix-batch.ts'
import { saveSeen, saveStates } from './device-life-rows.ts'
import { LostTroubles } from './lost-troubles.ts'
import { changeOf, isMissed, lostAfterMs } from './supervision.ts'

/** After our own start, or after the broker came back, silence is our own fault for so long. */
export const GRACE_MS = 90_000
const SWEEP_MS = 5_000
const STATES_MS = 500
const SEEN_MS = 10_000
/** Timers that come so late mean that we ourselves stood still, or that the clock was set. */
const STOOD_STILL_MS = 6 * SWEEP_MS
/** A connection that comes back within this was never seen to be gone. */
const OFFLINE_AFTER_MS = 1_000
/** Who is missing from the list after a restart of the edge is given time to come back. */
const OFFLINE_AFTER_RESTART_MS = 30_000

interface Life {
  seenAtMs: number
  batteryPct: number | null
  /** What the device said, or we concluded; not yet stored. */
  state: DeviceState
  /** Without a connection since then; null: connected, or nobody knows. */
  offlineSinceMs: number | null
}

export interface DeviceLifeDeps {
  state: CentreState
  events: EventLog
  troubles: Troubles
  clock: Clock
  log: Log
  metrics: Metrics
  history: { push(beat: BeatRow): void }
}

/** Signs of life: beats and states from the wire, in memory at once, in the database in batches, as events when a state changes. */
export class DeviceLife {
  readonly #deps: DeviceLifeDeps
  readonly #lives = new Map<string, Life>()
  readonly #changed = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #unreadable
  readonly #failed
  readonly #swept
  #timers: NodeJS.Timeout[] = []
  readonly #lost: LostTroubles
  /** Connections that ended a moment ago: device → when it is told. */
  readonly #leaving = new Map<string, number>()
  #graceUntilMs = 0
  #isDeaf = false
  #lookedAtMs = 0
  #flushing = false

  constructor(deps: DeviceLifeDeps) {
    this.#deps = deps
    this.#lost = new LostTroubles(deps)
    const { metrics } = deps
    this.#unreadable = metrics
      .counter('vigil_beats_unreadable_total', 'Messages on state and beat that could not be read')
      .of()
    this.#failed = metrics.counter('vigil_device_states_failed_total', 'Writes of device states that failed').of()
    this.#swept = metrics.counter('vigil_supervision_visited_total', 'Devices the supervision has looked at').of()
  }

  start(): void {
    this.grace()
    this.#timers = [
      setInterval(() => this.#look(), SWEEP_MS),
      setInterval(() => void this.#tell(), STATES_MS),
      setInterval(() => void this.flushSeen(), SEEN_MS),
    ]
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.flushStates()
    await this.flushSeen()
  }

  /** Whether the broker is connected; without it silence is ours, however long it lasts. */
  hearing(isConnected: boolean): void {
    this.#isDeaf = !isConnected
    this.grace()
  }

  /** Silence until 90 s from now is our own fault: a start, or a broker that was away. */
  grace(): void {
    this.#graceUntilMs = this.#deps.clock.nowMs() + GRACE_MS
  }

  /** The device as it is now: its register entry with what memory knows better. */
  now(device: Device): Device {
    const life = this.#lives.get(device.id)
    if (!life) return device
    const lastSeenAt = life.seenAtMs > 0 ? toIso(life.seenAtMs) : device.lastSeenAt
    const offlineSince = life.offlineSinceMs === null ? null : toIso(life.offlineSinceMs)
    const batteryPct = life.batteryPct ?? device.batteryPct
    return { ...device, state: life.state, lastSeenAt, batteryPct, offlineSince }
  }

  /** The edge has a connection of it. */
  online(deviceId: string): void {
    this.alive(deviceId)
  }

  /** Its last connection has ended. @param withinMs how long it has to come back before desks are told */
  offline(deviceId: string, withinMs = OFFLINE_AFTER_MS): void {
    const life = this.#lifeOf(deviceId)
    if (!life || life.offlineSinceMs !== null) return
    life.offlineSinceMs = this.#deps.clock.nowMs()
    // A battery device sleeps without a connection, a vehicle drives into a garage: for them the register shows it, no event is written.
    if (this.#deps.state.devices.get(deviceId)?.power === 'mains') {
      this.#leaving.set(deviceId, this.#deps.clock.monotonicMs() + withinMs)
    }
  }

  /** These have a connection, and nobody else. */
  onlyOnline(deviceIds: ReadonlySet<string>): void {
    for (const [id, life] of this.#lives) {
      if (life.seenAtMs > 0 && !deviceIds.has(id)) this.offline(id, OFFLINE_AFTER_RESTART_MS)
    }
  }

  takeState(topic: Topic, payload: Uint8Array, isRetained: boolean): void {
    let raw: unknown
    try {
      raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    } catch {
      // Undefined does not fit the schema and is counted there.
      raw = undefined
    }
    const message = statePayloadSchema.safeParse(raw)
    if (!message.success) return this.#unreadable.add()
    const { state } = message.data
    // A last will is what others say of the device; what the broker kept is from before.
    if (state === 'lost' || isRetained) this.#setState(topic.deviceId, state)
    else this.#alive(topic.deviceId, state)
  }

  takeBeat(topic: Topic, payload: Uint8Array): void {
    const beat = driverOf(topic.kind).decodeBeat(payload)
    if (!beat) return this.#unreadable.add()
    this.alive(topic.deviceId)
    const life = this.#lives.get(topic.deviceId)
    if (life && beat.batteryPct !== undefined) life.batteryPct = beat.batteryPct
    if (!this.#deps.state.devices.has(topic.deviceId)) return
    this.#deps.history.push({
      deviceId: topic.deviceId,
      receivedAtMs: this.#deps.clock.nowMs(),
      batteryPct: beat.batteryPct ?? null,
      rssiDbm: beat.rssiDbm ?? null,
      uptimeS: beat.uptimeS ?? null,
    })
  }

  /** Any message is a sign of life. */
  alive(deviceId: string): void {
    const state = this.#stateOf(deviceId)
    this.#alive(deviceId, state === 'lost' || state === 'disconnected' || state === 'init' ? 'ready' : state)
  }

  #alive(deviceId: string, state: DeviceState): void {
    const life = this.#lifeOf(deviceId)
    if (!life) return
    life.seenAtMs = this.#deps.clock.nowMs()
    this.#seen.add(deviceId)
    if (life.offlineSinceMs !== null) {
      life.offlineSinceMs = null
      // Told as gone: then also that it is back.
      if (!this.#leaving.delete(deviceId)) this.#changed.add(deviceId)
    }
    this.#setState(deviceId, state)
  }

  #setState(deviceId: string, state: DeviceState): void {
    const life = this.#lifeOf(deviceId)
    if (!life || life.state === state) return
    life.state = state
    this.#changed.add(deviceId)
  }

  #stateOf(deviceId: string): DeviceState {
    return this.#lives.get(deviceId)?.state ?? this.#deps.state.devices.get(deviceId)?.state ?? 'init'
  }

  #lifeOf(deviceId: string): Life | null {
    const known = this.#lives.get(deviceId)
    if (known) return known
    const device = this.#deps.state.devices.get(deviceId)
    if (!device) return null
    const seenAtMs = device.lastSeenAt === null ? 0 : Date.parse(device.lastSeenAt)
    const offlineSinceMs = device.offlineSince ? Date.parse(device.offlineSince) : null
    const life: Life = { seenAtMs, batteryPct: device.batteryPct, state: device.state, offlineSinceMs }
    this.#lives.set(deviceId, life)
    return life
  }

  #look(): void {
    const nowMs = this.#deps.clock.nowMs()
    if (this.#lookedAtMs > 0 && nowMs - this.#lookedAtMs > STOOD_STILL_MS) this.grace()
    this.#lookedAtMs = nowMs
    this.sweep()
  }

  /** Looks at every device. @returns how many were visited */
  sweep(): number {
    const { state, clock } = this.#deps
    const nowMs = clock.nowMs()
    const isOurs = this.#isDeaf || nowMs < this.#graceUntilMs
    let visited = 0
    for (const device of state.devices.values()) {
      visited++
      const life = isOurs ? null : this.#lifeOf(device.id)
      // Never commissioned: a device that has not spoken since it was registered is not lost.
      if (!life || (life.seenAtMs === 0 && (life.state === 'init' || device.power !== 'mains'))) continue
      if (life.state === 'disconnected' || life.state === 'sleeping') continue
      const isRunning = ((state.positions.get(device.id)?.flags ?? 0) & FIX_FLAGS.acc) !== 0
      if (nowMs - life.seenAtMs > lostAfterMs(device, isRunning)) this.#setState(device.id, 'lost')
    }
    for (const id of this.#lives.keys()) if (!state.devices.has(id)) this.#lives.delete(id)
    this.#swept.add(visited)
    return visited
  }

  async #tell(): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const [id, dueMs] of this.#leaving) {
      if (dueMs > nowMs) continue
      this.#leaving.delete(id)
      this.#changed.add(id)
    }
    await this.flushStates()
  }

  /** Stores changed states with one event each, and the troubles that follow from them. Never throws. */
  async flushStates(): Promise<void> {
    if (this.#flushing || this.#changed.size === 0) return
    this.#flushing = true
    const ids = [...this.#changed]
    this.#changed.clear()
    try {
      await this.#writeStates(ids)
    } catch (error) {
      for (const id of ids) this.#changed.add(id)
      this.#failed.add()
      const isAway = error instanceof Fault && error.code === 'database-away'
      if (!isAway) this.#deps.log.warn('device states could not be stored', { reason: reasonOf(error) })
    } finally {
      this.#flushing = false
    }
  }

  async #writeStates(ids: readonly string[]): Promise<void> {
    const { state, events } = this.#deps
    const devices: Device[] = []
    const told: NewEvent[] = []
    for (const id of ids) {
      const device = state.devices.get(id)
      const now = device && this.now(device)
      const action = device && now ? changeOf(device, now) : null
      if (!now || action === null) continue
      devices.push(now)
      told.push({ kind: 'device', action, subjectId: id, actor: `device:${id}`, body: now })
    }
    if (devices.length === 0) return
    const settled = await events.transact(async (tx) => {
      await saveStates(tx, devices)
      await events.appendAll(tx, told)
      return this.#lost.settle(tx, this.#missed())
    })
    settled()
  }

  #missed(): Device[] {
    const list: Device[] = []
    for (const device of this.#deps.state.devices.values()) {
      const now = this.now(device)
      if (isMissed(now)) list.push(now)
    }
    return list
  }

  /** Stores when each was last seen; without events. Never throws. */
  async flushSeen(): Promise<void> {
    if (this.#seen.size === 0) return
    const ids = [...this.#seen]
    this.#seen.clear()
    const seen = ids.map((id) => {
      const life = this.#lives.get(id)
      const seenAt = life && life.seenAtMs > 0 ? toIso(life.seenAtMs) : null
      return { id, seenAt, batteryPct: life?.batteryPct ?? null }
    })
    try {
      await this.#deps.events.transact((tx) => saveSeen(tx, seen))
    } catch (error) {
      for (const id of ids) this.#seen.add(id)
      this.#deps.log.debug('signs of life could not be stored', { reason: reasonOf(error) })
    }
  }
}
