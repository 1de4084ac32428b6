import type { PartWriter } from '../fmp4/part-writer.ts'
import { isIntraSlice } from './h264-parameters.ts'
import { UnitDepacketiser } from './unit-depacketiser.ts'

/**
 * H.264 (RFC 6184): single NAL units, STAP-A and FU-A. A key unit is an IDR picture, or an I picture at a recovery point.
 */
const SLICE = 1
const IDR = 5
const SEI = 6
const SPS = 7
const PPS = 8
const DELIMITER = 9
const STAP_A = 24
const FU_A = 28
const SEI_RECOVERY_POINT = 6
/** First bytes of an H.265 video parameter set, and of an aggregate of H.265; in H.264 both types are unused. */
const H265_VPS = 0x40
const H265_AGGREGATE = 0x60

export class H264Depacketiser extends UnitDepacketiser {
  #isIdr = false
  #isIntra = false
  #atRecoveryPoint = false

  constructor(writer: PartWriter) {
    super('H264', writer)
  }

  protected get isKey(): boolean {
    return this.#isIdr || (this.#atRecoveryPoint && this.#isIntra)
  }

  protected forgetUnit(): void {
    this.#isIdr = this.#isIntra = this.#atRecoveryPoint = false
  }

  protected firstSliceIn(bytes: Buffer, start: number, end: number): 'first' | 'later' | 'none' {
    if (end - start < 3) return 'none'
    const type = bytes[start]! & 0x1f
    const isFragment = type === FU_A && (bytes[start + 1]! & 0x80) !== 0
    const nalType = isFragment ? bytes[start + 1]! & 0x1f : type
    if (nalType !== SLICE && nalType !== IDR) return 'none'
    return (bytes[isFragment ? start + 2 : start + 1]! & 0x80) !== 0 ? 'first' : 'later'
  }

  protected payload(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start]! & 0x1f
    if (type >= 1 && type < STAP_A) this.#single(bytes, start, end)
    else if (type === FU_A && end - start >= 2) this.#fragment(bytes, start, end)
    else if (type === STAP_A) this.#aggregate(bytes, start + 1, end)
    else if (bytes[start] === 0) this.afterStartCode(bytes, start, end)
    else {
      this.counts.unsupported++
      this.looksOther ||= isH265Vps(bytes, start, end)
    }
  }

  #single(bytes: Buffer, start: number, end: number): void {
    if (this.inFragment) this.breakFragment()
    if ((bytes[start]! & 0x1f) === IDR) this.keySliceBegins()
    this.writer.beginNal()
    this.writer.append(bytes, start, end)
    this.#endNal()
  }

  /** 24 | size, NAL | size, NAL | … */
  #aggregate(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at + 2 < end;) {
      const size = (bytes[at]! << 8) | bytes[at + 1]!
      if (size === 0 || at + 2 + size > end) {
        this.counts.unsupported++
        return
      }
      this.#single(bytes, at + 2, at + 2 + size)
      at += 2 + size
    }
  }

  /** F NRI 28 | S E R type | payload; the NAL's own header is put together from both bytes. */
  #fragment(bytes: Buffer, start: number, end: number): void {
    const indicator = bytes[start]!
    const fu = bytes[start + 1]!
    if ((fu & 0x80) !== 0) {
      if (this.inFragment) this.breakFragment()
      if ((fu & 0x1f) === IDR) this.keySliceBegins()
      this.writer.beginNal()
      this.writer.appendByte((indicator & 0xe0) | (fu & 0x1f))
      this.inFragment = true
      if ((fu & 0x1f) === IDR) this.#isIdr = true
    } else if (!this.inFragment) {
      // Its beginning is lost.
      this.isDamaged = true
      this.slices++
      if ((fu & 0x1f) === IDR) this.#isIdr = true
      return
    }
    this.writer.append(bytes, start + 2, end)
    if ((fu & 0x40) === 0) return
    this.inFragment = false
    this.#endNal()
  }

  #endNal(): void {
    const { writer } = this
    const type = writer.nalByte(0) & 0x1f
    if (type === SLICE || type === IDR) {
      // A slice's first field, `first_mb_in_slice`, is 0 when its first bit is set. A picture that does not begin there has
      // lost its beginning, or the camera starts in the middle.
      if (this.slices++ === 0 && (writer.nalByte(1) & 0x80) === 0) this.isDamaged = true
      if (type === IDR) this.#isIdr = true
      else if (this.#atRecoveryPoint && this.slices === 1) this.#isIntra = isIntraSlice(writer.nal())
    } else if (type >= SPS && type <= DELIMITER && this.tookSeveral()) {
      return
    } else if (type === SEI) {
      if (writer.nalBytes > 1 && writer.nalByte(1) === SEI_RECOVERY_POINT) this.#atRecoveryPoint = true
    } else {
      if (type === SPS || type === PPS) this.parameters.add(writer.nal())
      return writer.dropNal()
    }
    writer.endNal()
  }
}

function isH265Vps(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== H265_AGGREGATE) return end - start >= 4 && bytes[start] === H265_VPS && bytes[start + 1] === 1
  for (let at = start + 2; at + 6 <= end; at += 2 + ((bytes[at]! << 8) | bytes[at + 1]!)) {
    if (bytes[at + 2] === H265_VPS && bytes[at + 3] === 1) return true
  }
  return false
}
