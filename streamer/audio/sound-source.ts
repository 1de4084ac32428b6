import type { AudioFacts } from '../fmp4/audio-entry.ts'
import type { AudioMedia } from '../rtsp/audio-media.ts'
import { FLAC_BLOCK_SAMPLES, FlacEncoder, flacStreamInfo } from './flac-encoder.ts'
import type { G711Law } from './g711.ts'
import { G711_TABLES, G711_UNUSED_BITS } from './g711.ts'

/** Takes whole frames; `bytes` valid only during the call. */
export type FrameTaker = (bytes: Buffer, start: number, end: number) => void

/** Payloads of one kind of sound to frames of equal duration. */
export interface SoundSource {
  readonly facts: AudioFacts
  readonly frameSamples: number
  /** How many samples a payload lasts; 0: it cannot be read. */
  samplesIn(bytes: Buffer, start: number, end: number): number
  payload(bytes: Buffer, start: number, end: number, take: FrameTaker): void
  /** One frame of silence, or as much of it as completes the open frame. */
  silence(take: FrameTaker): void
  /** Samples taken that are not in a frame yet. */
  readonly openSamples: number
}

export function createSoundSource(media: AudioMedia): SoundSource {
  return media.codec === 'AAC' ? new AacSource(media) : new G711Source(media.codec, media.clockHz)
}

/** G.711 to FLAC, because no browser plays G.711 in MP4. */
class G711Source implements SoundSource {
  readonly facts: AudioFacts
  readonly frameSamples = FLAC_BLOCK_SAMPLES
  openSamples = 0
  readonly #table: Int16Array
  readonly #block = new Int16Array(FLAC_BLOCK_SAMPLES)
  readonly #encoder: FlacEncoder

  constructor(law: G711Law, sampleRateHz: number) {
    this.facts = { codec: 'flac', sampleRateHz, channels: 1, configuration: flacStreamInfo(sampleRateHz) }
    this.#table = G711_TABLES[law]
    this.#encoder = new FlacEncoder(sampleRateHz, G711_UNUSED_BITS[law])
  }

  samplesIn(_bytes: Buffer, start: number, end: number): number {
    return end - start
  }

  payload(bytes: Buffer, start: number, end: number, take: FrameTaker): void {
    for (let at = start; at < end; at++) {
      this.#block[this.openSamples++] = this.#table[bytes[at]!]!
      if (this.openSamples === FLAC_BLOCK_SAMPLES) this.#encode(take)
    }
  }

  silence(take: FrameTaker): void {
    this.#block.fill(0, this.openSamples)
    this.#encode(take)
  }

  #encode(take: FrameTaker): void {
    this.openSamples = 0
    take(this.#encoder.frame, 0, this.#encoder.encode(this.#block))
  }
}

/** An AU header of AAC-hbr: 13 bits of size, 3 of index. */
const AU_HEADER_BYTES = 2
const AAC_FRAME_SAMPLES = 1024
/** Smallest frames of AAC-LC that say nothing, for one and two channels. */
const AAC_SILENCE = [Buffer.from('00c800802380', 'hex'), Buffer.from('210049900219002380', 'hex')]

/** AAC passes through (RFC 3640, mode AAC-hbr): size in bits of all AU headers, the headers, the frames. */
class AacSource implements SoundSource {
  readonly facts: AudioFacts
  readonly frameSamples = AAC_FRAME_SAMPLES
  readonly openSamples = 0
  readonly #silence: Buffer

  constructor(media: AudioMedia) {
    const { clockHz, channels, configuration } = media
    this.facts = { codec: 'mp4a.40.2', sampleRateHz: clockHz, channels, configuration }
    this.#silence = AAC_SILENCE[channels - 1]!
  }

  /** All sizes must fit; a frame in several packets is not taken, cameras' frames are smaller than a packet. */
  samplesIn(bytes: Buffer, start: number, end: number): number {
    if (end - start < 4) return 0
    const count = headersIn(bytes, start)
    let at = start + 2 + count * AU_HEADER_BYTES
    for (let i = 0; i < count; i++) {
      const size = sizeOf(bytes, start, i)
      if (size === 0) return 0
      at += size
    }
    return at === end ? count * AAC_FRAME_SAMPLES : 0
  }

  payload(bytes: Buffer, start: number, _end: number, take: FrameTaker): void {
    const count = headersIn(bytes, start)
    let at = start + 2 + count * AU_HEADER_BYTES
    for (let i = 0; i < count; i++) {
      const size = sizeOf(bytes, start, i)
      take(bytes, at, at + size)
      at += size
    }
  }

  silence(take: FrameTaker): void {
    take(this.#silence, 0, this.#silence.length)
  }
}

function headersIn(bytes: Buffer, start: number): number {
  return ((bytes[start]! << 8) | bytes[start + 1]!) >> 4
}

function sizeOf(bytes: Buffer, start: number, index: number): number {
  const at = start + 2 + index * AU_HEADER_BYTES
  return ((bytes[at]! << 8) | bytes[at + 1]!) >> 3
}
