/** Bits of an H.264 bit stream (ITU-T H.264 §7.2, §9.1): writing, reading, Exp-Golomb codes, emulation prevention. */

/** A run of bits that is written once and pasted many times. The unused low bits of the last byte are 0. */
export interface BitRun {
  bytes: Uint8Array
  bitCount: number
}

export class BitWriter {
  #bytes = new Uint8Array(512)
  #bitCount = 0

  get bitCount(): number {
    return this.#bitCount
  }

  /** @param width 0–24 */
  write(value: number, width: number): void {
    this.#reserve(width)
    for (let left = width; left > 0;) {
      const free = 8 - (this.#bitCount & 7)
      const take = Math.min(free, left)
      const piece = (value >>> (left - take)) & ((1 << take) - 1)
      this.#bytes[this.#bitCount >> 3]! |= piece << (free - take)
      this.#bitCount += take
      left -= take
    }
  }

  ue(value: number): void {
    const width = 32 - Math.clz32(value + 1)
    this.write(0, width - 1)
    this.write(value + 1, width)
  }

  se(value: number): void {
    this.ue(value > 0 ? 2 * value - 1 : -2 * value)
  }

  /** @param word a code word as the standard prints it, e.g. `'0001 01'` without the blank */
  word(word: string): void {
    this.write(Number.parseInt(word, 2), word.length)
  }

  append(run: BitRun): void {
    this.#reserve(run.bitCount)
    const shift = this.#bitCount & 7
    let at = this.#bitCount >> 3
    const end = (run.bitCount + 7) >> 3
    if (shift === 0) this.#bytes.set(run.bytes.subarray(0, end), at)
    else {
      for (let i = 0; i < end; i++) {
        const byte = run.bytes[i]!
        this.#bytes[at]! |= byte >> shift
        at++
        this.#bytes[at] = (byte << (8 - shift)) & 0xff
      }
    }
    this.#bitCount += run.bitCount
  }

  run(): BitRun {
    return { bytes: this.#bytes.slice(0, (this.#bitCount + 7) >> 3), bitCount: this.#bitCount }
  }

  /** Ends the slice (rbsp_trailing_bits) and returns the NAL unit with its header byte, emulation prevention applied. */
  nal(header: number): Buffer {
    this.write(1, 1)
    return escapeNal(header, this.#bytes.subarray(0, (this.#bitCount + 7) >> 3))
  }

  #reserve(bits: number): void {
    const need = ((this.#bitCount + bits + 7) >> 3) + 2
    if (need <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

function escapeNal(header: number, rbsp: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(1 + rbsp.length + Math.ceil(rbsp.length / 2))
  out[0] = header
  let at = 1
  let zeros = 0
  for (const byte of rbsp) {
    if (zeros === 2 && byte <= 3) {
      out[at++] = 3
      zeros = 0
    }
    out[at++] = byte
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return out.subarray(0, at)
}

/** Reads the payload of a NAL unit. Past the end it yields zeros: the caller checks `isPastEnd`. */
export class BitReader {
  #bytes: Uint8Array
  #at = 0

  /** @param nal with its header byte; at most the first `maxBytes` are looked at, enough for any header */
  constructor(nal: Uint8Array, maxBytes = 256) {
    this.#bytes = unescaped(nal.subarray(1, maxBytes))
  }

  get isPastEnd(): boolean {
    return this.#at > this.#bytes.length * 8
  }

  bits(width: number): number {
    let value = 0
    for (let i = 0; i < width; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3] ?? 0
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1)
    }
    return value
  }

  ue(): number {
    let zeros = 0
    while (zeros < 32 && this.bits(1) === 0) zeros++
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}

function unescaped(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let at = 0
  let zeros = 0
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    out[at++] = byte
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return out.subarray(0, at)
}

/** Cuts an Annex B byte stream at its start codes. The units share the memory of `stream`. */
export function splitAnnexB(stream: Buffer): Buffer[] {
  const units: Buffer[] = []
  let from = -1
  for (let i = 0; i + 2 < stream.length; i++) {
    if (stream[i] !== 0 || stream[i + 1] !== 0 || stream[i + 2] !== 1) continue
    if (from >= 0) units.push(stream.subarray(from, trimZeros(stream, from, i)))
    from = i + 3
    i += 2
  }
  if (from >= 0) units.push(stream.subarray(from, trimZeros(stream, from, stream.length)))
  return units
}

function trimZeros(stream: Buffer, from: number, to: number): number {
  let end = to
  while (end > from && stream[end - 1] === 0) end--
  return end
}
