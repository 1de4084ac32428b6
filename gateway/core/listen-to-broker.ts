import { parseTopic, TOPIC_ROOT, type Channel } from '../../domain/wire/mqtt.ts'
import type { BrokerClient, BrokerMessage } from '../broker/client.ts'
import type { Replies } from '../dispatch/replies.ts'
import type { DeviceLife } from '../fleet/device-life.ts'
import type { EdgeNews } from '../fleet/edge-news.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { OwnOutage } from '../fleet/own-outage.ts'
import { CENTRE_TOPICS } from '../intake/internal-topics.ts'

/**
 * What the core hears from the broker: everything of devices but their events, which come by the journal, and the edge's own news.
 * @returns how to stop hearing changes of the connection
 */
export function listenToBroker(parts: {
  broker: BrokerClient
  fleet: Fleet
  life: DeviceLife
  news: EdgeNews
  outage: OwnOutage
  replies: Replies
  onConnected: () => void
}): () => void {
  const { broker, fleet, life, news, outage, replies } = parts
  const hear = (channel: Channel, qos: 0 | 1, take: (message: BrokerMessage) => void) =>
    broker.subscribe(`${TOPIC_ROOT}/+/+/${channel}`, qos, take)
  hear('fix', 0, ({ topic: text, payload }) => {
    const topic = parseTopic(text)
    if (topic) fleet.take(topic, payload)
  })
  hear('beat', 0, ({ topic: text, payload }) => {
    const topic = parseTopic(text)
    if (topic) life.takeBeat(topic, payload)
  })
  hear('state', 1, ({ topic: text, payload, retain }) => {
    const topic = parseTopic(text)
    if (topic) life.takeState(topic, payload, retain)
  })
  hear('reply', 1, ({ topic: text, payload }) => {
    const topic = parseTopic(text)
    if (!topic) return
    life.alive(topic.deviceId)
    void replies.take(topic, payload)
  })
  for (const topic of CENTRE_TOPICS) {
    broker.subscribe(topic, 1, ({ payload }) => news.take(topic, payload))
  }
  return broker.onState((connected) => {
    // While the broker is away nobody can be heard: silence is ours.
    life.hearing(connected)
    outage.hearing(connected)
    if (connected) parts.onConnected()
  })
}
