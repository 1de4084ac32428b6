import { Aedes, type AedesPublishPacket, type Client } from 'aedes'
import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { parseTopic, PAYLOAD_BYTES_MAX } from '../../domain/wire/mqtt.ts'
import { hearsReceipts, type Identity, mayPublish, mayReceive, maySubscribe } from './access.ts'
import { Conditions } from './conditions.ts'
import type { Credentials } from './credentials.ts'
import { Door, type TlsFiles } from './door.ts'
import { addressOf, type EdgeClient, loginError, packetOf } from './edge-client.ts'
import { EventTaker } from './event-taker.ts'
import {
  CENTRE_USER,
  CONDITIONS_TOPIC,
  type OfflineReason,
  PRESENCE_TOPIC,
  PULSE_TOPIC,
  REFUSALS_TOPIC,
  type RefusalReason,
} from './internal-topics.ts'
import { KeptSessions } from './kept-sessions.ts'
import { Login } from './login.ts'
import { Overreach, refusalOf } from './overreach.ts'
import { Pacer } from './pacer.ts'
import { Presence } from './presence.ts'
import { Refusals } from './refusals.ts'
import type { TakeEvent } from './take-event.ts'
import { Twins } from './twins.ts'

export interface EdgeOptions {
  host: string
  /** 0: any free one. */
  port: number
  tls?: TlsFiles | undefined
  credentials: Pick<Credentials, 'verify'>
  /** Password of the MQTT user `vigil-centre`. */
  centrePassword: string
  take: TakeEvent
  /** Who tells the centre. Default `intake-1`. */
  program?: string
  log: Log
  metrics: Metrics
  clock: Clock
}

/** Of the parser alone; `LOGIN_TIMEOUT_MS` of the door bounds the whole. */
const CONNECT_TIMEOUT_MS = 5_000
/** A reader (the core) that takes nothing for so long is cut off, so that no device waits behind it. */
const DRAIN_TIMEOUT_MS = 5_000
/** The core's socket may lag by this much; then fixes and beats are shed before anything else is touched. */
const CENTRE_LAG_MAX = 8 * 1024 * 1024
const CENTRE_SHED_AT = CENTRE_LAG_MAX / 2
/** A device's program, an installer's test or two. Beyond it the oldest is closed: it is most likely half-open. */
const CONNECTIONS_OF_DEVICE_MAX = 4

/** The MQTT 3.1.1 edge for devices, the only door to `aedes`. It keeps nothing: what matters is in the journal before it is acknowledged. */
export class Edge {
  /** What stands at this edge; whoever knows more adds a source. */
  readonly conditions: Conditions
  readonly #broker: Aedes
  readonly #door: Door
  readonly #pacer: Pacer
  readonly #twins: Twins
  readonly #overreach = new Overreach()
  /** Connections whose session is theirs alone, because the device has a twin. */
  readonly #alone = new WeakSet<object>()
  readonly #identities = new WeakMap<object, Identity>()
  readonly #whyLeft = new WeakMap<object, OfflineReason>()
  readonly #presence: Presence<EdgeClient>
  readonly #refusals: Refusals
  readonly #login: Login
  readonly #kept: KeptSessions
  #isClosing = false
  readonly #taker: EventTaker
  readonly #shed

