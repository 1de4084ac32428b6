import { FlacBits } from './flac-bits.ts'

/**
 * FLAC (RFC 9639) for one channel of speech: fixed block size, constant, verbatim or fixed predictors with Rice coding. Lossless,
 * so that what a browser plays is sample by sample what the camera sent. Nothing is allocated per frame.
 * Price: see docs/odd-streams.md; G.711's 64 kbit/s become 40–60 kbit/s.
 */

/** 64 ms at 8 kHz; must be one of the sizes that have a code of their own. */
export const FLAC_BLOCK_SAMPLES = 512
const BLOCK_SIZE_CODE = 9
const SAMPLE_BITS = 16
const ORDER_MAX = 4
/** 512 samples in up to eight partitions, each with a Rice parameter of its own. */
const PARTITION_ORDER_MAX = 3
const RICE_MAX = 14
/** Verbatim is the worst case: 16 bits a sample, header and footer. */
export const FLAC_FRAME_BYTES_MAX = 2 * FLAC_BLOCK_SAMPLES + 32

const RATE_CODES: Partial<Record<number, number>> = { 8000: 4, 16000: 5, 24000: 7, 32000: 8, 44100: 9, 48000: 10 }

/** STREAMINFO (§8.2) of an endless stream: block sizes, rate, channels, depth; sizes, length and MD5 unknown. */
export function flacStreamInfo(sampleRateHz: number): Buffer {
  const bytes = Buffer.alloc(34)
  bytes.writeUInt16BE(FLAC_BLOCK_SAMPLES, 0)
  bytes.writeUInt16BE(FLAC_BLOCK_SAMPLES, 2)
  // 20 bits of rate, 3 of channels - 1, 5 of depth - 1, the first 4 of 36 of length.
  bytes.writeUInt32BE(sampleRateHz * 4096 + ((SAMPLE_BITS - 1) << 4), 10)
  return bytes
}

export class FlacEncoder {
  /** The frame encoded last; valid until the next. */
  readonly frame = Buffer.alloc(FLAC_FRAME_BYTES_MAX)
  readonly #bits = new FlacBits(this.frame)
  readonly #rateCode: number
  readonly #unusedBits: number
  readonly #plain = new Int32Array(FLAC_BLOCK_SAMPLES)
  /** Residuals of the order tried last, and of the best so far, zigzag. */
  #tried = new Uint32Array(FLAC_BLOCK_SAMPLES)
  #best = new Uint32Array(FLAC_BLOCK_SAMPLES)
  readonly #rice = new Uint8Array(1 << PARTITION_ORDER_MAX)
  #number = 0

  /** @param unusedBits low bits that are zero in every sample */
  constructor(sampleRateHz: number, unusedBits: number) {
    this.#rateCode = RATE_CODES[sampleRateHz] ?? 0
    this.#unusedBits = unusedBits
  }

  /**
   * @param samples FLAC_BLOCK_SAMPLES of them
   * @returns bytes in `frame`
   */
  encode(samples: Int16Array): number {
    const bits = this.#bits
    bits.begin()
    bits.write(0xfff8, 16)
    bits.write((BLOCK_SIZE_CODE << 4) | this.#rateCode, 8)
    bits.write(4 << 1, 8)
    bits.writeNumber(this.#number)
    this.#number = (this.#number + 1) & 0x7fffffff
    bits.writeCrc8()
    for (let i = 0; i < FLAC_BLOCK_SAMPLES; i++) this.#plain[i] = samples[i]! >> this.#unusedBits
    this.#subframe()
    return bits.end()
  }

  #subframe(): void {
    const plain = this.#plain
    const depth = SAMPLE_BITS - this.#unusedBits
    if (isConstant(plain)) {
      this.#head(0)
      return this.#bits.write(plain[0]! & mask(depth), depth)
    }
    const order = this.#chooseOrder()
    const partitionOrder = this.#choosePartitions(order)
    if (this.#cost(order, partitionOrder) + order * depth >= FLAC_BLOCK_SAMPLES * depth) {
      this.#head(1)
      for (let i = 0; i < FLAC_BLOCK_SAMPLES; i++) this.#bits.write(plain[i]! & mask(depth), depth)
      return
    }
    this.#head(8 | order)
    for (let i = 0; i < order; i++) this.#bits.write(plain[i]! & mask(depth), depth)
    this.#writeResidual(order, partitionOrder)
  }

  /** 0 | six bits of type | unused bits: a flag and their number - 1 in zeros. */
  #head(type: number): void {
    if (this.#unusedBits === 0) this.#bits.write(type << 1, 8)
    else {
      this.#bits.write((type << 1) | 1, 8)
      this.#bits.write(1, this.#unusedBits)
    }
  }

  /** The order whose residuals are smallest together; they are left in `#best`. */
  #chooseOrder(): number {
    let bestSum = Infinity
    let bestOrder = 0
    for (let order = 0; order <= ORDER_MAX; order++) {
      const sum = this.#predict(order)
      if (sum >= bestSum) continue
      bestSum = sum
      bestOrder = order
      const swap = this.#best
      this.#best = this.#tried
      this.#tried = swap
    }
    return bestOrder
  }

