import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './init-section.ts'

/**
 * `moof` and the header of `mdat` of one part. Its samples are gathered in flat arrays that are used again for every part.
 *
 *   moof ─ mfhd sequence
 *        ├ traf ─ tfhd (default-base-is-moof)
 *        │      ├ tfdt decode time of the first sample
 *        │      └ trun per sample: duration, size, flags[, composition offset]
 *        └ traf of the sound, when there is any: the same with duration and size only
 *   mdat ─ pictures, then sound, which lie behind this head in the slab
 */

/** 0.2 s at 60 frames are 12; a camera that sends more ends its part early. Five arrays of this length in every stream. */
export const SAMPLES_MAX = 64

const FLAGS_KEY = 0x02000000
const FLAGS_DEPENDENT = 0x01010000
/** data-offset, duration, size, flags; 0x800 adds the composition offset. */
const TRUN_FLAGS = 0x000701
/** data-offset, duration, size. */
const TRUN_SOUND_FLAGS = 0x000301

export class SampleList {
  count = 0
  /** True when any sample has a composition offset. */
  hasOffsets = false
  readonly dtsTicks = new Float64Array(SAMPLES_MAX)
  readonly sizes = new Uint32Array(SAMPLES_MAX)
  readonly offsets = new Int32Array(SAMPLES_MAX)
  readonly keys = new Uint8Array(SAMPLES_MAX)

  add(dtsTicks: number, offsetTicks: number, bytes: number, isKey: boolean): void {
    const at = this.count++
    this.dtsTicks[at] = dtsTicks
    this.sizes[at] = bytes
    this.offsets[at] = offsetTicks
    this.keys[at] = isKey ? 1 : 0
    if (offsetTicks !== 0) this.hasOffsets = true
  }

  clear(): void {
    this.count = 0
    this.hasOffsets = false
  }
}

/** The sound of one part: frames of equal duration, one behind the other. */
export interface SoundRun {
  readonly count: number
  /** Of each frame. */
  readonly sizes: Uint16Array
  readonly bytes: number
  /** Decode time of the first, in samples. */
  readonly startSamples: number
  readonly frameSamples: number
}

/** How long the head of a part with these samples is. */
export function partHeadBytes(samples: SampleList, sound: SoundRun | null = null): number {
  return 8 + 16 + pictureTrafBytes(samples) + soundTrafBytes(sound) + 8
}

function pictureTrafBytes(samples: SampleList): number {
  return 8 + 16 + 20 + 20 + samples.count * (samples.hasOffsets ? 16 : 12)
}

function soundTrafBytes(sound: SoundRun | null): number {
  return sound && sound.count > 0 ? 8 + 16 + 20 + 20 + sound.count * 8 : 0
}

const MOOF = 0x6d6f6f66
const MFHD = 0x6d666864
const TRAF = 0x74726166
const TFHD = 0x74666864
const TFDT = 0x74666474
const TRUN = 0x7472756e
const MDAT = 0x6d646174

/**
 * Writes the head to `b` from `from` on, `partHeadBytes` long. By hand and without a BigInt: it runs five times a second for
 * each of thousands of streams.
 * @param startTicks decode time at which the part begins; equals the end of the part before
 * @param endTicks where it ends; the last sample stands until then
 * @param sequence of the fragment, from 1
 * @param payloadBytes of pictures and sound together
 */
export function writePartHead(
  b: Buffer,
  from: number,
  samples: SampleList,
  startTicks: number,
  endTicks: number,
  sequence: number,
  payloadBytes: number,
  sound: SoundRun | null = null,
): void {
  const trafBytes = pictureTrafBytes(samples)
  const soundBytes = soundTrafBytes(sound)
  const moofBytes = 8 + 16 + trafBytes + soundBytes
  let at = put2(b, from, moofBytes, MOOF)
  at = put2(b, at, 16, MFHD)
  at = put2(b, at, 0, sequence)
  at = putTraf(b, at, trafBytes, VIDEO_TRACK_ID, Math.round(startTicks))
  at = putPictures(b, at, samples, Math.round(startTicks), Math.round(endTicks), moofBytes + 8)
  if (sound && soundBytes > 0) {
    at = putTraf(b, at, soundBytes, AUDIO_TRACK_ID, sound.startSamples)
    at = putSound(b, at, sound, moofBytes + 8 + payloadBytes - sound.bytes)
  }
  put2(b, at, payloadBytes + 8, MDAT)
}

/** `traf` up to its `trun`. */
function putTraf(b: Buffer, from: number, trafBytes: number, trackId: number, startTime: number): number {
  let at = put2(b, from, trafBytes, TRAF)
  at = put2(b, at, 16, TFHD)
  at = put2(b, at, 0x020000, trackId)
  at = put2(b, at, 20, TFDT)
  at = put(b, at, 0x01000000)
  return put2(b, at, Math.floor(startTime / 0x100000000), startTime)
}

function putPictures(
  b: Buffer,
  from: number,
  samples: SampleList,
  startTicks: number,
  endTicks: number,
  dataAt: number,
): number {
  let sampleStart = startTicks
  let at = put2(b, from, 20 + samples.count * (samples.hasOffsets ? 16 : 12), TRUN)
  at = put(b, at, 0x01000000 | TRUN_FLAGS | (samples.hasOffsets ? 0x800 : 0))
  at = put2(b, at, samples.count, dataAt)
  for (let i = 0; i < samples.count; i++) {
    const isLast = i === samples.count - 1
    // The first sample begins where the last part ended, wherever its own time lies; the second pays the difference back.
    const next = isLast ? endTicks : Math.max(sampleStart + 1, Math.round(samples.dtsTicks[i + 1]!))
    at = put2(b, at, Math.max(1, next - sampleStart), samples.sizes[i]!)
    at = put(b, at, samples.keys[i] === 1 ? FLAGS_KEY : FLAGS_DEPENDENT)
    if (samples.hasOffsets) at = put(b, at, samples.offsets[i]!)
    sampleStart = next
  }
  return at
}

function putSound(b: Buffer, from: number, sound: SoundRun, dataAt: number): number {
  let at = put2(b, from, 20 + sound.count * 8, TRUN)
  at = put(b, at, 0x01000000 | TRUN_SOUND_FLAGS)
  at = put2(b, at, sound.count, dataAt)
  for (let i = 0; i < sound.count; i++) at = put2(b, at, sound.frameSamples, sound.sizes[i]!)
  return at
}

/** The low 32 bits, big endian. */
function put(b: Buffer, at: number, value: number): number {
  b[at] = value >>> 24
  b[at + 1] = value >>> 16
  b[at + 2] = value >>> 8
  b[at + 3] = value
  return at + 4
}

function put2(b: Buffer, at: number, first: number, second: number): number {
  return put(b, put(b, at, first), second)
}
