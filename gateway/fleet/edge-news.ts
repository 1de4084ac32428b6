import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { PRESENCE_TOPIC, REFUSALS_TOPIC, type PresenceMessage, type Refusal } from '../intake/internal-topics.ts'
import type { Troubles } from '../live/troubles.ts'
import type { DeviceLife } from './device-life.ts'

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
  'journal-failed': 'could not be heard: the journal cannot be written',
}

/** What the edge tells the centre beside the devices' own words: who is connected, and who was refused. */
export class EdgeNews {
  readonly #life: DeviceLife
  readonly #troubles: Troubles
  readonly #clock: Clock
  readonly #log: Log
  readonly #unreadable
  readonly #refusals = new Map<string, { deviceId: string; code: string; lastMs: number }>()
  #timer: NodeJS.Timeout | null = null

  constructor(deps: { life: DeviceLife; troubles: Troubles; clock: Clock; log: Log; metrics: Metrics }) {
    this.#life = deps.life
    this.#troubles = deps.troubles
    this.#clock = deps.clock
    this.#log = deps.log
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
  }

  #presence(message: PresenceMessage): void {
    switch (message.type) {
      case 'present':
        for (const { deviceId } of message.devices) this.#life.alive(deviceId)
        return
      case 'online':
        this.#life.alive(message.deviceId)
        void this.#restore(message.deviceId)
        return
      case 'offline':
        // Not lost yet: it has 90 s to come back. A device with a last will says so itself.
        return
      default: {
        const never: never = message
        throw new Error(`unknown presence ${String(never)}`)
      }
    }
  }

  async #refusal(refusal: Refusal): Promise<void> {
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
