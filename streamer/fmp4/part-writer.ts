import type { Slab, SlabPool } from './slab.ts'
import { SLAB_BYTES_MAX } from './slab.ts'

/**
 * Where the payload of the open part grows: the one copy of a frame's bytes between the socket and the viewer. NAL units are
 * written as `AVCC` wants them, a 32-bit length before each, patched in place when its end is known.
 *
 *   slab  … closed parts … | open part: unit unit unit | unit being written: [len NAL][len NAL]… |
 *                          ^ partStart                 ^ unitStart            ^ nalStart          ^ at
 */

/** Twice the largest key frame seen of an 8K camera; what is longer is garbage and gets dropped. */
export const UNIT_BYTES_MAX = 8 * 1024 * 1024

/** `Buffer.copy` makes a view for every call; below this a plain loop is quicker (measured with slices of static scenes). */
const COPY_BY_HAND_MAX = 64

/** A closed part's payload and the slab that holds it; the receiver owns one hold. */
export interface Payload {
  bytes: Buffer
  slab: Slab
}

export class PartWriter {
  readonly #pool: SlabPool
  #slab: Slab
  #partStart = 0
  #unitStart = 0
  #nalStart = 0
  #at = 0

  constructor(pool: SlabPool) {
    this.#pool = pool
    this.#slab = pool.take(0)
  }

  beginUnit(): void {
    this.#unitStart = this.#nalStart = this.#at
  }
  get unitBytes(): number {
    return this.#at - this.#unitStart
  }
  /** The unit just written, AVCC; valid until the next write. */
  unit(): Buffer {
    return this.#slab.bytes.subarray(this.#unitStart, this.#at)
  }
  dropUnit(): void {
    this.#at = this.#nalStart = this.#unitStart
  }

  beginNal(): void {
    this.#room(4)
    this.#nalStart = this.#at
    this.#at += 4
  }
  /** The NAL unit being written, without its length; valid until the next write. */
  nal(): Buffer {
    return this.#slab.bytes.subarray(this.#nalStart + 4, this.#at)
  }
  /** Bytes of it so far, and one of them; without the view that `nal` makes. */
  get nalBytes(): number {
    return this.#at - this.#nalStart - 4
  }
  nalByte(index: number): number {
    return this.#slab.bytes[this.#nalStart + 4 + index]!
  }
  endNal(): void {
    const size = this.#at - this.#nalStart - 4
    if (size <= 0) this.#at = this.#nalStart
    else this.#slab.bytes.writeUInt32BE(size, this.#nalStart)
    this.#nalStart = this.#at
  }
  dropNal(): void {
    this.#at = this.#nalStart
  }

  append(bytes: Buffer, start: number, end: number): void {
    const size = end - start
    this.#room(size)
    const target = this.#slab.bytes
    if (size <= COPY_BY_HAND_MAX) for (let i = 0; i < size; i++) target[this.#at + i] = bytes[start + i]!
    else bytes.copy(target, this.#at, start, end)
    this.#at += size
  }
  appendByte(byte: number): void {
    this.#room(1)
    this.#slab.bytes[this.#at++] = byte
  }

  /** Bytes of the open part up to the unit that is being written. */
  get partBytes(): number {
    return this.#unitStart - this.#partStart
  }

  /** Closes the open part before the unit that is being written, which begins the next one. */
  cut(): Payload {
    const bytes = this.#slab.bytes.subarray(this.#partStart, this.#unitStart)
    this.#slab.hold()
    this.#partStart = this.#unitStart
    return { bytes, slab: this.#slab }
  }

  /** Forgets the open part and its unit. */
  drop(): void {
    this.#at = this.#unitStart = this.#nalStart = this.#partStart
  }

  close(): void {
    this.#slab.release()
  }

  /** When the slab is full the open part moves to the next one: at 400 kbit/s that copies one part in eight. */
  #room(bytes: number): void {
    if (this.#at + bytes <= this.#slab.bytes.length) return
    const open = this.#at - this.#partStart
    // Room for four parts like this one, so that moving stays rare at any bit rate.
    const next = this.#pool.take(Math.min(Math.max(open * 4, open + bytes), SLAB_BYTES_MAX))
    if (open + bytes > next.bytes.length) {
      next.release()
      throw new Error('assertion failed: a part is larger than a slab')
    }
    this.#slab.bytes.copy(next.bytes, 0, this.#partStart, this.#at)
    this.#slab.release()
    this.#slab = next
    this.#unitStart -= this.#partStart
    this.#nalStart -= this.#partStart
    this.#at = open
    this.#partStart = 0
  }
}
