import { VIDEO_TRACK_ID } from './init-section.ts'

/**
 * `moof` and the header of `mdat` of one part. Its samples are gathered in flat arrays that are used again for every part.
 *
 *   moof ─ mfhd sequence
 *        └ traf ─ tfhd (default-base-is-moof)
 *               ├ tfdt decode time of the first sample
 *               └ trun per sample: duration, size, flags[, composition offset]
 *   mdat ─ payload, which is sent behind this head from its slab
 */

/** 0.2 s at 60 frames are 12; a part of the slowest camera at the highest rate stays far below. */
export const SAMPLES_MAX = 512

const FLAGS_KEY = 0x02000000
const FLAGS_DEPENDENT = 0x01010000
/** data-offset, duration, size, flags; 0x800 adds the composition offset. */
const TRUN_FLAGS = 0x000701

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

/**
 * @param startTicks decode time at which the part begins; equals the end of the part before
 * @param endTicks where it ends; the last sample stands until then
 * @param sequence of the fragment, from 1
 */
export function createPartHead(
  samples: SampleList,
  startTicks: number,
  endTicks: number,
  sequence: number,
  payloadBytes: number,
): Buffer {
  const perSample = samples.hasOffsets ? 16 : 12
  const trunBytes = 20 + samples.count * perSample
  const trafBytes = 8 + 16 + 20 + trunBytes
  const moofBytes = 8 + 16 + trafBytes
  const b = Buffer.allocUnsafe(moofBytes + 8)
  let at = boxHead(b, 0, moofBytes, 'moof')
  at = boxHead(b, at, 16, 'mfhd')
  at = b.writeUInt32BE(0, at)
  at = b.writeUInt32BE(sequence >>> 0, at)
  at = boxHead(b, at, trafBytes, 'traf')
  at = boxHead(b, at, 16, 'tfhd')
  at = b.writeUInt32BE(0x020000, at)
  at = b.writeUInt32BE(VIDEO_TRACK_ID, at)
  at = boxHead(b, at, 20, 'tfdt')
  at = b.writeUInt32BE(0x01000000, at)
  at = b.writeBigUInt64BE(BigInt(Math.round(startTicks)), at)
  at = boxHead(b, at, trunBytes, 'trun')
  at = b.writeUInt32BE(0x01000000 | TRUN_FLAGS | (samples.hasOffsets ? 0x800 : 0), at)
  at = b.writeUInt32BE(samples.count, at)
  at = b.writeInt32BE(moofBytes + 8, at)
  let sampleStart = Math.round(startTicks)
  for (let i = 0; i < samples.count; i++) {
    const isLast = i === samples.count - 1
    // The first sample begins where the last part ended, wherever its own time lies; the second pays the difference back.
    const next = isLast ? Math.round(endTicks) : Math.max(sampleStart + 1, Math.round(samples.dtsTicks[i + 1]!))
    at = b.writeUInt32BE(Math.max(1, next - sampleStart), at)
    at = b.writeUInt32BE(samples.sizes[i]!, at)
    at = b.writeUInt32BE(samples.keys[i] === 1 ? FLAGS_KEY : FLAGS_DEPENDENT, at)
    if (samples.hasOffsets) at = b.writeInt32BE(samples.offsets[i]!, at)
    sampleStart = next
  }
  boxHead(b, at, payloadBytes + 8, 'mdat')
  return b
}

function boxHead(b: Buffer, at: number, size: number, type: string): number {
  b.writeUInt32BE(size, at)
  b.write(type, at + 4, 'latin1')
  return at + 8
}