  constructor(options: EdgeOptions) {
    const { metrics, clock, log } = options
    const shed = metrics.counter('vigil_intake_shed_total', 'Messages thrown away, by what and why')
    const shedBecause = (why: string) => ({ fix: shed.of({ what: 'fix', why }), beat: shed.of({ what: 'beat', why }) })
    this.#shed = shedBecause('the-centre-lags')
    this.#presence = new Presence(clock, (message) => this.#tell(PRESENCE_TOPIC, message))
    this.#refusals = new Refusals({ clock, log, metrics, publish: (refusal) => this.#tell(REFUSALS_TOPIC, refusal) })
    this.#taker = new EventTaker({ ...options, refusals: this.#refusals })
    this.#login = new Login({ ...options, refusals: this.#refusals })
    const devices = metrics.gauge('vigil_intake_devices', 'Devices connected').of()
    const connections = metrics.gauge('vigil_intake_connections', 'Connections of any kind').of()
    metrics.onRead(() => {
      devices.set(this.#presence.size)
      connections.set(this.#door.limits.total)
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
    this.#kept = new KeptSessions(
      (clientId) => clients[clientId] !== undefined,
      shed.of({ what: 'kept-for-absent', why: 'too-many' }),
    )
    this.#setRules()
    this.#pacer = new Pacer({ clock, metrics })
    this.#twins = new Twins(clock)
    this.#door = new Door({
      ...options,
      handle: (socket) => this.#broker.handle(socket) as unknown as EdgeClient | undefined,
      identityOf: (client) => this.#identities.get(client),
      onTooLong: (socket, who, publish) => void this.#taker.takeLong(socket, who, publish),
      pacer: this.#pacer,
      refusals: this.#refusals,
      shed: shedBecause('device-floods'),
    })
    const { program = 'intake-1' } = options
    const tell = (topic: string) => (message: object) => this.#tell(topic, message)
    this.conditions = new Conditions({ clock, program, publish: tell(CONDITIONS_TOPIC), pulse: tell(PULSE_TOPIC) })
    this.conditions.addSource(() => this.#pacer.conditions())
    this.conditions.addSource(() => this.#twins.conditions((id) => this.#presence.connectionsOf(id).length))
  }

  /** @returns the port. @throws Fault `config-invalid` when one is taken or the certificate cannot be used */
  async listen(): Promise<number> {
    await this.#broker.listen()
    const { persistence } = this.#broker as unknown as { persistence: Parameters<KeptSessions['tame']>[0] }
    this.#kept.tame(persistence, (client, filter) => {
      const who = this.#identities.get(client)
      return who !== undefined && maySubscribe(who, filter)
    })
    this.conditions.start()
    return this.#door.open()
  }

  /** 0 before `listen`. */
  get port(): number {
    return this.#door.port
  }
  /** Undefined without a certificate. */
  get tlsPort(): number | undefined {
    return this.#door.tlsPort
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#door.close()
    this.#pacer.stop()
    this.conditions.stop()
    await new Promise<void>((resolve) => this.#broker.close(resolve))
  }

  /** Ends the connections of a device whose credential was taken back. */
  disconnect(deviceId: string): void {
    for (const client of this.#presence.connectionsOf(deviceId)) {
      this.#whyLeft.set(client, 'refused')
      client.conn.destroy()
    }
  }

  #setRules(): void {
    const broker = this.#broker
    broker.preConnect = (client, packet, answer) => {
      const isTwin = this.#twins.isTwin(packet.username ?? '')
      if (isTwin) this.#alone.add(client)
      // One kept session for each device; a client id made up anew each time would leave one behind each time.
      if (packet.clientId !== packet.username || isTwin) packet.clean = true
      answer(null, true)
    }
    broker.authenticate = (client, username, password, answer) => {
      const asked = this.#identify(client as unknown as EdgeClient, username ?? '', password ?? Buffer.alloc(0))
      void asked.then((refused) => (refused === null ? answer(null, true) : answer(loginError(refused), false)))
    }
    broker.authorizePublish = (client, packet, answer) => {
      const who = client && this.#identities.get(client)
      if (!who) return answer(new Error('not identified'))
      // A last will because we ourselves stop says nothing about the device.
      if (this.#isClosing && who.type === 'device' && (client as unknown as EdgeClient).conn.destroyed)
        return answer(new Error('closing'))
      const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
      this.#publish(who, client as unknown as EdgeClient, packet.topic, payload, packet.retain, answer)
    }
    broker.authorizeSubscribe = (client, subscription, done) => {
      const who = this.#identities.get(client)
      if (!who) return done(null, null)
      const verdict = this.#overreach.subscribe(client, who, subscription.topic)
      if (verdict === 'yes') return done(null, subscription)
      this.#refuse(verdict.reason, who, client as unknown as EdgeClient, subscription.topic)
      if (!verdict.mustEnd) return done(null, null)
      this.#whyLeft.set(client, 'refused')
      done(new Error(verdict.reason))
    }
    broker.authorizeForward = (client, packet) =>
      this.#mayForward(client as unknown as EdgeClient, packet) ? packet : null
    broker.on('client', (client) => this.#arrived(client as unknown as EdgeClient))
    broker.on('clientDisconnect', (client) => this.#left(client as unknown as EdgeClient))
    broker.on('keepaliveTimeout', (client) => this.#whyLeft.set(client, 'silent'))
    broker.on('subscribe', (subscriptions, client) => {
      const who = this.#identities.get(client)
      if (who?.type === 'centre') for (const { topic } of subscriptions) this.#tellPresent(client, topic)
      else if (who && subscriptions.some((one) => hearsReceipts(who, one.topic))) this.#presence.listening(who)
    })
    for (const failure of ['connectionError', 'clientError'] as const) {
      broker.on(failure, (client, error) => this.#failed(client as unknown as EdgeClient, error))
    }
  }

  /** @returns null when it may come in */
  async #identify(client: EdgeClient, username: string, password: Buffer): Promise<RefusalReason | null> {
    const who = await this.#login.identify(client, username, password)
    if (typeof who === 'string') return who
    this.#identities.set(client, who)
    this.#door.loggedIn(client)
    if (who.type === 'device') this.#nameSession(client, who.deviceId)
    if (who.type === 'centre') {
      // Private, but the only way to give the one reader of all devices a larger buffer than each of them.
      const hidden = client.conn as unknown as Record<'_writableState', { highWaterMark: number }>
      hidden['_writableState'].highWaterMark = CENTRE_LAG_MAX
    }
    return null
  }

  /** The session's name decides whom a new connection throws out: of twins, nobody. */
  #nameSession(client: EdgeClient, deviceId: string): void {
    if (this.#alone.has(client)) {
      client.id = `${deviceId}/alone/${addressOf(client)}:${client.conn.remotePort ?? 0}`
      return
    }
    const { clients } = this.#broker as unknown as { clients: Record<string, EdgeClient | undefined> }
    const old = clients[client.id]
    if (old) this.#twins.takeover(deviceId, addressOf(old), addressOf(client))
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
    void this.#taker.take(who, topic, payload).then((isDurable) => {
      if (isDurable) answer(null)
      else refuse('journal-failed')
    })
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

  /** The broker has ended a connection by itself. */
  #failed(client: EdgeClient, error: Error): void {
    const reason = refusalOf(error)
    if (reason === null) return
    const who = this.#identities.get(client)
    this.#whyLeft.set(client, 'refused')
    this.#refuse(reason, who ?? null, client, error.message)
  }

  #refuse(reason: RefusalReason, who: Identity | null, client: EdgeClient, detail: string): void {
    const name = who === null ? '' : who.type === 'device' ? who.deviceId : CENTRE_USER
    this.#refusals.note(reason, name, addressOf(client), detail)
  }

  /** To whoever listens; nobody is a fine answer, the present state is told to each new listener. */
  #tell(topic: string, message: object): void {
    if (this.#broker.closed) return
    this.#broker.publish(packetOf(topic, message), () => undefined)
  }

  #tellPresent(client: Client, topic: string): void {
    const messages =
      topic === PRESENCE_TOPIC
        ? this.#presence.present()
        : topic === REFUSALS_TOPIC
          ? this.#refusals.list()
          : topic === CONDITIONS_TOPIC
            ? [this.conditions.now()]
            : []
    for (const message of messages) client.publish(packetOf(topic, message), () => undefined)
  }
}
