import { connect, type MqttClient } from 'mqtt'
import type { DeviceKind } from '../../domain/device.ts'
import type { Log } from '../../domain/log.ts'
import {
  commandPayloadSchema,
  receiptPayloadSchema,
  topicOf,
  type Channel,
  type CommandPayload,
  type ReceiptPayload,
} from '../../domain/wire/mqtt.ts'

export interface DeviceLinkOptions {
  url: string
  kind: DeviceKind
  id: string
  password: string
  log: Log
  random: () => number
  onCommand?(command: CommandPayload): void
  onReceipt?(receipt: ReceiptPayload): void
  /** The centre refuses this credential: somebody else has been given a new one. */
  onRefused(): void
}

const KEEP_ALIVE_S = 30
/** CONNACK codes 4 and 5 of MQTT 3.1.1: bad user name or password, not authorized. */
const REFUSALS = new Set([4, 5])

/** A device on the wire, as its firmware would be: last will, retained state, QoS 1 for what matters, jittered reconnect. */
export class DeviceLink {
  readonly id: string
  #client: MqttClient
  #options: DeviceLinkOptions

  constructor(options: DeviceLinkOptions) {
    this.#options = options
    this.id = options.id
    this.#client = connect(options.url, {
      protocolVersion: 4,
      clientId: options.id,
      username: options.id,
      password: options.password,
      keepalive: KEEP_ALIVE_S,
      clean: false,
      reconnectPeriod: 1000 + Math.floor(options.random() * 4000),
      connectTimeout: 10_000,
      queueQoSZero: false,
      will: { topic: this.#topic('state'), payload: Buffer.from('{"state":"lost"}'), qos: 1, retain: true },
    })
    this.#client.on('connect', () => {
      this.#client.subscribe([this.#topic('command'), this.#topic('receipt')], { qos: 1 }, (error) => {
        if (error) options.log.warn('subscription refused', { device: options.id, reason: error.message })
      })
      this.send('state', { state: 'ready' }, { qos: 1, retain: true })
    })
    this.#client.on('message', (topic, payload) => this.#hear(topic, payload))
    this.#client.on('error', (error) => {
      if ('code' in error && REFUSALS.has(error.code)) options.onRefused()
      else options.log.debug('link failed', { device: options.id, reason: error.message })
    })
  }

  get isConnected(): boolean {
    return this.#client.connected
  }

  #topic(channel: Channel): string {
    return topicOf(this.#options.kind, this.#options.id, channel)
  }

  #hear(topic: string, payload: Buffer): void {
    const channel = topic.slice(topic.lastIndexOf('/') + 1)
    let body: unknown
    try {
      body = JSON.parse(payload.toString())
    } catch (error) {
      this.#options.log.warn('unreadable message from the centre', { device: this.id, topic, reason: String(error) })
      return
    }
    if (channel === 'command') {
      const command = commandPayloadSchema.safeParse(body)
      if (command.success) this.#options.onCommand?.(command.data)
      else this.#options.log.warn('malformed command', { device: this.id, reason: command.error.message })
    } else if (channel === 'receipt') {
      const receipt = receiptPayloadSchema.safeParse(body)
      if (receipt.success) this.#options.onReceipt?.(receipt.data)
      else this.#options.log.warn('malformed receipt', { device: this.id, reason: receipt.error.message })
    }
  }

  /** Fire and forget; QoS 1 is kept and sent again by the client until the centre acknowledges. */
  send(channel: Channel, body: object, options: { qos: 0 | 1; retain?: boolean } = { qos: 0 }): void {
    if (options.qos === 0 && !this.#client.connected) return
    this.#client.publish(this.#topic(channel), JSON.stringify(body), options, (error) => {
      if (error) this.#options.log.warn('not published', { device: this.id, channel, reason: error.message })
    })
  }

  /** Ends the link for good; the retained state says why. */
  async close(): Promise<void> {
    this.send('state', { state: 'disconnected' }, { qos: 1, retain: true })
    await this.#client.endAsync(!this.#client.connected)
  }

  drop(): void {
    this.#client.end(true)
  }
}
