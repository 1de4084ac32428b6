/** CRC-8 (polynomial 0x07) of a frame's header, CRC-16 (0x8005) of the whole frame, by tables. */
const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => crcEntry(byte, 8, 0x07))
const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => crcEntry(byte << 8, 16, 0x8005))

function crcEntry(start: number, width: number, polynomial: number): number {
  let crc = start
  for (let bit = 0; bit < 8; bit++) {
    const isSet = (crc & (1 << (width - 1))) !== 0
    crc = ((crc << 1) ^ (isSet ? polynomial : 0)) & ((1 << width) - 1)
  }
  return crc
}

/** Writes bits, most significant first, into a buffer that is long enough and used again for every frame. */
export class FlacBits {
  readonly #out: Buffer
  #at = 0
  #open = 0
  #openBits = 0

  constructor(out: Buffer) {
    this.#out = out
  }

  begin(): void {
    this.#at = this.#open = this.#openBits = 0
  }

  /** @param count at most 16 */
  write(value: number, count: number): void {
    this.#open = (this.#open << count) | value
    this.#openBits += count
    while (this.#openBits >= 8) {
      this.#openBits -= 8
      this.#out[this.#at++] = this.#open >>> this.#openBits
    }
    this.#open &= (1 << this.#openBits) - 1
  }

  /** Quotient in zeros, a one, then the `rice` low bits. */
  writeRice(value: number, rice: number): void {
    let quotient = value >>> rice
    if (quotient + 1 + rice <= 16) return this.write((1 << rice) | (value & ((1 << rice) - 1)), quotient + 1 + rice)
    for (; quotient >= 16; quotient -= 16) this.write(0, 16)
    this.write(1, quotient + 1)
    if (rice > 0) this.write(value & ((1 << rice) - 1), rice)
  }

  /** A frame's number as UTF-8 would write it, up to 31 bits. */
  writeNumber(value: number): void {
    if (value < 0x80) return this.write(value, 8)
    let following = 1
    while (value >= 2 ** (5 * following + 6)) following++
    this.write(((0xff00 >> (following + 1)) & 0xff) | (value >>> (6 * following)), 8)
    for (let i = following - 1; i >= 0; i--) this.write(0x80 | ((value >>> (6 * i)) & 0x3f), 8)
  }

  writeCrc8(): void {
    let crc = 0
    for (let i = 0; i < this.#at; i++) crc = CRC8[crc ^ this.#out[i]!]!
    this.write(crc, 8)
  }

  /** Fills the last byte with zeros and adds the frame's CRC-16. @returns bytes written */
  end(): number {
    if (this.#openBits > 0) this.write(0, 8 - this.#openBits)
    let crc = 0
    for (let i = 0; i < this.#at; i++) crc = ((crc << 8) ^ CRC16[(crc >> 8) ^ this.#out[i]!]!) & 0xffff
    this.write(crc, 16)
    return this.#at
  }
}
