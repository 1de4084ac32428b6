import type { PartWriter } from '../fmp4/part-writer.ts'
import { UNIT_BYTES_MAX } from '../fmp4/part-writer.ts'
import { isIntraSlice } from './h264-parameters.ts'
import { ParameterSets } from './parameter-sets.ts'
import type { RtpHeader } from './rtp-header.ts'

/**
 * RTP payloads to H.264 access units (RFC 6184): single NAL units, STAP-A and FU-A. Bytes go straight into the part that is
 * being written; this file only decides where units begin and end and what is left out (parameter sets, which belong in the
 * init section, access unit delimiters, filler).
 */
export interface AccessUnit {
  rtpTicks: number
  /** A decoder can start here: IDR, or an I picture at a recovery point. */
  isKey: boolean
  bytes: number
}

const SLICE = 1
const IDR = 5
const SEI = 6
const SPS = 7
const PPS = 8
const STAP_A = 24
const FU_A = 28
const SEI_RECOVERY_POINT = 6

export class H264Depacketiser {
  readonly counts = { units: 0, keys: 0, damaged: 0, unsupported: 0, markerLies: 0 }
  readonly parameters = new ParameterSets()
  /** Nothing can be decoded before the next key unit: at the start, and after a key unit that came damaged. */
  awaitsKey = true
  /** Reused for every unit. */
  readonly #unit: AccessUnit = { rtpTicks: 0, isKey: false, bytes: 0 }
  readonly #writer: PartWriter
  #rtpTicks = -1
  #finishedTicks = -1
  #inFragment = false
  #hadMarker = false
  #slices = 0
  #isIdr = false
  #isIntra = false
  #atRecoveryPoint = false
  #isDamaged = false
  /** Cameras that set the marker on every slice exist; from then on only a new time ends a unit. */
  #trustsMarker = true

  constructor(writer: PartWriter) {
    this.#writer = writer
    writer.beginUnit()
  }

