import { Fault } from '../../../domain/fault.ts'

const TWO_32 = 4_294_967_296

/**
 * Reads protocol-buffer fields out of bytes without copying them: as much of the format as OpenStreetMap's files use. Every read is
 * checked against the end; whatever does not fit is a `Fault`, never a wrong number. Numbers are exact up to 2⁵³, which OSM ids and
 * nanodegrees are far below.
 *
 *     field = varint (number << 3 | wire type) · wire types: 0 varint, 1 eight bytes, 2 length + bytes, 5 four bytes
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number
  #low = 0
  #high = 0
  /** Of the field that `next` has found. */
  wireType = 0

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Number of the next field; 0 at the end. Whoever does not read its value calls `skip`. */
  next(): number {
    if (this.#at >= this.#end) return 0
    const key = this.unsigned()
    this.wireType = key & 7
    const field = Math.floor(key / 8)
    if (field === 0) throw broken('a field has the number 0')
    return field
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end
  }

  unsigned(): number {
    this.#readVarint()
    return this.#high * TWO_32 + this.#low
  }

  /** int32 and int64: two's complement in 64 bits. */
  signed(): number {
    this.#readVarint()
    return (this.#high | 0) * TWO_32 + this.#low
  }

  /** sint32 and sint64: zigzag. */
  zigzag(): number {
    this.#readVarint()
    const half = this.#high * (TWO_32 / 2) + (this.#low >>> 1)
    return (this.#low & 1) === 1 ? -half - 1 : half
  }

  bytes(): Uint8Array {
    const length = this.#length()
    const from = this.#at
    this.#at += length
    return this.#bytes.subarray(from, this.#at)
  }

  /** A message or a packed list within this one. */
  nested(): ProtobufReader {
    const length = this.#length()
    const from = this.#at
    this.#at += length
    return new ProtobufReader(this.#bytes, from, this.#at)
  }

  skip(): void {
    switch (this.wireType) {
      case 0:
        this.#readVarint()
        return
      case 1:
        this.#move(8)
        return
      case 2:
        this.#move(this.#length())
        return
      case 5:
        this.#move(4)
        return
      default:
        throw broken(`a field has the wire type ${this.wireType}`)
    }
  }

  #length(): number {
    const length = this.unsigned()
    if (length > this.#end - this.#at) throw broken('a field is longer than its message')
    return length
  }

  #move(count: number): void {
    if (count > this.#end - this.#at) throw broken('a field is longer than its message')
    this.#at += count
  }

  #readVarint(): void {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw broken('a number is cut off')
      const byte = this.#bytes[this.#at++]!
      const part = byte & 127
      if (shift < 28) low |= part << shift
      else if (shift === 28) {
        low |= part << 28
        high = part >> 4
      } else if (shift < 63) high |= part << (shift - 32)
      else high |= (part & 1) << 31
      if (byte < 128) {
        this.#low = low >>> 0
        this.#high = high >>> 0
        return
      }
    }
    throw broken('a number is longer than ten bytes')
  }
}

export function broken(what: string): Fault {
  return new Fault('city-invalid', `this is not a sound OSM PBF file: ${what}`)
}
