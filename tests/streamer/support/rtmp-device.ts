import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { FlvTags, ROOM_BYTES } from '../../../streamer/push/flv-tags.ts'

/** A device that pushes by RTMP, or one that only pretends to: what it writes is up to the test. */

export const SET_CHUNK_SIZE = 1
export const VIDEO = 9
export const DATA = 18
const COMMAND = 20

/** C0, C1 and C2 at once; nobody waits for the server's half. */
export const handshake = Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536)])

/** A header of type 0 (Adobe's RTMP 1.0, §5.3.1.2), without what it announces. */
export function header(type: number, size: number, { chunkStream = 4, timeMs = 0 } = {}): Buffer {
  const head = Buffer.alloc(12)
  head[0] = chunkStream
  head.writeUIntBE(timeMs, 1, 3)
  head.writeUIntBE(size, 4, 3)
  head[7] = type
  head.writeUInt32LE(1, 8)
  return head
}

/** One message in one chunk: `wideChunks` goes first. */
export function message(type: number, body: Buffer, where: { chunkStream?: number; timeMs?: number } = {}): Buffer {
  return Buffer.concat([header(type, body.length, where), body])
}

export const wideChunks = message(SET_CHUNK_SIZE, Buffer.from([0, 0xff, 0xff, 0xff]), { chunkStream: 2 })

type Amf = string | number | null | { [member: string]: Amf }

export function amf(value: Amf): Buffer {
  if (value === null) return Buffer.from([5])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9)
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), shortText(value)])
  const members = Object.entries(value).flatMap(([name, one]) => [shortText(name), amf(one)])
  return Buffer.concat([Buffer.from([3]), ...members, Buffer.from([0, 0, 9])])
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length >> 8, text.length & 0xff]), Buffer.from(text)])
}

export function command(name: string, ...values: Amf[]): Buffer {
  return message(COMMAND, Buffer.concat([amf(name), amf(1), ...values.map(amf)]), { chunkStream: 3 })
}

export const connectPush = command('connect', { app: 'push', tcUrl: 'rtmp://127.0.0.1/push' })

/** All that a device says before its first picture. */
export function publishing(name: string, key: string): Buffer {
  return Buffer.concat([handshake, wideChunks, connectPush, command('publish', null, `${name}?key=${key}`, 'live')])
}

/** @param isConfig not a key frame, but what stands in for the decoder's configuration */
export function picture(text: string | Buffer, { isConfig = false, timeMs = 0 } = {}): Buffer {
  return message(VIDEO, Buffer.concat([Buffer.from([0x17, isConfig ? 0 : 1, 0, 0, 0]), Buffer.from(text)]), { timeMs })
}

export interface RtmpDevice {
  socket: Socket
  write(...bytes: Buffer[]): void
  /** The server has closed the connection. */
  closed: Promise<void>
  isClosed: boolean
}

/** @param from another address of this machine, so that it is another device */
export async function openRtmpDevice(port: number, from = '127.0.0.1'): Promise<RtmpDevice> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  const device: RtmpDevice = {
    socket,
    write: (...bytes) => void socket.write(Buffer.concat(bytes)),
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
    isClosed: false,
  }
  socket.once('close', () => (device.isClosed = true))
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  // Being cut off in the middle of a word is what is waited for.
  socket.on('error', () => {})
  socket.resume()
  return device
}

export interface FlvReader {
  /** The texts of the pictures and configurations that came. */
  texts: string[]
  isClosed: boolean
  /** An idle one reads what is there, and learns that it has been closed. */
  wake(): void
  stop(): void
}

/** Reads a path back as a streamer does. @param isIdle it never takes what is sent */
export async function readFlv(socketPath: string, token: string, path: string, isIdle = false): Promise<FlvReader> {
  const reader: FlvReader = { texts: [], isClosed: false, wake() {}, stop: () => request.destroy() }
  const tags = new FlvTags((_type, _timeMs, body) => reader.texts.push(body.toString('latin1', ROOM_BYTES + 5)))
  const request = get({ socketPath, path: `${path}.flv?token=${token}`, agent: false })
  await new Promise<void>((resolve, reject) => {
    request.once('error', reject).once('response', (answer) => {
      answer.on('error', () => {}).once('close', () => (reader.isClosed = true))
      if (isIdle) reader.wake = () => void answer.resume()
      else answer.on('data', (bytes: Buffer) => tags.push(bytes))
      resolve()
    })
  })
  request.on('error', () => {})
  return reader
}
