import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import {
  CONDITIONS_TOPIC,
  type ConditionsMessage,
  PRESENCE_TOPIC,
  PULSE_TOPIC,
  type PulseMessage,
  type PresenceMessage,
  type Refusal,
  REFUSALS_TOPIC,
} from '../intake/internal-topics.ts'
import type { Troubles } from '../live/troubles.ts'
import type { DeviceLife } from './device-life.ts'
import { IntakeConditions } from './intake-conditions.ts'

/** A refusal that has not come back for this long is over: the stranger went away, or was registered. */
const REFUSAL_LIFE_MS = 15 * 60_000
const SWEEP_MS = 60_000
/** Strangers can name themselves as they like: no more of them than an officer could ever look at. */
const REFUSALS_MAX = 200

/** Words for the troubles lane; the desk has its own sentence for each code. */
const WORDS: Partial<Record<Refusal['reason'], string>> = {
  'unknown-device': 'is not registered and was refused',
  'wrong-credential': 'came with a wrong credential',
  'no-credential': 'has no credential yet and was refused',
  'too-large': 'sent a message that is too large',
}

/** What the edge tells the centre beside the devices' own words: who is connected, and who was refused. */
export class EdgeNews {
  readonly #life: DeviceLife
  readonly #troubles: Troubles
  readonly #clock: Clock
  readonly #log: Log
  readonly #onListening: (deviceId: string) => void
  readonly #onPulse: (message: PulseMessage) => void
  readonly #unreadable
  readonly #conditions: IntakeConditions
  readonly #refusals = new Map<string, { deviceId: string; code: string; lastMs: number }>()
  #presentIds = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  constructor(deps: {
    life: DeviceLife
    troubles: Troubles
    clock: Clock
    log: Log
    metrics: Metrics
    /** The device hears its receipts from now on. */
    onListening?: (deviceId: string) => void
    onPulse?: (message: PulseMessage) => void
  }) {
    this.#onListening = deps.onListening ?? (() => undefined)
    this.#onPulse = deps.onPulse ?? (() => undefined)
    this.#life = deps.life
    this.#troubles = deps.troubles
    this.#clock = deps.clock
    this.#log = deps.log
    this.#conditions = new IntakeConditions(deps)
    this.#unreadable = deps.metrics
      .counter('vigil_edge_news_unreadable_total', 'Messages of the edge that could not be read')
      .of()
  }

  start(): void {
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_MS)
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** One message of the edge's internal topics. */
  take(topic: string, payload: Uint8Array): void {
    let message: unknown
    try {
      message = JSON.parse(Buffer.from(payload).toString('utf8'))
    } catch (error) {
      this.#unreadable.add()
      this.#log.warn('a message of the edge is not JSON', { topic, reason: String(error) })
      return
    }
    // Only the edge itself may publish here.
    if (topic === PRESENCE_TOPIC) this.#presence(message as PresenceMessage)
    else if (topic === REFUSALS_TOPIC) void this.#refusal(message as Refusal)
    else if (topic === PULSE_TOPIC) this.#onPulse(message as PulseMessage)
    else if (topic === CONDITIONS_TOPIC) void this.#conditions.take(message as ConditionsMessage)
  }

  #presence(message: PresenceMessage): void {
    switch (message.type) {
      case 'present':
        this.#present(message)
        return
      case 'online':
        this.#life.online(message.deviceId)
        void this.#restore(message.deviceId)
        return
      case 'listening':
        this.#onListening(message.deviceId)
        return
      case 'offline':
        // Not lost yet: it has its time to come back. A device with a last will says so itself.
        this.#life.offline(message.deviceId)
        return
      default: {
        const never: never = message
        throw new Error(`unknown presence ${String(never)}`)
      }
    }
  }

  /** After a start of the core or of the edge: who is not in the list has no connection. */
  #present(message: PresenceMessage & { type: 'present' }): void {
    for (const { deviceId } of message.devices) {
      this.#life.online(deviceId)
      this.#presentIds.add(deviceId)
    }
    if (!message.last) return
    this.#life.onlyOnline(this.#presentIds)
    this.#presentIds = new Set()
  }

  async #refusal(refusal: Refusal): Promise<void> {
    // That is the journal's trouble, and stands in the list of conditions.
    if (refusal.reason === 'journal-failed') return
    const code = `refused-${refusal.reason}`
    const key = `${refusal.deviceId} ${code}`
    if (!this.#refusals.has(key) && this.#refusals.size >= REFUSALS_MAX) return
    this.#refusals.set(key, { deviceId: refusal.deviceId, code, lastMs: this.#clock.nowMs() })
    const what = WORDS[refusal.reason] ?? `was refused (${refusal.reason})`
    const detail = `${refusal.deviceId} from ${refusal.address} ${what}${refusal.detail ? `: ${refusal.detail}` : ''}`
    await this.#troubles.raiseNow({ subjectKind: 'device', subjectId: refusal.deviceId, code, detail })
  }

  async #restore(deviceId: string): Promise<void> {
    for (const [key, refusal] of this.#refusals) {
      if (refusal.deviceId !== deviceId) continue
      this.#refusals.delete(key)
      await this.#troubles.restoreNow('device', deviceId, refusal.code)
    }
  }

  async #sweep(): Promise<void> {
    const oldMs = this.#clock.nowMs() - REFUSAL_LIFE_MS
    for (const [key, refusal] of this.#refusals) {
      if (refusal.lastMs > oldMs) continue
      this.#refusals.delete(key)
      await this.#troubles.restoreNow('device', refusal.deviceId, refusal.code)
    }
  }
}
