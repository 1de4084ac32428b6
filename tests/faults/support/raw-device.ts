import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Credential } from './pressing.ts'

/**
 * A device of a few hundred bytes, so that thousands fit beside the centre on one machine: MQTT 3.1.1 by hand. It sends what it is told and
 * counts what comes back; packet formats are those of the standard, chapters 3.1 to 3.4.
 */
export interface RawDevice {
  readonly isConnected: boolean
  /** PUBACKs so far. */
  readonly acknowledged: number
  /** QoS 1; @returns after its PUBACK, or false when the connection ends first */
  publish(topic: string, payload: string): Promise<boolean>
  /** Bytes as they are. @returns false, and sends nothing, while the network takes no more */
  write(bytes: Buffer): boolean
  /** Resolves when the connection has ended. */
  ended: Promise<void>
  end(): void
}

/** What a device keeps for a network that takes nothing. */
const UNSENT_MAX = 65_536

export const passwordOf = (deviceId: string): string => createHash('sha256').update(`raw ${deviceId}`).digest('hex')

/** Length of a packet in MQTT's seven bits at a time. */
function lengthOf(bytes: number): Buffer {
  const out: number[] = []
  let rest = bytes
  do {
    out.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.from(out)
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

export function packetOf(firstByte: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([firstByte]), lengthOf(body.length), body])
}

/** Clean session, user name and password, keepalive of a minute. */
export function connectPacket(clientId: string, username: string, password: string): Buffer {
  return packetOf(0x10, text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(clientId), text(username), text(password))
}

export function publishPacket(topic: string, payload: string, qos: 0 | 1 | 2 = 0, packetId = 1): Buffer {
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([packetId >> 8, packetId & 0xff])
  return packetOf(0x30 | (qos << 1), text(topic), id, Buffer.from(payload))
}

export function subscribePacket(filter: string): Buffer {
  return packetOf(0x82, Buffer.from([0, 9]), text(filter), Buffer.from([1]))
}

/** @returns a connected device, or null when it was refused or the connection ended before the CONNACK */
export function connectRaw(port: number, { deviceId, password }: Credential, from?: string): Promise<RawDevice | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) })
    const waiting = new Map<number, (isDone: boolean) => void>()
    const state = { isConnected: false, acknowledged: 0, nextId: 1 }
    const ended = new Promise<void>((done) => {
      socket.on('close', () => {
        state.isConnected = false
        for (const one of waiting.values()) one(false)
        resolve(null)
        done()
      })
    })
    socket.on('error', () => undefined)
    socket.setNoDelay(true)
    socket.on('connect', () => socket.write(connectPacket(deviceId, deviceId, password)))
    readPackets(socket, (type, body) => {
      if (type === 2) {
        if (body[1] !== 0) return void socket.destroy()
        state.isConnected = true
        resolve(device)
      }
      if (type !== 4) return
      state.acknowledged++
      const id = body.readUInt16BE(0)
      waiting.get(id)?.(true)
      waiting.delete(id)
    })
    const device: RawDevice = {
      get isConnected() {
        return state.isConnected
      },
      get acknowledged() {
        return state.acknowledged
      },
      publish: (topic, payload) => {
        if (!state.isConnected) return Promise.resolve(false)
        const id = state.nextId
        state.nextId = (state.nextId % 65_535) + 1
        return new Promise((answer) => {
          waiting.set(id, answer)
          socket.write(publishPacket(topic, payload, 1, id))
        })
      },
      write: (bytes) => {
        if (socket.writableLength > UNSENT_MAX) return false
        socket.write(bytes)
        return true
      },
      ended,
      end: () => socket.destroy(),
    }
  })
}

/** Whole packets of what comes in; the type is the upper half of the first byte. */
function readPackets(socket: Socket, onPacket: (type: number, body: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      let [length, at, shift] = [0, 1, 0]
      do {
        if (at >= rest.length) return
        length += (rest[at]! & 0x7f) << shift
        shift += 7
      } while (rest[at++]! & 0x80)
      if (rest.length < at + length) return
      onPacket(rest[0]! >> 4, rest.subarray(at, at + length))
      rest = rest.subarray(at + length)
    }
  })
}
