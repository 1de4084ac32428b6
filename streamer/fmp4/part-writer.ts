import type { Slab, SlabPool } from './slab.ts'
import { SLAB_BYTES_MAX } from './slab.ts'

/**
 * Where the payload of the open part grows: the one copy of a frame's bytes between the socket and the viewer. NAL units are
 * written as `AVCC` wants them, a 32-bit length before each, patched in place when its end is known.
 *
 *   slab  … closed parts … | room | open part: unit unit unit | unit being written: [len NAL][len NAL]… |
 *                          |      ^ payloadStart              ^ unitStart            ^ nalStart          ^ at
 *                          ^ partStart
 *
 * The room in front is for the part's head, so that a closed part is one piece of memory and no object of its own.
 */

/** Twice the largest key frame seen of an 8K camera; what is longer is garbage and gets dropped. */
export const UNIT_BYTES_MAX = 8 * 1024 * 1024

/** A part that has this much is closed; with the unit behind it, which may be as large as any, it still fits a slab. */
export const PART_BYTES_MAX = 8 * 1024 * 1024

/** `Buffer.copy` makes a view for every call; below this a plain loop is quicker (measured with slices of static scenes). */
const COPY_BY_HAND_MAX = 64

/** A closed part lies in `slab` from `start` to `end`, the first `headBytes` still to be written; the receiver owns one hold. */
export interface CutPart {
  slab: Slab
  start: number
  headBytes: number
  end: number
}

/**
 * A slab is taken for a whole group of pictures, so that its parts lie behind one another and hardly any has to move: with slabs for one part
 * every byte was copied once more. Simulated with real clips at 0.4–2 Mbit/s: 8–29 % are copied again instead of 85–104 %, in as much memory.
 */
const GROUP_ROOM = 1.04
/** For the rest of a group that is larger than usual. */
const REST_ROOM = 1 / 8
/** A group of ten seconds, or one without an end, takes its memory piece by piece. */
const GROUP_BYTES_MAX = 512 * 1024
/** Of the mean over groups. */
const GROUPS_MEAN = 8

/** Of three pictures; later as long as the last head was. */
const HEAD_ROOM_BYTES = 132

export class PartWriter {
  readonly #pool: SlabPool
  #slab: Slab
  #partStart = 0
  #payloadStart = HEAD_ROOM_BYTES
  #unitStart = HEAD_ROOM_BYTES
  #nalStart = HEAD_ROOM_BYTES
  #at = HEAD_ROOM_BYTES
  /** Bytes of this group of pictures in closed parts. */
  #groupBytes = 0
  /** 0 until the first group is whole. */
  #usualGroupBytes = 0
  /** Reused for every part. */
  readonly #cut: CutPart

  constructor(pool: SlabPool) {
    this.#pool = pool
    this.#slab = pool.take(0)
    this.#cut = { slab: this.#slab, start: 0, headBytes: 0, end: 0 }
  }

  /** A key picture begins that mostly begins a group: the open part is empty, and to change the slab now costs no copy. */
  beginGroup(): void {
    const openBytes = this.#at - this.#payloadStart
    const bytes = this.#groupBytes + openBytes
    if (bytes > 0)
      this.#usualGroupBytes += (bytes - this.#usualGroupBytes) / (this.#usualGroupBytes === 0 ? 1 : GROUPS_MEAN)
    this.#groupBytes = -openBytes
    const room = this.#slab.bytes.length - this.#at
    if (room < Math.min(this.#usualGroupBytes, GROUP_BYTES_MAX)) this.#change(0)
  }

  beginUnit(): void {
    this.#unitStart = this.#nalStart = this.#at
  }
  /** Of the open part, without the unit that is being written. */
  get partBytes(): number {
    return this.#unitStart - this.#payloadStart
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

  /** Puts bytes at the end of the open part, before the unit that is being written: the part's sound, its second copy. */
  insert(bytes: Buffer, length: number): void {
    this.#room(length)
    const target = this.#slab.bytes
    if (this.#at > this.#unitStart) target.copyWithin(this.#unitStart + length, this.#unitStart, this.#at)
    bytes.copy(target, this.#unitStart, 0, length)
    this.#unitStart += length
    this.#nalStart += length
    this.#at += length
  }

  /**
   * Closes the open part before the unit that is being written, which begins the next one. The object is reused.
   * @param headBytes how long its head will be
   */
  cut(headBytes: number): CutPart {
    const lacking = headBytes - (this.#payloadStart - this.#partStart)
    if (lacking > 0) this.#shift(lacking)
    const cut = this.#cut
    cut.slab = this.#slab
    cut.headBytes = headBytes
    cut.start = this.#payloadStart - headBytes
    cut.end = this.#unitStart
    this.#groupBytes += cut.end - cut.start
    this.#slab.hold()
    this.#partStart = this.#payloadStart = this.#unitStart
    this.#shift(headBytes)
    return cut
  }

  /** Forgets the open part and its unit. */
  drop(): void {
    this.#at = this.#unitStart = this.#nalStart = this.#payloadStart
  }

  /** Widens the room for the head. Mostly nothing lies behind it; at a key frame the first unit of the new segment does. */
  #shift(bytes: number): void {
    this.#room(bytes)
    if (this.#at > this.#payloadStart) {
      this.#slab.bytes.copyWithin(this.#payloadStart + bytes, this.#payloadStart, this.#at)
    }
    this.#payloadStart += bytes
    this.#unitStart += bytes
    this.#nalStart += bytes
    this.#at += bytes
  }

  close(): void {
    this.#slab.release()
  }

  #room(bytes: number): void {
    if (this.#at + bytes > this.#slab.bytes.length) this.#change(bytes)
  }

  /** The open part moves to another slab, large enough for what is still to come of the group. @param bytes that must fit */
  #change(bytes: number): void {
    const open = this.#at - this.#partStart
    const usual = this.#usualGroupBytes
    const rest = Math.max(usual * GROUP_ROOM - this.#groupBytes - (this.#at - this.#payloadStart), usual * REST_ROOM)
    // Of a first group nothing is known: it doubles.
    const wished = open + Math.max(bytes, usual === 0 ? open : Math.min(rest, GROUP_BYTES_MAX))
    const next = this.#pool.take(Math.min(wished, SLAB_BYTES_MAX))
    if (open + bytes > next.bytes.length) {
      next.release()
      throw new Error('assertion failed: a part is larger than a slab')
    }
    this.#slab.bytes.copy(next.bytes, 0, this.#partStart, this.#at)
    this.#slab.trim(this.#partStart)
    this.#slab.release()
    this.#slab = next
    this.#payloadStart -= this.#partStart
    this.#unitStart -= this.#partStart
    this.#nalStart -= this.#partStart
    this.#at = open
    this.#partStart = 0
  }
}
