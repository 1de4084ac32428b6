import { createServer, type Server, type Socket } from 'node:net'
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client } from 'aedes'
import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { parseTopic, PAYLOAD_BYTES_MAX } from '../../domain/wire/mqtt.ts'
import { type Identity, mayPublish, mayReceive, maySubscribe } from './access.ts'
import { ConnectionLimits } from './connection-limits.ts'
import type { Credentials } from './credentials.ts'
import { type EdgeClient, packetOf } from './edge-client.ts'
import {
  CENTRE_USER,
  type OfflineReason,
  PRESENCE_TOPIC,
  REFUSALS_TOPIC,
  type RefusalReason,
} from './internal-topics.ts'
import { KeptSessions } from './kept-sessions.ts'
import { Login } from './login.ts'
import { openPort } from './open-port.ts'
import { guardSocket, type LongPublish, PacketGuard } from './packet-guard.ts'
import { Presence } from './presence.ts'
import { Refusals } from './refusals.ts'
import { eventRecord, type TakeEvent } from './take-event.ts'

export interface EdgeOptions {
  host: string
  /** 0: any free one. */
  port: number
  credentials: Pick<Credentials, 'verify'>
  /** Password of the MQTT user `vigil-centre`. */
  centrePassword: string
  take: TakeEvent
  log: Log
  metrics: Metrics
  clock: Clock
}

/** Before its CONNECT a stranger may send a name, a password and a will. */
const STRANGER_PACKET_MAX = 6_144
/** A longer packet of a known device is cut off while it arrives; its beginning is kept if it is an event. */
const PACKET_MAX = 65_536
const CONNECT_TIMEOUT_MS = 5_000
/** A reader (the core) that takes nothing for so long is cut off, so that no device waits behind it. */
const DRAIN_TIMEOUT_MS = 5_000
/** The core's socket may lag by this much; then fixes and beats are shed before anything else is touched. */
const CENTRE_LAG_MAX = 8 * 1024 * 1024
const CENTRE_SHED_AT = CENTRE_LAG_MAX / 2
/** A device's program, an installer's test or two. Beyond it the oldest is closed: it is most likely half-open. */
const CONNECTIONS_OF_DEVICE_MAX = 4
const KEEPALIVE_PROBE_MS = 20_000

/** The MQTT 3.1.1 edge for devices, the only door to `aedes`. It keeps nothing: what matters is in the journal before it is acknowledged. */
export class Edge {
  readonly #options: EdgeOptions
  readonly #broker: Aedes
  readonly #server: Server
  readonly #identities = new WeakMap<object, Identity>()
  readonly #whyLeft = new WeakMap<object, OfflineReason>()
  readonly #limits = new ConnectionLimits()
  readonly #presence: Presence<EdgeClient>
  readonly #refusals: Refusals
  readonly #login: Login
  readonly #kept: KeptSessions
  readonly #events
  readonly #eventSeconds
  readonly #shed

