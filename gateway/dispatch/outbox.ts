import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import type { Database } from '../store/database.ts'
import { dropExpired, markSent, readUnsent, type Unsent } from './outbox-rows.ts'

/** Publishes to a device with QoS 1; rejects when the broker is away. */
export type Publish = (topic: string, payload: string) => Promise<void>

/** Everybody kicks after a commit; this is for kicks that got lost and for the time after an outage. */
const LOOK_AGAIN_MS = 500
const SENT_AT_ONCE = 200
/** Sent rows are kept for a day, for the question "did we tell it?". */
const KEEP_SENT_MS = 24 * 3_600_000
const TIDY_MS = 60_000

/**
 * Sends the outbox, oldest first, at least once: a message is marked after the broker has taken it, so a crash between sends it
 * again, and devices know commands by their id.
 */
export class Outbox {
  readonly #database: Database
  readonly #publish: Publish
  readonly #clock: Clock
  readonly #log: Log
  readonly #sent
  readonly #failed
  readonly #expired
  #timers: NodeJS.Timeout[] = []
  #busy = false
  #again = false

  constructor(deps: { database: Database; publish: Publish; clock: Clock; log: Log; metrics: Metrics }) {
    this.#database = deps.database
    this.#publish = deps.publish
    this.#clock = deps.clock
    this.#log = deps.log
    this.#sent = deps.metrics.counter('vigil_outbox_sent_total', 'Messages sent to devices, by channel')
    this.#failed = deps.metrics.counter('vigil_outbox_failed_total', 'Rounds of the outbox that failed').of()
    this.#expired = deps.metrics.counter('vigil_outbox_expired_total', 'Messages that nobody waited for any more').of()
  }

  start(): void {
    this.#timers = [setInterval(() => this.kick(), LOOK_AGAIN_MS), setInterval(() => void this.#tidy(), TIDY_MS)]
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** There may be something to send. */
  kick(): void {
    this.#again = true
    if (!this.#busy) void this.#run()
  }

  async #run(): Promise<void> {
    this.#busy = true
    try {
      while (this.#again) {
        this.#again = false
        if ((await this.sendSome()) === SENT_AT_ONCE) this.#again = true
      }
    } catch (error) {
      this.#failed.add()
      const isAway = error instanceof Fault && (error.code === 'broker-away' || error.code === 'database-away')
      if (!isAway) this.#log.warn('the outbox could not be sent', { reason: reasonOf(error) })
    } finally {
      this.#busy = false
    }
  }

  /** @returns how many were sent */
  async sendSome(): Promise<number> {
    if (this.#database.isAway()) return 0
    const messages = await readUnsent(this.#database, SENT_AT_ONCE, toIso(this.#clock.nowMs()))
    if (messages.length === 0) return 0
    const sent = await Promise.allSettled(messages.map((message) => this.#sendOne(message)))
    const done = messages.filter((_, i) => sent[i]!.status === 'fulfilled')
    await markSent(
      this.#database,
      done.map((message) => message.id),
      toIso(this.#clock.nowMs()),
    )
    for (const message of done) this.#sent.of({ channel: message.channel }).add()
    const failure = sent.find((result) => result.status === 'rejected')
    if (failure) throw failure.reason
    return done.length
  }

  async #sendOne(message: Unsent): Promise<void> {
    const topic = topicOf(message.device_kind, message.device_id, message.channel)
    await this.#publish(topic, JSON.stringify(message.payload))
  }

  async #tidy(): Promise<void> {
    try {
      const nowMs = this.#clock.nowMs()
      const unsent = await dropExpired(this.#database, toIso(nowMs), toIso(nowMs - KEEP_SENT_MS))
      this.#expired.add(unsent)
    } catch (error) {
      this.#log.debug('the outbox could not be tidied', { reason: reasonOf(error) })
    }
  }
}
