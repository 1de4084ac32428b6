import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Device, DeviceState } from '../../domain/device.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { statePayloadSchema, type Topic } from '../../domain/wire/mqtt.ts'
import { driverOf } from '../../devices/registry.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'
import type { BeatRow } from '../store/fix-batch.ts'

/** A mains device without a sign of life for this long is lost: what EN 50136 asks of a dual-path school or bank. */
export const LOST_AFTER_MS = 90_000
/** After our own start, or after the broker came back, silence is our own fault for so long. */
export const GRACE_MS = 90_000
const SWEEP_MS = 5_000
const STATES_MS = 500
const SEEN_MS = 10_000
/** So many at once have one cause (a switch, a power cut): one trouble instead of one each. */
const TOGETHER_MIN = 10

interface Life {
  seenAtMs: number
  batteryPct: number | null
  /** What the device said, or we concluded; not yet stored. */
  state: DeviceState
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
  #graceUntilMs = 0
  #flushing = false

  constructor(deps: DeviceLifeDeps) {
    this.#deps = deps
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
      setInterval(() => this.sweep(), SWEEP_MS),
      setInterval(() => void this.flushStates(), STATES_MS),
      setInterval(() => void this.flushSeen(), SEEN_MS),
    ]
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.flushStates()
    await this.flushSeen()
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
    return { ...device, state: life.state, lastSeenAt, batteryPct: life.batteryPct ?? device.batteryPct }
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
    const life: Life = { seenAtMs, batteryPct: device.batteryPct, state: device.state }
    this.#lives.set(deviceId, life)
    return life
  }

  /** Looks at every mains device. @returns how many were visited */
  sweep(): number {
    const { state, clock } = this.#deps
    const nowMs = clock.nowMs()
    let visited = 0
    for (const device of state.devices.values()) {
      visited++
      if (device.power !== 'mains' || nowMs < this.#graceUntilMs) continue
      const life = this.#lifeOf(device.id)
      // Never commissioned: a device that has not spoken since it was registered is not lost.
      if (!life || (life.seenAtMs === 0 && life.state === 'init')) continue
      if (life.state === 'disconnected' || life.state === 'sleeping') continue
      if (nowMs - life.seenAtMs > LOST_AFTER_MS) this.#setState(device.id, 'lost')
    }
    for (const id of this.#lives.keys()) if (!state.devices.has(id)) this.#lives.delete(id)
    this.#swept.add(visited)
    return visited
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
    const { state, events, troubles } = this.#deps
    const devices = ids.flatMap((id) => {
      const device = state.devices.get(id)
      const now = device && this.now(device)
      return device && now && now.state !== device.state ? [now] : []
    })
    if (devices.length === 0) return
    await events.transact(async (tx) => {
      await tx.execute(
        `update device set state = u.state, last_seen_at = coalesce(u.seen, last_seen_at)
           from unnest($1::text[], $2::text[], $3::timestamptz[]) as u(id, state, seen) where device.id = u.id`,
        [devices.map((d) => d.id), devices.map((d) => d.state), devices.map((d) => d.lastSeenAt)],
      )
      const told = devices.map((body): NewEvent => {
        return { kind: 'device', action: body.state, subjectId: body.id, actor: `device:${body.id}`, body }
      })
      await events.appendAll(tx, told)
      const lost = devices.filter((device) => device.state === 'lost')
      if (lost.length >= TOGETHER_MIN) {
        const names = lost.slice(0, 5).map((device) => device.name)
        const detail = `${lost.length} devices were lost together: ${names.join(', ')}, …`
        await troubles.raise(tx, { subjectKind: 'broker', subjectId: 'devices', code: 'lost-together', detail })
      }
      for (const device of devices) {
        if (device.state !== 'lost') await troubles.restore(tx, 'device', device.id, 'lost')
        else if (lost.length < TOGETHER_MIN && device.power === 'mains') {
          const detail = `${device.name}: no sign of life`
          await troubles.raise(tx, { subjectKind: 'device', subjectId: device.id, code: 'lost', detail })
        }
      }
    })
    // The collapsed trouble is over when nobody is lost any more.
    if (troubles.stands('broker', 'devices', 'lost-together') && !this.#anyLost()) {
      await troubles.restoreNow('broker', 'devices', 'lost-together')
    }
  }

  #anyLost(): boolean {
    for (const device of this.#deps.state.devices.values()) {
      if (device.power === 'mains' && this.now(device).state === 'lost') return true
    }
    return false
  }

  /** Stores when each was last seen; without events. Never throws. */
  async flushSeen(): Promise<void> {
    if (this.#seen.size === 0) return
    const ids = [...this.#seen]
    this.#seen.clear()
    const lives = ids.map((id) => this.#lives.get(id)).map((life) => life ?? null)
    try {
      await this.#deps.events.transact((tx) =>
        tx.execute(
          `update device set last_seen_at = coalesce(u.seen, last_seen_at), battery_pct = coalesce(u.battery, battery_pct)
             from unnest($1::text[], $2::timestamptz[], $3::real[]) as u(id, seen, battery) where device.id = u.id`,
          [
            ids,
            lives.map((l) => (l && l.seenAtMs > 0 ? toIso(l.seenAtMs) : null)),
            lives.map((l) => l?.batteryPct ?? null),
          ],
        ),
      )
    } catch (error) {
      for (const id of ids) this.#seen.add(id)
      this.#deps.log.debug('signs of life could not be stored', { reason: reasonOf(error) })
    }
  }
}
