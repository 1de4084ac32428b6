import { crc32 } from 'node:zlib'
import { DEVICE_KINDS, type DeviceKind } from '../../../domain/device.ts'
import { assert } from '../../../domain/fault.ts'

/**
 * One record of a journal, little-endian:
 *
 *     ┌────────┬────────┬───────┬─────────────────── body, `length` bytes ───────────────────────────────────────────┐
 *     │ "VREC" │ length │ crc32 │ number u64 · receivedAt f64 (ms) · flags u8 · kind u8 · idBytes u8 · spare u8 ·     │
 *     │        │ u32    │ u32   │ topicBytes u16 · deviceId · topic · payload (the rest)                             │
 *     └────────┴────────┴───────┴────────────────────────────────────────────────────────────────────────────────────┘
 *
 * The checksum begins with the segment's salt instead of 0. A payload is written by strangers: without the salt it could hold
 * a whole false record, which a reader that looks for the next good one after damage would believe.
 */
export interface JournalRecord {
  /** Rises by one from record to record, never reused within a journal. */
  number: number
  /** Our clock, ms since 1970. */
  receivedAtMs: number
  kind: DeviceKind
  deviceId: string
  topic: string
  /** The bytes as they came. */
  payload: Buffer
  /** The payload was longer than the contract allows; these are its first bytes. */
  truncated: boolean
}

/** What is known before a record has its number. */
export type NewRecord = Omit<JournalRecord, 'number'>

const MAGIC = Buffer.from('VREC', 'latin1')
const FRAME_BYTES = 12
const HEAD_BYTES = 22
const TRUNCATED = 1

/** 4 KiB of payload, 40 of id, at most 60 of topic, and the heads; a longer length is damage. */
export const RECORD_BYTES_MAX = 8_192

export function encodeRecord(record: NewRecord, number: number, salt: number): Buffer {
  const idBytes = Buffer.byteLength(record.deviceId)
  const topicBytes = Buffer.byteLength(record.topic)
  const length = HEAD_BYTES + idBytes + topicBytes + record.payload.length
  assert(FRAME_BYTES + length <= RECORD_BYTES_MAX && idBytes < 256, `a journal record of ${length} bytes`)
  const bytes = Buffer.allocUnsafe(FRAME_BYTES + length)
  MAGIC.copy(bytes, 0)
  bytes.writeUInt32LE(length, 4)
  bytes.writeBigUInt64LE(BigInt(number), 12)
  bytes.writeDoubleLE(record.receivedAtMs, 20)
  bytes.writeUInt8(record.truncated ? TRUNCATED : 0, 28)
  bytes.writeUInt8(DEVICE_KINDS.indexOf(record.kind), 29)
  bytes.writeUInt8(idBytes, 30)
  bytes.writeUInt8(0, 31)
  bytes.writeUInt16LE(topicBytes, 32)
  bytes.write(record.deviceId, 34)
  bytes.write(record.topic, 34 + idBytes)
  record.payload.copy(bytes, 34 + idBytes + topicBytes)
  bytes.writeUInt32LE(crc32(bytes.subarray(FRAME_BYTES), salt), 8)
  return bytes
}

export type Decoded =
  | { state: 'record'; record: JournalRecord; bytes: number }
  /** The bytes end before the record does: still being written, or torn. */
  | { state: 'short' }
  | { state: 'damaged' }

/** @param at where a record should begin in `bytes` */
export function decodeRecord(bytes: Buffer, at: number, salt: number): Decoded {
  const left = bytes.length - at
  if (MAGIC.compare(bytes, at, at + Math.min(left, 4), 0, Math.min(left, 4)) !== 0) return { state: 'damaged' }
  if (left < FRAME_BYTES) return { state: 'short' }
  const length = bytes.readUInt32LE(at + 4)
  if (length < HEAD_BYTES || FRAME_BYTES + length > RECORD_BYTES_MAX) return { state: 'damaged' }
  if (left < FRAME_BYTES + length) return { state: 'short' }
  const body = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length)
  if (crc32(body, salt) !== bytes.readUInt32LE(at + 8)) return { state: 'damaged' }
  const kind = DEVICE_KINDS[body.readUInt8(17)]
  const idEnd = HEAD_BYTES + body.readUInt8(18)
  const topicEnd = idEnd + body.readUInt16LE(20)
  if (!kind || topicEnd > length) return { state: 'damaged' }
  const record: JournalRecord = {
    number: Number(body.readBigUInt64LE(0)),
    receivedAtMs: body.readDoubleLE(8),
    kind,
    deviceId: body.toString('utf8', HEAD_BYTES, idEnd),
    topic: body.toString('utf8', idEnd, topicEnd),
    // A copy: the large read buffer must not live as long as one small payload.
    payload: Buffer.from(body.subarray(topicEnd)),
    truncated: (body.readUInt8(16) & TRUNCATED) !== 0,
  }
  return { state: 'record', record, bytes: FRAME_BYTES + length }
}

/** Where the next whole record begins at or after `from`; −1 when there is none. */
export function findRecord(bytes: Buffer, from: number, salt: number): number {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (decodeRecord(bytes, at, salt).state === 'record') return at
  }
  return -1
}