  constructor(options: EdgeOptions) {
    this.#options = options
    const { metrics, clock, log } = options
    this.#events = metrics
      .counter('vigil_intake_events_total', 'Events of devices, acknowledged after they were durable')
      .of()
    this.#eventSeconds = metrics.histogram(
      'vigil_intake_event_seconds',
      'From an event being read to its acknowledgement',
    )
    const shed = metrics.counter('vigil_intake_shed_total', 'Messages dropped because the reader lags')
    this.#shed = {
      fix: shed.of({ what: 'fix' }),
      beat: shed.of({ what: 'beat' }),
    }
    this.#presence = new Presence(clock, (message) => this.#tell(PRESENCE_TOPIC, message))
    this.#refusals = new Refusals({ clock, log, metrics, publish: (refusal) => this.#tell(REFUSALS_TOPIC, refusal) })
    this.#login = new Login({ ...options, refusals: this.#refusals })
    const devices = metrics.gauge('vigil_intake_devices', 'Devices connected').of()
    const connections = metrics.gauge('vigil_intake_connections', 'Connections of any kind').of()
    metrics.onRead(() => {
      devices.set(this.#presence.size)
      connections.set(this.#limits.total)
    })
    this.#broker = new Aedes({
      concurrency: 200,
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      maxInflightInbound: 32,
      maxClientsIdLength: 64,
      maxTopicLevels: 8,
    })
    const { clients } = this.#broker as unknown as { clients: Record<string, unknown> }
    this.#kept = new KeptSessions((clientId) => clients[clientId] !== undefined, shed.of({ what: 'kept-for-absent' }))
    this.#setRules()
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** @returns the port. @throws Fault `config-invalid` when it is taken */
  async listen(): Promise<number> {
    const { host, port } = this.#options
    await this.#broker.listen()
    const { persistence } = this.#broker as unknown as { persistence: Parameters<KeptSessions['tame']>[0] }
    this.#kept.tame(persistence, (client, filter) => {
      const who = this.#identities.get(client)
      return who !== undefined && maySubscribe(who, filter)
    })
    const bound = await openPort(this.#server, host, port)
    this.#server.on('error', (error) => this.#options.log.error('the MQTT port failed', { reason: reasonOf(error) }))
    return bound
  }

  async close(): Promise<void> {
    this.#server.close()
    await new Promise<void>((resolve) => this.#broker.close(resolve))
  }

  /** Ends the connections of a device whose credential was taken back. */
  disconnect(deviceId: string): void {
    for (const client of this.#presence.connectionsOf(deviceId)) {
      this.#whyLeft.set(client, 'refused')
      client.conn.destroy()
    }
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? 'unknown'
    if (!this.#limits.admit(address)) {
      this.#refusals.note('too-many-connections', '', address, `${this.#limits.total} connections`)
      socket.destroy()
      return
    }
    let identified = false
    const settle = () => {
      if (!identified) this.#limits.known(address)
      identified = true
    }
    socket.on('close', () => {
      settle()
      this.#limits.ended()
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_PROBE_MS)
    const identity = (): Identity | undefined => {
      const who = client && this.#identities.get(client)
      if (who) settle()
      return who
    }
    const guard = new PacketGuard(() => (identity() ? PACKET_MAX : STRANGER_PACKET_MAX), PAYLOAD_BYTES_MAX)
    guardSocket(socket, guard, (publish) => void this.#takeLong(socket, identity(), publish))
    const client = this.#broker.handle(socket) as unknown as EdgeClient | undefined
  }

  #setRules(): void {
    const broker = this.#broker
    broker.preConnect = (_client, packet, answer) => {
      // One kept session for each device; a client id made up anew each time would leave one behind each time.
      if (packet.clientId !== packet.username) packet.clean = true
      answer(null, true)
    }
    broker.authenticate = (client, username, password, answer) => {
      const asked = this.#identify(client as unknown as EdgeClient, username ?? '', password ?? Buffer.alloc(0))
      void asked.then((refused) => (refused === null ? answer(null, true) : answer(loginError(refused), false)))
    }
    broker.authorizePublish = (client, packet, answer) => {
      const who = client && this.#identities.get(client)
      if (!who) return answer(new Error('not identified'))
      const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
      this.#publish(who, client as unknown as EdgeClient, packet.topic, payload, packet.retain, answer)
    }
    broker.authorizeSubscribe = (client, subscription, done) => {
      const who = this.#identities.get(client)
      if (who && maySubscribe(who, subscription.topic)) return done(null, subscription)
      if (who) this.#refuse('foreign-subscription', who, client as unknown as EdgeClient, subscription.topic)
      done(null, null)
    }
    broker.authorizeForward = (client, packet) =>
      this.#mayForward(client as unknown as EdgeClient, packet) ? packet : null
    broker.on('client', (client) => this.#arrived(client as unknown as EdgeClient))
    broker.on('clientDisconnect', (client) => this.#left(client as unknown as EdgeClient))
    broker.on('keepaliveTimeout', (client) => this.#whyLeft.set(client, 'silent'))
    broker.on('subscribe', (subscriptions, client) => {
      if (this.#identities.get(client)?.type !== 'centre') return
      for (const { topic } of subscriptions) this.#tellPresent(client, topic)
    })
    broker.on('connectionError', () => undefined)
    broker.on('clientError', () => undefined)
  }

  /** @returns null when it may come in */
  async #identify(client: EdgeClient, username: string, password: Buffer): Promise<RefusalReason | null> {
    const who = await this.#login.identify(client, username, password)
    if (typeof who === 'string') return who
    this.#identities.set(client, who)
    if (who.type === 'centre') {
      // Private, but the only way to give the one reader of all devices a larger buffer than each of them.
      const hidden = client.conn as unknown as Record<'_writableState', { highWaterMark: number }>
      hidden['_writableState'].highWaterMark = CENTRE_LAG_MAX
    }
    return null
  }

  #publish(
    who: Identity,
    client: EdgeClient,
    topic: string,
    payload: Buffer,
    retain: boolean,
    answer: (error?: Error | null) => void,
  ): void {
    const refuse = (reason: RefusalReason) => {
      this.#whyLeft.set(client, 'refused')
      this.#refuse(reason, who, client, topic)
      // Without MQTT 5 there is no other "no" than a closed connection; a PUBACK would be a lie.
      answer(new Error(reason))
    }
    const verdict = mayPublish(who, topic, retain)
    if (verdict !== 'yes') return refuse(verdict)
    const isEvent = who.type === 'device' && parseTopic(topic)?.channel === 'event'
    if (!isEvent) {
      if (payload.length > PAYLOAD_BYTES_MAX) return refuse('too-large')
      return answer(null)
    }
    const startedMs = this.#options.clock.monotonicMs()
    const { deviceId, kind } = who
    // Copied by the journal before anything else runs: the parser's buffer is reused.
    this.#options.take(eventRecord({ deviceId, kind, topic }, Buffer.from(payload), this.#options.clock)).then(
      () => {
        this.#events.add()
        this.#eventSeconds.observe((this.#options.clock.monotonicMs() - startedMs) / 1000)
        answer(null)
      },
      (error: unknown) => {
        this.#options.log.error('an event could not be made durable, it is not acknowledged', {
          deviceId,
          reason: reasonOf(error),
        })
        refuse('journal-failed')
      },
    )
  }

  /** A packet that is too long to be let in: if it is an event, its beginning is one; then the connection ends. */
  async #takeLong(socket: Socket, who: Identity | undefined, publish: LongPublish | null): Promise<void> {
    const address = socket.remoteAddress ?? 'unknown'
    const name = who?.type === 'device' ? who.deviceId : ''
    this.#refusals.note('too-large', name, address, publish?.topic ?? 'before login')
    try {
      if (who?.type === 'device' && publish && mayPublish(who, publish.topic, false) === 'yes') {
        const isEvent = parseTopic(publish.topic)?.channel === 'event'
        const from = { deviceId: who.deviceId, kind: who.kind, topic: publish.topic }
        if (isEvent) await this.#options.take(eventRecord(from, publish.payload, this.#options.clock, true))
      }
    } catch (error) {
      this.#options.log.error('an event could not be made durable', { deviceId: name, reason: reasonOf(error) })
    }
    socket.destroy()
  }

  #mayForward(client: EdgeClient, packet: AedesPublishPacket): boolean {
    const who = this.#identities.get(client)
    if (!who || !mayReceive(who, packet.topic)) return false
    if (who.type !== 'centre' || client.conn.writableLength < CENTRE_SHED_AT) return true
    const channel = parseTopic(packet.topic)?.channel
    if (channel !== 'fix' && channel !== 'beat') return true
    this.#shed[channel].add()
    return false
  }

  #arrived(client: EdgeClient): void {
    const who = this.#identities.get(client)
    this.#kept.returned(client.id)
    if (who?.type !== 'device') return
    const others = this.#presence.connectionsOf(who.deviceId)
    for (const old of others.slice(0, Math.max(0, others.length + 1 - CONNECTIONS_OF_DEVICE_MAX))) old.conn.destroy()
    this.#presence.arrived(who.deviceId, who.kind, client)
  }

  #left(client: EdgeClient): void {
    const who = this.#identities.get(client)
    if (who?.type !== 'device') return
    const why = this.#whyLeft.get(client) ?? (client['_disconnected'] ? 'goodbye' : 'broken')
    this.#presence.left(who.deviceId, client, why)
  }

  #refuse(reason: RefusalReason, who: Identity, client: EdgeClient, detail: string): void {
    const name = who.type === 'device' ? who.deviceId : CENTRE_USER
    this.#refusals.note(reason, name, client.conn.remoteAddress ?? 'unknown', detail)
  }

  /** To whoever listens; nobody is a fine answer, the present state is told to each new listener. */
  #tell(topic: string, message: object): void {
    if (this.#broker.closed) return
    this.#broker.publish(packetOf(topic, message), () => undefined)
  }

  #tellPresent(client: Client, topic: string): void {
    const messages =
      topic === PRESENCE_TOPIC ? this.#presence.present() : topic === REFUSALS_TOPIC ? this.#refusals.list() : []
    for (const message of messages) client.publish(packetOf(topic, message), () => undefined)
  }
}

/** 3: come again, we cannot know yet · 5: not authorised (MQTT 3.1.1 §3.2.2.3). */
function loginError(reason: RefusalReason): AuthenticateError {
  const error = new Error(reason) as AuthenticateError
  error.returnCode = reason === 'credentials-unavailable' ? 3 : 5
  return error
}
