import type { Socket } from 'node:net'
import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { parseTopic } from '../../domain/wire/mqtt.ts'
import { type Identity, mayPublish } from './access.ts'
import type { LongPublish } from './packet-guard.ts'
import type { Refusals } from './refusals.ts'
import { eventRecord, type TakeEvent } from './take-event.ts'

export interface EventTakerOptions {
  take: TakeEvent
  refusals: Refusals
  log: Log
  metrics: Metrics
  clock: Clock
}

/** Events of known devices on their way into the journal, measured. */
export class EventTaker {
  readonly #options: EventTakerOptions
  readonly #events
  readonly #seconds

  constructor(options: EventTakerOptions) {
    this.#options = options
    const { metrics } = options
    this.#events = metrics
      .counter('vigil_intake_events_total', 'Events of devices, acknowledged after they were durable')
      .of()
    this.#seconds = metrics.histogram('vigil_intake_event_seconds', 'From an event being read to its acknowledgement')
  }

  /** @returns whether it is durable; a failure is logged */
  async take(who: Identity & { type: 'device' }, topic: string, payload: Buffer): Promise<boolean> {
    const { clock, take, log } = this.#options
    const startedMs = clock.monotonicMs()
    const { deviceId, kind } = who
    try {
      // Copied by the journal before anything else runs: the parser's buffer is reused.
      await take(eventRecord({ deviceId, kind, topic }, Buffer.from(payload), clock))
    } catch (error) {
      const reason = reasonOf(error)
      log.error('an event could not be made durable, it is not acknowledged', { deviceId, reason })
      return false
    }
    this.#events.add()
    this.#seconds.observe((clock.monotonicMs() - startedMs) / 1000)
    return true
  }

  /** A packet that is too long to be let in: if it is an event, its beginning is one; then the connection ends. */
  async takeLong(socket: Socket, who: Identity | undefined, publish: LongPublish | null): Promise<void> {
    const { refusals, take, clock, log } = this.#options
    const address = socket.remoteAddress ?? 'unknown'
    const name = who?.type === 'device' ? who.deviceId : ''
    refusals.note('too-large', name, address, publish?.topic ?? 'before login')
    try {
      if (who?.type === 'device' && publish && mayPublish(who, publish.topic, false) === 'yes') {
        const isEvent = parseTopic(publish.topic)?.channel === 'event'
        const from = { deviceId: who.deviceId, kind: who.kind, topic: publish.topic }
        if (isEvent) await take(eventRecord(from, publish.payload, clock, true))
      }
    } catch (error) {
      log.error('an event could not be made durable', { deviceId: name, reason: reasonOf(error) })
    }
    socket.destroy()
  }
}
