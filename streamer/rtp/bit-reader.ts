/** Reading of H.264 and H.265 headers; for parameter sets and first bytes of slices, never for whole pictures. */

/** Removes the emulation prevention bytes: `00 00 03` → `00 00`. */
export function withoutEmulation(nal: Uint8Array): Uint8Array {
  const plain = new Uint8Array(nal.length)
  let size = 0
  for (let i = 0; i < nal.length; i++) {
    if (nal[i] === 3 && i >= 2 && nal[i - 1] === 0 && nal[i - 2] === 0) continue
    plain[size++] = nal[i]!
  }
  return plain.subarray(0, size)
}

/** Most significant bit first; reading past the end gives zeros and sets `overrun`. */
export class BitReader {
  overrun = false
  readonly #bytes: Uint8Array
  #at = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  bit(): number {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined) this.overrun = true
    const value = ((byte ?? 0) >> (7 - (this.#at & 7))) & 1
    this.#at++
    return value
  }
  skip(bits: number): void {
    this.#at += bits
  }
  /** At most 31 bits. */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value = value * 2 + this.bit()
    return value
  }
  /** Unsigned Exp-Golomb, at most 32 bits. */
  ue(): number {
    let zeros = 0
    while (zeros < 32 && this.bit() === 0 && !this.overrun) zeros++
    let value = 1
    for (let i = 0; i < zeros; i++) value = value * 2 + this.bit()
    return value - 1
  }
  se(): number {
    const value = this.ue()
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2
  }
}
