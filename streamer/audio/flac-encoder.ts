import { FlacBits } from './flac-bits.ts'

/**
 * FLAC (RFC 9639) for one channel of speech: fixed block size, constant, verbatim or fixed predictors with Rice coding. Lossless,
 * so that what a browser plays is sample by sample what the camera sent. Nothing is allocated per frame.
 * Price: see docs/decisions.md.
 */

/** 64 ms at 8 kHz; must be one of the sizes that have a code of their own. */
export const FLAC_BLOCK_SAMPLES = 512
const BLOCK_SIZE_CODE = 9
const SAMPLE_BITS = 16
const ORDER_MAX = 4
/** 512 samples in up to eight partitions, each with a Rice parameter of its own. */
const PARTITION_ORDER_MAX = 3
/** Sample index → smallest partition. */
const PARTITION_SHIFT = 6
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
  /** Of the chosen order, zigzag. */
  readonly #residual = new Uint32Array(FLAC_BLOCK_SAMPLES)
  /** Their sums in each of the smallest partitions. */
  readonly #sums = new Float64Array(1 << PARTITION_ORDER_MAX)
  readonly #orderSums = new Float64Array(ORDER_MAX + 1)
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
    this.#predict(order)
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

  /** The order whose residuals are smallest together: each is the difference of the one before. */
  #chooseOrder(): number {
    const x = this.#plain
    const sums = this.#orderSums.fill(0)
    let [last0, last1, last2, last3] = [0, 0, 0, 0]
    for (let i = 0; i < FLAC_BLOCK_SAMPLES; i++) {
      const e0 = x[i]!
      const e1 = e0 - last0
      const e2 = e1 - last1
      const e3 = e2 - last2
      const e4 = e3 - last3
      last0 = e0
      last1 = e1
      last2 = e2
      last3 = e3
      if (i < ORDER_MAX) continue
      sums[0]! += Math.abs(e0)
      sums[1]! += Math.abs(e1)
      sums[2]! += Math.abs(e2)
      sums[3]! += Math.abs(e3)
      sums[4]! += Math.abs(e4)
    }
    let best = 0
    for (let order = 1; order <= ORDER_MAX; order++) if (sums[order]! < sums[best]!) best = order
    return best
  }

  /** §9.2.5: what polynomials through the last samples leave over. */
  #predict(order: number): void {
    const x = this.#plain
    this.#sums.fill(0)
    for (let i = order; i < FLAC_BLOCK_SAMPLES; i++) {
      let residual = x[i]!
      if (order === 1) residual -= x[i - 1]!
      else if (order === 2) residual += x[i - 2]! - 2 * x[i - 1]!
      else if (order === 3) residual += 3 * (x[i - 2]! - x[i - 1]!) - x[i - 3]!
      else if (order === 4) residual += x[i - 4]! - 4 * (x[i - 1]! + x[i - 3]!) + 6 * x[i - 2]!
      const folded = residual >= 0 ? 2 * residual : -2 * residual - 1
      this.#residual[i] = folded
      this.#sums[i >> PARTITION_SHIFT]! += folded
    }
  }

  #choosePartitions(order: number): number {
    let best = 0
    let bestBits = Infinity
    for (let partitionOrder = 0; partitionOrder <= PARTITION_ORDER_MAX; partitionOrder++) {
      const bits = this.#cost(order, partitionOrder)
      if (bits >= bestBits) continue
      bestBits = bits
      best = partitionOrder
    }
    return best
  }

  /** At most so many bits does the residual take in so many partitions. */
  #cost(order: number, partitionOrder: number): number {
    let total = 6
    for (let part = 0; part < 1 << partitionOrder; part++) {
      const count = (FLAC_BLOCK_SAMPLES >> partitionOrder) - (part === 0 ? order : 0)
      const sum = this.#sumOf(part, partitionOrder)
      const rice = riceFor(sum, count)
      total += 4 + count * (rice + 1) + sum / 2 ** rice
    }
    return total
  }

  #sumOf(part: number, partitionOrder: number): number {
    const width = 1 << (PARTITION_ORDER_MAX - partitionOrder)
    let sum = 0
    for (let i = part * width; i < (part + 1) * width; i++) sum += this.#sums[i]!
    return sum
  }

  #writeResidual(order: number, partitionOrder: number): void {
    const bits = this.#bits
    bits.write(partitionOrder, 6)
    const length = FLAC_BLOCK_SAMPLES >> partitionOrder
    for (let part = 0; part < 1 << partitionOrder; part++) {
      const from = part === 0 ? order : part * length
      const to = (part + 1) * length
      const rice = riceFor(this.#sumOf(part, partitionOrder), to - from)
      bits.write(rice, 4)
      for (let i = from; i < to; i++) bits.writeRice(this.#residual[i]!, rice)
    }
  }
}

/** The parameter for which the unary parts are about one bit each. */
function riceFor(sum: number, count: number): number {
  const mean = sum / count
  return mean < 1 ? 0 : Math.min(RICE_MAX, 31 - Math.clz32(mean))
}

function mask(bits: number): number {
  return (1 << bits) - 1
}

function isConstant(samples: Int32Array): boolean {
  for (let i = 1; i < samples.length; i++) if (samples[i] !== samples[0]) return false
  return true
}
