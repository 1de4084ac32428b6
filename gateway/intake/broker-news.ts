import type { Clock } from '../../domain/clock.ts'
import type { BrokerClient } from '../broker/client.ts'
import type { Condition } from './internal-topics.ts'

/** mosquitto counts here what it has thrown away for want of room in a queue. Other brokers have no such topic: then nothing is seen, and said in docs/mqtt.md. */
const DROPPED_TOPIC = '$SYS/broker/publish/messages/dropped'
/** A drop is told for so long; the count stays in the broker. */
const TOLD_FOR_MS = 15 * 60_000

/** Watches the external broker's own count of messages that it dropped: its PUBACK to a device was no promise then. */
export class BrokerDrops {
  readonly #clock: Clock
  #count = 0
  #changedAtMs: number | null = null

  constructor(broker: Pick<BrokerClient, 'subscribe'>, clock: Clock) {
    this.#clock = clock
    broker.subscribe(DROPPED_TOPIC, 0, ({ payload }) => this.#take(Number(payload.toString())))
  }

  conditions(): Condition[] {
    if (this.#changedAtMs === null || this.#clock.monotonicMs() - this.#changedAtMs > TOLD_FOR_MS) return []
    const count = this.#count
    const detail = `the broker has dropped ${count} messages since it was started: raise its queue limits, and look for a device without a receipt`
    return [{ code: 'broker-drops', subjectKind: 'broker', subjectId: 'external', detail, facts: { count } }]
  }

  #take(count: number): void {
    if (!Number.isFinite(count)) return
    // Less than before: the broker was started again.
    if (count > this.#count) this.#changedAtMs = this.#clock.monotonicMs()
    this.#count = count
  }
}

/** Remembered; a broker with more has one cause. */
const DEVICES_MAX = 100

/** Events that an external broker keeps as retained: old ones, that it would offer as new at each start. Ignored, counted, and told until they are gone. */
export class RetainedEvents {
  readonly #counts = new Map<string, number>()

  /** A connection begins: the broker offers again what it still keeps. */
  begin(): void {
    this.#counts.clear()
  }

  note(deviceId: string): void {
    if (this.#counts.size >= DEVICES_MAX && !this.#counts.has(deviceId)) return
    this.#counts.set(deviceId, (this.#counts.get(deviceId) ?? 0) + 1)
  }

  conditions(): Condition[] {
    return [...this.#counts].map(([deviceId, count]) => ({
      code: 'retained-events',
      subjectKind: 'device',
      subjectId: deviceId,
      detail: `the broker keeps a retained event of ${deviceId}; it was ignored: publish an empty retained message there, and forbid retain on events`,
      facts: { count },
    }))
  }
}
