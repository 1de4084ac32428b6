import type { PartWriter } from '../fmp4/part-writer.ts'
import { h265TypeOf } from './h265-parameters.ts'
import { UnitDepacketiser } from './unit-depacketiser.ts'

/**
 * H.265 (RFC 7798): single NAL units, aggregates (AP) and fragments (FU), without decoding order numbers, which no camera sends.
 *
 *   +---------------+---------------+
 *   |F|   type    |  layer  |  TID  |   single: the NAL unit itself; AP: 48 | size, NAL | size, NAL …
 *   +---------------+---------------+   FU: 49 | S E type | payload
 *
 * A key unit is any random access picture: IDR, CRA or BLA.
 */
const RASL_N = 8
const RASL_R = 9
const BLA_FIRST = 16
const BLA_LAST = 18
const IRAP_LAST = 23
const CRA = 21
const SLICE_LAST = 31
const VPS = 32
const PPS = 34
const DELIMITER = 35
const SEI_PREFIX = 39
const SEI_SUFFIX = 40
const AP = 48
const FU = 49

export class H265Depacketiser extends UnitDepacketiser {
  #isRandomAccess = false
  #isLeading = false
  /** The first picture was a CRA or BLA: pictures shown before it lean on what never came, and are left out. */
  #skipsLeading = false

  constructor(writer: PartWriter) {
    super('H265', writer)
  }

  protected get isKey(): boolean {
    return this.#isRandomAccess
  }

  protected forgetUnit(): void {
    this.#isRandomAccess = this.#isLeading = false
  }

  protected firstSliceIn(bytes: Buffer, start: number, end: number): 'first' | 'later' | 'none' {
    if (end - start < 4) return 'none'
    const type = h265TypeOf(bytes[start]!)
    const isFragment = type === FU && (bytes[start + 2]! & 0x80) !== 0
    const nalType = isFragment ? bytes[start + 2]! & 0x3f : type
    if (nalType > SLICE_LAST) return 'none'
    return (bytes[isFragment ? start + 3 : start + 2]! & 0x80) !== 0 ? 'first' : 'later'
  }

  protected payload(bytes: Buffer, start: number, end: number): void {
    const type = h265TypeOf(bytes[start]!)
    if (bytes[start] === 0 && bytes[start + 1] === 0) this.afterStartCode(bytes, start, end)
    else if (type < AP && end - start > 2) this.#single(bytes, start, end)
    else if (type === FU && end - start > 3) this.#fragment(bytes, start, end)
    else if (type === AP) this.#aggregate(bytes, start + 2, end)
    else this.counts.unsupported++
  }

  #single(bytes: Buffer, start: number, end: number): void {
    if (this.inFragment) this.breakFragment()
    if (isRandomAccess(h265TypeOf(bytes[start]!))) this.keySliceBegins()
    this.writer.beginNal()
    this.writer.append(bytes, start, end)
    this.#endNal()
  }

  #aggregate(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at + 2 < end;) {
      const size = (bytes[at]! << 8) | bytes[at + 1]!
      if (size < 3 || at + 2 + size > end) {
        this.counts.unsupported++
        return
      }
      this.#single(bytes, at + 2, at + 2 + size)
      at += 2 + size
    }
  }

  #fragment(bytes: Buffer, start: number, end: number): void {
    const fu = bytes[start + 2]!
    const type = fu & 0x3f
    if ((fu & 0x80) !== 0) {
      if (this.inFragment) this.breakFragment()
      if (isRandomAccess(type)) this.keySliceBegins()
      this.writer.beginNal()
      this.writer.appendByte((bytes[start]! & 0x81) | (type << 1))
      this.writer.appendByte(bytes[start + 1]!)
      this.inFragment = true
      this.#isRandomAccess ||= isRandomAccess(type)
    } else if (!this.inFragment) {
      // Its beginning is lost.
      this.isDamaged = true
      this.slices++
      this.#isRandomAccess ||= isRandomAccess(type)
      return
    }
    this.writer.append(bytes, start + 3, end)
    if ((fu & 0x40) === 0) return
    this.inFragment = false
    this.#endNal()
  }

  #endNal(): void {
    const { writer } = this
    const type = h265TypeOf(writer.nalByte(0))
    if (writer.nalBytes < 3) return writer.dropNal()
    if (type <= SLICE_LAST) {
      // `first_slice_segment_in_pic_flag` is a slice's first bit: a picture that does not begin with it lost its beginning.
      if (this.slices++ === 0) this.#firstSlice(type, (writer.nalByte(2) & 0x80) !== 0)
      if (isRandomAccess(type)) this.#isRandomAccess = true
      if (this.#isLeading) return writer.dropNal()
    } else if (type >= VPS && type <= DELIMITER && this.tookSeveral()) {
      return
    } else if (type !== SEI_PREFIX && type !== SEI_SUFFIX) {
      if (type >= VPS && type <= PPS) this.parameters.add(writer.nal())
      return writer.dropNal()
    }
    writer.endNal()
  }

  #firstSlice(type: number, isFirst: boolean): void {
    if (!isFirst) this.isDamaged = true
    if (isRandomAccess(type)) this.#skipsLeading = type <= BLA_LAST || (type === CRA && this.awaitsKey)
    else if (type !== RASL_N && type !== RASL_R) return
    else if (this.#skipsLeading) this.#isLeading = true
  }

  /** A leading picture that nobody can decode is no picture, and no damage either. */
  override finish(): ReturnType<UnitDepacketiser['finish']> {
    if (!this.#isLeading || this.isDamaged) return super.finish()
    this.counts.skippedLeading++
    this.writer.dropUnit()
    return this.skipUnit()
  }
}

function isRandomAccess(type: number): boolean {
  return type >= BLA_FIRST && type <= IRAP_LAST
}