  /** §9.2.5: polynomials through the last samples. @returns sum of the zigzag residuals in `#tried` */
  #predict(order: number): number {
    const x = this.#plain
    const out = this.#tried
    let sum = 0
    for (let i = order; i < FLAC_BLOCK_SAMPLES; i++) {
      const a = x[i]!
      let residual = a
      if (order === 1) residual = a - x[i - 1]!
      else if (order === 2) residual = a - 2 * x[i - 1]! + x[i - 2]!
      else if (order === 3) residual = a - 3 * x[i - 1]! + 3 * x[i - 2]! - x[i - 3]!
      else if (order === 4) residual = a - 4 * x[i - 1]! + 6 * x[i - 2]! - 4 * x[i - 3]! + x[i - 4]!
      const folded = residual >= 0 ? 2 * residual : -2 * residual - 1
      out[i] = folded
      sum += folded
    }
    return sum
  }

  #choosePartitions(order: number): number {
    let best = 0
    let bestBits = Infinity
    for (let partitionOrder = 0; partitionOrder <= PARTITION_ORDER_MAX; partitionOrder++) {
      const bits = this.#cost(order, partitionOrder)
      if (bits < bestBits) {
        bestBits = bits
        best = partitionOrder
      }
    }
    return best
  }

  /** Bits of the residual in so many partitions; leaves their Rice parameters in `#rice`. */
  #cost(order: number, partitionOrder: number): number {
    const length = FLAC_BLOCK_SAMPLES >> partitionOrder
    let total = 6
    for (let part = 0; part < 1 << partitionOrder; part++) {
      const from = Math.max(order, part * length)
      const to = (part + 1) * length
      let sum = 0
      for (let i = from; i < to; i++) sum += this.#best[i]!
      // The parameter for which the unary parts are about one bit each.
      const mean = sum / (to - from)
      const rice = mean < 1 ? 0 : Math.min(RICE_MAX, 31 - Math.clz32(Math.floor(mean)))
      let bits = 4 + (to - from) * (rice + 1)
      for (let i = from; i < to; i++) bits += this.#best[i]! >>> rice
      this.#rice[part] = rice
      total += bits
    }
    return total
  }

  #writeResidual(order: number, partitionOrder: number): void {
    const bits = this.#bits
    this.#cost(order, partitionOrder)
    bits.write(partitionOrder, 6)
    const length = FLAC_BLOCK_SAMPLES >> partitionOrder
    for (let part = 0; part < 1 << partitionOrder; part++) {
      const rice = this.#rice[part]!
      bits.write(rice, 4)
      for (let i = Math.max(order, part * length); i < (part + 1) * length; i++) bits.writeRice(this.#best[i]!, rice)
    }
  }
}

function mask(bits: number): number {
  return (1 << bits) - 1
}

function isConstant(samples: Int32Array): boolean {
  for (let i = 1; i < samples.length; i++) if (samples[i] !== samples[0]) return false
  return true
}
