import type { AudioMedia } from '../rtsp/audio-media.ts'
import { aacMediaOf } from '../rtsp/audio-media.ts'
import { ROOM_BYTES } from './flv-tags.ts'

/** AAC tags to RTP packets (RFC 3640, AAC-hbr, one frame each) as the pipeline takes them from cameras. */
export const PUSH_SOUND_PAYLOAD_TYPE = 97
const SSRC = 0x50555341
const FORMAT_AAC = 10
/** `AF` and the packet type in front of a frame. */
const TAG_HEAD_BYTES = 2
const RTP_BYTES = 12
/** The length of all AU headers in bits, and the one header. */
const AU_BYTES = 4
/** An AU header has thirteen bits for it; a frame of AAC-LC has 1,536 bytes at most. */
const FRAME_BYTES_MAX = 0x1fff

export interface FlvSoundListener {
  /** Once: the first configuration that can be passed on. */
  onConfig(media: AudioMedia): void
  /** One RTP packet; the bytes are valid only during the call. */
  onRtp(bytes: Buffer, start: number, end: number): void
}

export class FlvSound {
  readonly counts = { frames: 0, foreign: 0 }
  readonly #listener: FlvSoundListener
  #rateHz = 0
  #sequence = 0

  constructor(listener: FlvSoundListener) {
    this.#listener = listener
  }

  /** @param body a sound tag's body behind `ROOM_BYTES` of room; it is written into */
  tag(timeMs: number, body: Buffer, isLive: boolean): void {
    const start = ROOM_BYTES + TAG_HEAD_BYTES
    if (body.length <= start) return
    if (body[ROOM_BYTES]! >> 4 !== FORMAT_AAC) return void this.counts.foreign++
    if (body[ROOM_BYTES + 1] === 0) return this.#config(Buffer.from(body.subarray(start)))
    const size = body.length - start
    if (this.#rateHz === 0 || !isLive || size > FRAME_BYTES_MAX) return
    this.counts.frames++
    const head = start - AU_BYTES - RTP_BYTES
    body[head] = 0x80
    body[head + 1] = 0x80 | PUSH_SOUND_PAYLOAD_TYPE
    body.writeUInt16BE(this.#sequence, head + 2)
    body.writeUInt32BE(this.ticksAt(timeMs), head + 4)
    body.writeUInt32BE(SSRC, head + 8)
    body.writeUInt16BE(16, head + RTP_BYTES)
    body.writeUInt16BE(size << 3, head + RTP_BYTES + 2)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#listener.onRtp(body, head, body.length)
  }

  /** RTP time of a tag's time. */
  ticksAt(timeMs: number): number {
    return Math.round((timeMs * this.#rateHz) / 1000) >>> 0
  }

  #config(configuration: Buffer): void {
    if (this.#rateHz !== 0) return
    const media = aacMediaOf(PUSH_SOUND_PAYLOAD_TYPE, configuration, null)
    if (!media) return void this.counts.foreign++
    this.#rateHz = media.clockHz
    this.#listener.onConfig(media)
  }
}

/** Seconds from 1900 (NTP) to 1970. */
const NTP_OFFSET_S = 2_208_988_800

/** A sender report (RFC 3550 §6.4.1) that ties an RTP time to the wall clock: what keeps sound beside the picture. */
export function writeReport(out: Buffer, wallMs: number, rtpTicks: number): void {
  out.writeUInt32BE(0x80c80006, 0)
  out.writeUInt32BE(Math.floor(wallMs / 1000) + NTP_OFFSET_S, 8)
  out.writeUInt32BE(Math.floor(((wallMs % 1000) / 1000) * 0x1_0000_0000), 12)
  out.writeUInt32BE(rtpTicks, 16)
}
