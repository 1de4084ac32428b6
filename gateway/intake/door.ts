import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { readFileSync } from 'node:fs'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Series } from '../../domain/metrics.ts'
import { PAYLOAD_BYTES_MAX } from '../../domain/wire/mqtt.ts'
import type { Identity } from './access.ts'
import { ConnectionLimits } from './connection-limits.ts'
import type { EdgeClient } from './edge-client.ts'
import { openPort } from './open-port.ts'
import type { Pacer } from './pacer.ts'
import { PacketGate } from './packet-gate.ts'
import { type LongPublish, PacketGuard } from './packet-guard.ts'
import type { Refusals } from './refusals.ts'

/** Before its CONNECT a stranger may send a name, a password and a will. */
const STRANGER_PACKET_MAX = 6_144
/** A longer packet of a known device is cut off while it arrives; its beginning is kept if it is an event. */
const PACKET_MAX = 65_536
/** From the first byte to an accepted credential, a TLS handshake included: a slow stranger holds a place for no longer. */
const LOGIN_TIMEOUT_MS = 8_000
const KEEPALIVE_PROBE_MS = 20_000

export interface TlsFiles {
  port: number
  /** PEM files; read when the door opens. */
  certPath: string
  keyPath: string
}

export interface DoorOptions {
  host: string
  /** 0: any free one. */
  port: number
  tls?: TlsFiles | undefined
  handle: (socket: Socket) => EdgeClient | undefined
  identityOf: (client: EdgeClient) => Identity | undefined
  /** Must end the connection. */
  onTooLong: (socket: Socket, who: Identity | undefined, publish: LongPublish | null) => void
  pacer: Pacer
  refusals: Refusals
  shed: Record<'fix' | 'beat', Series>
  log: Log
}

/** Where devices come in, plain and over TLS: counts them, and puts a gate before each connection's parser. */
export class Door {
  readonly limits = new ConnectionLimits()
  port = 0
  /** Undefined without a certificate. */
  tlsPort: number | undefined
  readonly #options: DoorOptions
  readonly #servers: Server[] = []
  readonly #settle = new WeakMap<EdgeClient, () => void>()

  constructor(options: DoorOptions) {
    this.#options = options
  }

  /** @returns the plain port. @throws Fault `config-invalid` when one is taken or the certificate cannot be used */
  async open(): Promise<number> {
    const { host, tls } = this.#options
    const context = tls && secureContextOf(tls)
    this.port = await this.#listen(host, this.#options.port, 'VIGIL_MQTT_PORT', (socket) => this.#accept(socket))
    if (tls && context)
      this.tlsPort = await this.#listen(host, tls.port, 'VIGIL_MQTTS_PORT', (socket) => this.#accept(socket, context))
    return this.port
  }

  /** It has shown a credential: no stranger any more. */
  loggedIn(client: EdgeClient): void {
    this.#settle.get(client)?.()
  }

  /** Lets nobody in any more; connections go on. */
  close(): void {
    for (const server of this.#servers) server.close()
  }

  async #listen(host: string, port: number, key: string, accept: (socket: Socket) => void): Promise<number> {
    const { log } = this.#options
    const server = createServer(accept)
    this.#servers.push(server)
    const bound = await openPort(server, host, port, key)
    server.on('error', (error) => log.error('the MQTT port failed', { key, reason: reasonOf(error) }))
    return bound
  }

  #accept(raw: Socket, context?: SecureContext): void {
    const { refusals, handle, identityOf, onTooLong, pacer, shed } = this.#options
    const address = raw.remoteAddress ?? 'unknown'
    if (!this.limits.admit(address)) {
      refusals.note('too-many-connections', '', address, `${this.limits.total} connections`)
      raw.destroy()
      return
    }
    const patience = setTimeout(() => {
      refusals.note('slow-login', '', address, `no login within ${LOGIN_TIMEOUT_MS / 1000} s`)
      raw.destroy()
    }, LOGIN_TIMEOUT_MS)
    let isSettled = false
    const settle = () => {
      if (isSettled) return
      isSettled = true
      clearTimeout(patience)
      this.limits.known(address)
    }
    raw.on('close', () => {
      settle()
      this.limits.ended()
    })
    raw.setNoDelay(true)
    raw.setKeepAlive(true, KEEPALIVE_PROBE_MS)
    const socket = context ? new TLSSocket(raw, { isServer: true, secureContext: context }) : raw
    const identity = (): Identity | undefined => client && identityOf(client)
    const guard = new PacketGuard(() => (identity() ? PACKET_MAX : STRANGER_PACKET_MAX), PAYLOAD_BYTES_MAX)
    PacketGate.before({ socket, guard, pacer, identity, shed, onTooLong: (one) => onTooLong(socket, identity(), one) })
    const client = handle(socket)
    if (client) this.#settle.set(client, settle)
  }
}

function secureContextOf({ certPath, keyPath }: TlsFiles): SecureContext {
  try {
    const [cert, key] = [readFileSync(certPath), readFileSync(keyPath)]
    return createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  } catch (error) {
    const detail = `VIGIL_TLS_CERT and VIGIL_TLS_KEY cannot be used: ${reasonOf(error)}`
    throw new Fault('config-invalid', detail, { certPath, keyPath }, error)
  }
}
