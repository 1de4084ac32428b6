import type { SoundRun } from '../fmp4/part-head.ts'

/** One second of AAC at 256 kbit/s; a part lasts a fifth of it. */
const BYTES_MAX = 32 * 1024
/** One second of AAC at 48 kHz are 47 frames, of our FLAC 16. */
const FRAMES_MAX = 64

/** The frames of the open part, behind one another: the first of the two copies that sound pays. Emptied with every part. */
export class SoundBuffer implements SoundRun {
  readonly content = Buffer.allocUnsafeSlow(BYTES_MAX)
  readonly sizes = new Uint16Array(FRAMES_MAX)
  readonly frameSamples: number
  count = 0
  bytes = 0
  startSamples = 0

  constructor(frameSamples: number) {
    this.frameSamples = frameSamples
  }

  get endSamples(): number {
    return this.startSamples + this.count * this.frameSamples
  }

  /** @returns false when it is full */
  add(bytes: Buffer, start: number, end: number): boolean {
    if (this.count >= FRAMES_MAX || this.bytes + end - start > BYTES_MAX) return false
    bytes.copy(this.content, this.bytes, start, end)
    this.bytes += end - start
    this.sizes[this.count++] = end - start
    return true
  }

  clear(): void {
    this.startSamples = this.endSamples
    this.count = this.bytes = 0
  }
}
