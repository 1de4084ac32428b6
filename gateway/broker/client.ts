import mqtt from 'mqtt'
import type { Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { topicMatches } from './topic-matches.ts'

/** What comes in. */
export interface BrokerMessage {
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
  /** Set on what the broker kept from before the subscription. */
  retain: boolean
}

export interface BrokerOptions {
  /** `mqtt://host:port` or `mqtts://…`; a user and password inside are used unless given apart. */
  url: string
  clientId: string
  username?: string
  password?: string
  /** 4 (3.1.1) on our own edge, 5 with an external broker. Default 4. */
  protocolVersion?: 4 | 5
  /** Seconds, default 15. */
  keepaliveS?: number
  log: Log
  metrics: Metrics
  clock: Clock
}

export interface BrokerClient {
  /**
   * From now on and after every reconnect (sessions are clean). A throw of `onMessage` is counted and logged.
   * @param filter with + and #
   */
  subscribe(filter: string, qos: 0 | 1, onMessage: (message: BrokerMessage) => void): void
  /**
   * Resolves when sent (QoS 0) or acknowledged (QoS 1). @throws Fault `broker-away` when not connected or not acknowledged within 5 s;
   * then it may have arrived all the same
   */
  publish(topic: string, payload: string | Buffer, options?: { qos?: 0 | 1; retain?: boolean }): Promise<void>
  isConnected(): boolean
  /** Called with the present state at once, then at each change. @returns a function that ends it */
  onState(listener: (connected: boolean) => void): () => void
  close(): Promise<void>
}

/** Full jitter, so that the programs of a centre do not all come back in the same moment. */
const RECONNECT_FIRST_MS = 200
const RECONNECT_SPREAD_MS = 800
const CONNECT_TIMEOUT_MS = 4_000
const PUBLISH_TIMEOUT_MS = 5_000
const KEEPALIVE_S = 15

/** Both kinds of client: reconnects with jitter, logs and counts what happens to the connection. */
function connect(options: BrokerOptions, more: mqtt.IClientOptions): mqtt.MqttClient {
  const client = mqtt.connect(options.url, {
    clientId: options.clientId,
    ...(options.username !== undefined && { username: options.username }),
    ...(options.password !== undefined && { password: options.password }),
    protocolVersion: options.protocolVersion ?? 4,
    keepalive: options.keepaliveS ?? KEEPALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: jitterMs(),
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    ...more,
  })
  const reconnects = options.metrics.counter('vigil_broker_connects_total', 'Connections made to the broker').of()
  const errors = options.metrics.counter('vigil_broker_errors_total', 'Failed connections to the broker').of()
  const up = options.metrics.gauge('vigil_broker_up', 'Whether the broker is connected').of()
  let lastReason = ''
  client.on('connect', () => {
    lastReason = ''
    reconnects.add()
    up.set(1)
    options.log.info('broker connected', { clientId: options.clientId })
  })
  client.on('close', () => {
    up.set(0)
    client.options.reconnectPeriod = jitterMs()
  })
  client.on('error', (error) => {
    errors.add()
    // The same reason again and again is one line, not one a second.
    if (reasonOf(error) !== lastReason) options.log.warn('broker connection failed', { reason: reasonOf(error) })
    lastReason = reasonOf(error)
  })
  return client
}

function jitterMs(): number {
  return RECONNECT_FIRST_MS + Math.random() * RECONNECT_SPREAD_MS
}

/** A client that listens and speaks: the core on our own edge or on an external broker. */
export function connectBroker(options: BrokerOptions): BrokerClient {
  const client = connect(options, { clean: true })
  const routes: { filter: string; qos: 0 | 1; onMessage: (message: BrokerMessage) => void }[] = []
  const listeners = new Set<(connected: boolean) => void>()
  const failures = options.metrics.counter('vigil_broker_message_failures_total', 'Messages whose reader threw').of()
  const tell = (connected: boolean) => {
    for (const listener of listeners) listener(connected)
  }
  const subscribe = (filter: string, qos: 0 | 1) => {
    client.subscribe(filter, { qos }, (error, granted) => {
      const refused = granted?.some((one) => one.qos >= 128)
      if (error || refused) {
        options.log.error('subscription refused', { filter, reason: error ? reasonOf(error) : 'by the broker' })
      }
    })
  }
  client.on('connect', () => {
    for (const { filter, qos } of routes) subscribe(filter, qos)
    tell(true)
  })
  client.on('close', () => tell(false))
  client.on('message', (topic, payload, packet) => {
    for (const route of routes) {
      if (!topicMatches(route.filter, topic)) continue
      try {
        route.onMessage({ topic, payload, qos: packet.qos, retain: packet.retain })
      } catch (error) {
        failures.add()
        options.log.error('a message could not be taken', { topic, reason: reasonOf(error) })
      }
    }
  })
  return {
    subscribe: (filter, qos, onMessage) => {
      routes.push({ filter, qos, onMessage })
      if (client.connected) subscribe(filter, qos)
    },
    publish: (topic, payload, { qos = 0, retain = false } = {}) => publish(client, topic, payload, { qos, retain }),
    isConnected: () => client.connected,
    onState: (listener) => {
      listeners.add(listener)
      listener(client.connected)
      return () => listeners.delete(listener)
    },
    close: async () => {
      await client.endAsync(true)
    },
  }
}

function publish(
  client: mqtt.MqttClient,
  topic: string,
  payload: string | Buffer,
  options: { qos: 0 | 1; retain: boolean },
): Promise<void> {
  if (!client.connected)
    return Promise.reject(new Fault('broker-away', 'the message broker is not connected', { topic }))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Fault('broker-away', 'the message broker did not acknowledge in time', { topic }))
    }, PUBLISH_TIMEOUT_MS)
    client.publish(topic, payload, options, (error) => {
      clearTimeout(timer)
      if (error) reject(new Fault('broker-away', `the message could not be sent: ${reasonOf(error)}`, { topic }, error))
      else resolve()
    })
  })
}