  /** True when this packet belongs to the next picture, so that the open unit must be finished first. */
  beginsNextUnit(bytes: Buffer, rtp: RtpHeader): boolean {
    if (this.#slices === 0) return false
    if (rtp.rtpTicks !== this.#rtpTicks) return true
    // Same time, but a first macroblock again: a camera whose clock stands still.
    return !this.#inFragment && this.#hadMarker && firstMacroblockOf(bytes, rtp) === 'zero'
  }

  append(bytes: Buffer, rtp: RtpHeader): void {
    const size = rtp.payloadEnd - rtp.payloadStart
    if (size < 1) return
    if (rtp.rtpTicks === this.#finishedTicks && firstMacroblockOf(bytes, rtp) === 'other') {
      this.#trustsMarker = false
      this.#isDamaged = true
      this.counts.markerLies++
    }
    this.#rtpTicks = rtp.rtpTicks
    const type = bytes[rtp.payloadStart]! & 0x1f
    if (type >= 1 && type < STAP_A) this.#single(bytes, rtp.payloadStart, rtp.payloadEnd)
    else if (type === FU_A && size >= 2) this.#fragment(bytes, rtp.payloadStart, rtp.payloadEnd)
    else if (type === STAP_A) this.#aggregate(bytes, rtp.payloadStart + 1, rtp.payloadEnd)
    else this.counts.unsupported++
    this.#hadMarker = rtp.marker
    if (this.#writer.unitBytes > UNIT_BYTES_MAX) {
      this.#writer.dropUnit()
      this.#isDamaged = true
    }
  }

  /** The marker of the packet just appended ends the unit. */
  endsUnit(rtp: RtpHeader): boolean {
    return rtp.marker && this.#trustsMarker && this.#slices > 0 && !this.#inFragment
  }

  /**
   * Ends the open unit. The object is reused.
   * @returns null when there is no whole picture; its bytes are gone then
   */
  finish(): AccessUnit | null {
    if (this.#inFragment) this.#breakFragment()
    const unit = this.#unit
    unit.rtpTicks = this.#finishedTicks = this.#rtpTicks
    unit.isKey = this.#isIdr || (this.#atRecoveryPoint && this.#isIntra)
    unit.bytes = this.#writer.unitBytes
    const isWhole = this.#slices > 0 && !this.#isDamaged
    if (isWhole) {
      this.counts.units++
      if (unit.isKey) this.counts.keys++
      if (unit.isKey) this.awaitsKey = false
    } else {
      this.counts.damaged++
      if (unit.isKey) this.awaitsKey = true
      this.#writer.dropUnit()
    }
    this.#slices = 0
    this.#isIdr = this.#isIntra = this.#atRecoveryPoint = this.#isDamaged = false
    return isWhole ? unit : null
  }

  reset(): void {
    this.#writer.dropUnit()
    this.#inFragment = false
    this.awaitsKey = true
    this.#slices = 0
    this.#isIdr = this.#isIntra = this.#atRecoveryPoint = this.#isDamaged = false
    this.#rtpTicks = this.#finishedTicks = -1
  }

  /** Packets are missing before the next one: a unit that is still open may lack its end. */
  lost(): void {
    if (this.#inFragment) this.#breakFragment()
    if (this.#slices > 0) this.#isDamaged = true
  }

  #breakFragment(): void {
    this.#writer.dropNal()
    this.#inFragment = false
    this.#isDamaged = true
    this.#slices++
  }

  #single(bytes: Buffer, start: number, end: number): void {
    if (this.#inFragment) this.#breakFragment()
    this.#writer.beginNal()
    this.#writer.append(bytes, start, end)
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
      if (this.#inFragment) this.#breakFragment()
      this.#writer.beginNal()
      this.#writer.appendByte((indicator & 0xe0) | (fu & 0x1f))
      this.#inFragment = true
      if ((fu & 0x1f) === IDR) this.#isIdr = true
    } else if (!this.#inFragment) {
      // Its beginning is lost.
      this.#isDamaged = true
      this.#slices++
      if ((fu & 0x1f) === IDR) this.#isIdr = true
      return
    }
    this.#writer.append(bytes, start + 2, end)
    if ((fu & 0x40) === 0) return
    this.#inFragment = false
    this.#endNal()
  }

  #endNal(): void {
    const writer = this.#writer
    const type = writer.nalByte(0) & 0x1f
    if (type === SLICE || type === IDR) {
      // A slice's first field, `first_mb_in_slice`, is 0 when its first bit is set. A picture that does not begin there has
      // lost its beginning, or the camera starts in the middle.
      if (this.#slices++ === 0 && (writer.nalByte(1) & 0x80) === 0) this.#isDamaged = true
      if (type === IDR) this.#isIdr = true
      else if (this.#atRecoveryPoint && this.#slices === 1) this.#isIntra = isIntraSlice(writer.nal())
    } else if (type === SEI) {
      if (writer.nalBytes > 1 && writer.nalByte(1) === SEI_RECOVERY_POINT) this.#atRecoveryPoint = true
    } else {
      if (type === SPS || type === PPS) this.parameters.add(writer.nal())
      return writer.dropNal()
    }
    writer.endNal()
  }
}

/** Whether the slice that begins in this packet begins the picture; `none` when no slice begins in it. */
function firstMacroblockOf(bytes: Buffer, rtp: RtpHeader): 'zero' | 'other' | 'none' {
  const at = rtp.payloadStart
  if (rtp.payloadEnd - at < 3) return 'none'
  const type = bytes[at]! & 0x1f
  const isFragment = type === FU_A && (bytes[at + 1]! & 0x80) !== 0
  const nalType = isFragment ? bytes[at + 1]! & 0x1f : type
  if (nalType !== SLICE && nalType !== IDR) return 'none'
  return (bytes[isFragment ? at + 2 : at + 1]! & 0x80) !== 0 ? 'zero' : 'other'
}
