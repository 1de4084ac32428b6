import { ROOM_BYTES } from './flv-tags.ts'

/**
 * Video tags to RTP packets as the pipeline takes them from cameras: one NAL unit a packet, whatever its size, because nothing is sent
 * anywhere. So a pushed camera goes the same way as every other from `streamer/pipeline.ts` on.
 */
export const PUSH_PAYLOAD_TYPE = 96
/** One source by session; any number does. */
const SSRC = 0x50555348
const CODEC_AVC = 7
const RTP_BYTES = 12
/** A picture in slices has a few dozen; each is a packet, and a picture of 8 MiB could be made of millions. */
const UNITS_MAX = 1_024

/** SPS and PPS of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3); null when it is not one. */
export function readAvcConfig(record: Buffer): { lengthBytes: number; parameterSets: Buffer[] } | null {
  if (record.length < 7 || record[0] !== 1) return null
  const parameterSets: Buffer[] = []
  let at = 5
  for (const mask of [0x1f, 0xff]) {
    if (at >= record.length) return null
    const count = record[at++]! & mask
    for (let i = 0; i < count; i++) {
      if (at + 2 > record.length) return null
      const size = record.readUInt16BE(at)
      if (size === 0 || at + 2 + size > record.length) return null
      parameterSets.push(Buffer.from(record.subarray(at + 2, at + 2 + size)))
      at += 2 + size
    }
  }
  return { lengthBytes: (record[4]! & 3) + 1, parameterSets }
}

export interface FlvVideoListener {
  /** Once: the first decoder configuration. */
  onConfig(parameterSets: Buffer[]): void
  /** One RTP packet; the bytes are valid only during the call. */
  onRtp(bytes: Buffer, start: number, end: number): void
  /** Pictures come in a codec that is not carried. */
  onForeign(what: string): void
}

export class FlvVideo {
  readonly counts = { pictures: 0, broken: 0 }
  readonly #listener: FlvVideoListener
  /** Other parameter sets than at the start: they go in front of the next picture, as cameras send them. */
  #newSets: Buffer[] = []
  #sequence = 0
  #lengthBytes = 0

  constructor(listener: FlvVideoListener) {
    this.#listener = listener
  }

  /** @param body a video tag's body behind `ROOM_BYTES` of room; it is written into */
  tag(timeMs: number, body: Buffer, isLive: boolean): void {
    const first = body[ROOM_BYTES]
    if (first === undefined || body.length < ROOM_BYTES + 5) return
    if ((first & 0x80) !== 0) return this.#listener.onForeign(body.toString('latin1', ROOM_BYTES + 1, ROOM_BYTES + 5))
    if ((first & 0x0f) !== CODEC_AVC) return this.#listener.onForeign(`FLV codec ${first & 0x0f}`)
    const kind = body[ROOM_BYTES + 1]
    if (kind === 0) return this.#config(body.subarray(ROOM_BYTES + 5))
    if (kind !== 1 || this.#lengthBytes === 0 || !isLive) return
    this.#picture(timeMs + body.readIntBE(ROOM_BYTES + 2, 3), body)
  }

  #config(record: Buffer): void {
    const config = readAvcConfig(record)
    if (!config) {
      this.counts.broken++
      return
    }
    if (this.#lengthBytes === 0) this.#listener.onConfig(config.parameterSets)
    else this.#newSets = config.parameterSets
    this.#lengthBytes = config.lengthBytes
  }

  #picture(presentedMs: number, body: Buffer): void {
    this.counts.pictures++
    const ticks = (presentedMs * 90) >>> 0
    for (const set of this.#newSets.splice(0)) {
      this.#packet(Buffer.concat([Buffer.alloc(RTP_BYTES), set]), RTP_BYTES, RTP_BYTES + set.length, ticks, false)
    }
    let units = 0
    for (let at = ROOM_BYTES + 5; at < body.length;) {
      if (++units > UNITS_MAX || at + this.#lengthBytes >= body.length) return void this.counts.broken++
      const size = body.readUIntBE(at, this.#lengthBytes)
      const start = at + this.#lengthBytes
      const end = start + size
      if (size === 0 || end > body.length) return void this.counts.broken++
      at = end
      // 24 and above mean something else in RTP (RFC 6184 §5.2); a NAL unit of such a type is nothing that a decoder needs.
      if ((body[start]! & 0x1f) >= 24) continue
      this.#packet(body, start, end, ticks, at >= body.length)
    }
  }

  /** The header overwrites what was in front of the NAL unit: bytes that have been taken already. */
  #packet(body: Buffer, start: number, end: number, ticks: number, isLast: boolean): void {
    const head = start - RTP_BYTES
    body[head] = 0x80
    body[head + 1] = (isLast ? 0x80 : 0) | PUSH_PAYLOAD_TYPE
    body.writeUInt16BE(this.#sequence, head + 2)
    body.writeUInt32BE(ticks, head + 4)
    body.writeUInt32BE(SSRC, head + 8)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#listener.onRtp(body, head, end)
  }
}