/** At most this many messages wait for their acknowledgement; bounds the memory (MQTT 5 Receive Maximum). */
const RECEIVE_MAX = 500
/** A broker keeps what we missed for a week. */
const SESSION_EXPIRY_S = 604_800

/**
 * Takes QoS 1 messages of an external broker (MQTT 5, kept session) and acknowledges each only after `take` has resolved, while the
 * parser goes on: pings and other messages never wait for a disk. A rejection cuts the connection, so that the broker delivers again;
 * a negative PUBACK would make it throw the message away.
 *
 * The library acknowledges by itself as soon as its own handler returns, and takes one message at a time. So each incoming
 * QoS 1 packet is made to look like QoS 0 before the library sees it, and the PUBACK is sent from here, in the order of
 * arrival, never on another connection than the one the message came on. That needs `_sendPacket`, which is private: the
 * package's version is pinned and tests/intake/broker-consumer.test.ts fails when it changes.
 */
export function consumeBroker(
  options: BrokerOptions & {
    filters: readonly string[]
    take: (message: BrokerMessage) => Promise<void>
    onConnect?: () => void
  },
): { isConnected(): boolean; close(): Promise<void> } {
  const client = connect(
    { ...options, protocolVersion: 5 },
    {
      clean: false,
      properties: { sessionExpiryInterval: SESSION_EXPIRY_S, receiveMaximum: RECEIVE_MAX },
    },
  )
  const sendPacket = (packet: mqtt.Packet) =>
    (client as unknown as Record<'_sendPacket', (packet: mqtt.Packet) => void>)['_sendPacket'](packet)
  const ackIds = new WeakMap<object, number>()
  let epoch = 0
  let lastAck: Promise<void> = Promise.resolve()
  client.on('connect', () => {
    epoch++
    options.onConnect?.()
    // rh 0: what the broker retained is offered each time, marked, so that it can be counted and told. `rap` stays off: a message of now comes without the mark.
    client.subscribe([...options.filters], { qos: 1, rh: 0, rap: false }, (error) => {
      if (error) options.log.error('subscription refused', { reason: reasonOf(error) })
    })
  })
  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'publish' || packet.qos !== 1 || packet.messageId === undefined) return
    ackIds.set(packet, packet.messageId)
    packet.qos = 0
  })
  client.handleMessage = (packet, done) => {
    const messageId = ackIds.get(packet)
    const came = epoch
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const qos = messageId === undefined ? packet.qos : 1
    const taken = options.take({ topic: packet.topic, payload, qos, retain: packet.retain })
    lastAck = Promise.all([taken, lastAck]).then(
      () => {
        if (messageId === undefined || came !== epoch || !client.connected) return
        sendPacket({ cmd: 'puback', messageId, reasonCode: 0 })
      },
      (error: unknown) => {
        if (came !== epoch) return
        options.log.error('a message could not be kept, the broker must send it again', { reason: reasonOf(error) })
        epoch++
        client.stream.destroy()
      },
    )
    done()
  }
  return {
    isConnected: () => client.connected,
    close: async () => {
      await lastAck
      await client.endAsync()
    },
  }
}
