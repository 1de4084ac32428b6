import type { Socket } from 'node:net'
import type { Series } from '../../domain/metrics.ts'
import type { Identity } from './access.ts'
import type { Held, Pacer } from './pacer.ts'
import type { LongPublish, PacketGuard } from './packet-guard.ts'

export interface GateOptions {
  socket: Socket
  guard: PacketGuard
  pacer: Pacer
  /** Undefined before the login. */
  identity: () => Identity | undefined
  /** Must end the connection. */
  onTooLong: (publish: LongPublish | null) => void
  /** Fixes and beats of a device beyond its share. */
  shed: Record<'fix' | 'beat', Series>
}

/** QoS 0, not retained, not a duplicate. */
const PUBLISH_QOS_0 = 0x30
const NOTHING = Buffer.alloc(0)

/**
 * Stands between a connection and the parser: what has not been let through here has cost nothing yet. Before its login a connection gets one packet through,
 * its CONNECT; a device what its share allows (`Pacer`); the centre everything. Of a device beyond its share fixes and beats are thrown away unread, so
 * that an event behind a thousand of them is not late.
 */
export class PacketGate implements Held {
  readonly #options: GateOptions
  readonly #readRaw: () => Buffer | null
  /** Read from the socket, not yet given on; at most one read of 64 KiB and the packet that it cuts. */
  #rest: Buffer = NOTHING
  #saidConnect = false
  #isGranted = false
  #ended = false

  /** From now on whoever reads the socket reads through a gate. */
  static before(options: GateOptions): PacketGate {
    return new PacketGate(options)
  }

  private constructor(options: GateOptions) {
    this.#options = options
    const { socket } = options
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null
    this.#readRaw = read
    // `read(0)` is how the stream itself asks for more; whatever it gets it drops.
    socket.read = (size?: number) => (size === 0 ? read(0) : this.#read())
    socket.once('close', () => {
      this.#ended = true
      this.#rest = NOTHING
      options.pacer.release(this)
    })
  }

  letOne(): boolean {
    if (this.#ended) return false
    this.#isGranted = true
    // The parser reads when it is told so; it may still be busy with the packet before, then its own end wakes it.
    this.#options.socket.emit('readable')
    const wasUsed = !this.#isGranted
    if (!wasUsed) this.#wake()
    this.#isGranted = false
    return wasUsed
  }

  #read(): Buffer | null {
    if (this.#ended) return null
    if (this.#rest.length === 0) this.#rest = this.#readRaw() ?? NOTHING
    if (this.#rest.length === 0) return null
    const who = this.#options.identity()
    if (!who) return this.#readStranger()
    if (who.type === 'centre') return this.#pass(Infinity)
    return this.#readDevice(who.deviceId)
  }

  #readStranger(): Buffer | null {
    if (this.#saidConnect && this.#options.guard.isBetweenPackets) return null
    const bytes = this.#pass(this.#saidConnect ? 0 : 1)
    this.#saidConnect = true
    return bytes
  }

  #readDevice(deviceId: string): Buffer | null {
    const { guard, pacer } = this.#options
    const allowance = pacer.allowance(deviceId)
    // The end of a packet that has begun is always let through.
    if (allowance >= 1 || !guard.isBetweenPackets) return this.#pass(allowance, deviceId)
    this.#shedTelemetry(deviceId)
    if (this.#rest.length > 0 && this.#isGranted) {
      this.#isGranted = false
      pacer.note(deviceId, 1)
      return this.#pass(1, deviceId)
    }
    pacer.hold(deviceId, this)
    return null
  }

  #pass(packetsMax: number, deviceId?: string): Buffer | null {
    const { guard, pacer, onTooLong } = this.#options
    const verdict = guard.inspect(this.#rest, packetsMax)
    if (verdict === 'hold') {
      this.#rest = NOTHING
      this.#wake()
      return null
    }
    if ('tooLong' in verdict) {
      this.#ended = true
      this.#rest = NOTHING
      onTooLong(verdict.tooLong)
      return null
    }
    const bytes = this.#rest.subarray(0, verdict.bytes)
    this.#rest = this.#rest.subarray(verdict.bytes)
    if (deviceId !== undefined) pacer.spend(deviceId, verdict.packets)
    this.#wake()
    return bytes.length > 0 ? bytes : null
  }

  /** More may be there that the socket will not speak of again. */
  #wake(): void {
    if (this.#rest.length === 0 && this.#options.socket.readableLength === 0) return
    setImmediate(() => {
      if (!this.#ended) this.#options.socket.emit('readable')
    })
  }

  /** Throws away whole packets of telemetry from the front. */
  #shedTelemetry(deviceId: string): void {
    let count = 0
    for (;;) {
      const packet = telemetryAt(this.#rest)
      if (packet === 'cut') {
        const more = this.#readRaw()
        if (!more) break
        this.#rest = Buffer.concat([this.#rest, more])
        continue
      }
      if (!packet) break
      this.#rest = this.#rest.subarray(packet.bytes)
      this.#options.shed[packet.channel].add()
      count++
      // One read of the socket for each turn: throwing away costs little, but not nothing.
      if (this.#rest.length === 0) break
    }
    if (count > 0) this.#options.pacer.note(deviceId, count)
  }
}

/** The fix or beat that stands at the front, whole; null when something else does, `cut` when that cannot be seen yet. */
function telemetryAt(bytes: Buffer): { channel: 'fix' | 'beat'; bytes: number } | 'cut' | null {
  if (bytes.length === 0 || bytes[0] !== PUBLISH_QOS_0) return null
  let length = 0
  let at = 1
  for (; at < 5; at++) {
    const byte = bytes[at]
    if (byte === undefined) return 'cut'
    length += (byte & 0x7f) * 128 ** (at - 1)
    if (byte < 0x80) break
  }
  // Longer than any fix: not ours to judge.
  if (at === 5 || length > 8_192 || length < 2) return null
  const end = at + 1 + length
  if (bytes.length < end) return 'cut'
  const topicEnd = at + 3 + bytes.readUInt16BE(at + 1)
  if (topicEnd > end) return null
  const topic = bytes.toString('latin1', at + 3, topicEnd)
  const channel = topic.endsWith('/fix') ? 'fix' : topic.endsWith('/beat') ? 'beat' : null
  return channel && { channel, bytes: end }
}
