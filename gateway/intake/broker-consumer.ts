import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { parseTopic, TOPIC_ROOT } from '../../domain/wire/mqtt.ts'
import { consumeBroker } from '../broker/client.ts'
import type { RetainedEvents } from './broker-news.ts'
import { SELF_TEST_ID } from './self-test.ts'
import { eventRecord, type TakeEvent } from './take-event.ts'

export interface ConsumerOptions {
  /** VIGIL_MQTT_URL, MQTT 5; user and password inside. */
  url: string
  /** The broker keeps the session of this name while we are away: the same at every start, different for each intake. */
  clientId: string
  /** Seconds, default 15. */
  keepaliveS?: number
  take: TakeEvent
  retained: RetainedEvents
  log: Log
  metrics: Metrics
  clock: Clock
}

/**
 * Events of an external broker into the journal; each is acknowledged after it is durable. There the broker decides who may
 * speak. Its PUBACK to the device says nothing about us: devices wait for the receipt `stored`.
 */
export function consumeEvents(options: ConsumerOptions): { isConnected(): boolean; close(): Promise<void> } {
  const { metrics, clock } = options
  const events = metrics
    .counter('vigil_intake_events_total', 'Events of devices, acknowledged after they were durable')
    .of()
  const dropped = metrics.counter('vigil_intake_refused_total', 'What was refused, by reason')
  return consumeBroker({
    ...options,
    onConnect: () => options.retained.begin(),
    filters: [`${TOPIC_ROOT}/+/+/event`],
    take: async ({ topic, payload, retain }) => {
      const parsed = parseTopic(topic)
      if (!parsed || parsed.deviceId === SELF_TEST_ID) return dropped.of({ reason: 'foreign-topic' }).add()
      if (retain) {
        // From before our subscription: a new alarm at each of our starts. One that is pressed now comes without the mark.
        options.retained.note(parsed.deviceId)
        return dropped.of({ reason: 'retain' }).add()
      }
      const { deviceId, kind } = parsed
      await options.take(eventRecord({ deviceId, kind, topic }, payload, clock))
      events.add()
    },
  })
}
