import type { PartWriter } from '../fmp4/part-writer.ts'
import { UNIT_BYTES_MAX } from '../fmp4/part-writer.ts'
import { ParameterSets } from './parameter-sets.ts'
import type { VideoCodec } from './parameter-sets.ts'
import type { RtpHeader } from './rtp-header.ts'
import { hasStartCode, unitsIn } from './start-codes.ts'

/** A delimiter in every picture must cost nothing. */
const SEVERAL_BYTES_MIN = 8

export interface AccessUnit {
  rtpTicks: number
  /** A decoder can start here. */
  isKey: boolean
  bytes: number
}

/**
 * RTP payloads to access units, what H.264 and H.265 have in common: bytes go straight into the part that is being written;
 * these classes only decide where units begin and end and what is left out (parameter sets, which belong in the init section,
 * delimiters, filler).
 */
export abstract class UnitDepacketiser {
  readonly counts = { units: 0, keys: 0, damaged: 0, unsupported: 0, markerLies: 0, skippedLeading: 0, startCodes: 0 }
  readonly parameters: ParameterSets
  /** Nothing can be decoded before the next key unit: at the start, and after a key unit that came damaged. */
  awaitsKey = true
  /** The session description named another codec than what comes; the pipeline changes over. */
  looksOther = false
  /** Reused for every unit. */
  readonly #unit: AccessUnit = { rtpTicks: 0, isKey: false, bytes: 0 }
  #rtpTicks = -1
  #finishedTicks = -1
  #hadMarker = false
  /** Cameras that set the marker on every slice exist; from then on only a new time ends a unit. */
  #trustsMarker = true
  protected readonly writer: PartWriter
  protected inFragment = false
  protected slices = 0
  protected isDamaged = false

  constructor(codec: VideoCodec, writer: PartWriter) {
    this.parameters = new ParameterSets(codec)
    this.writer = writer
    writer.beginUnit()
  }

  /** Whether the slice that begins in this packet begins the picture; `none` when no slice begins in it. */
  protected abstract firstSliceIn(bytes: Buffer, start: number, end: number): 'first' | 'later' | 'none'
  protected abstract payload(bytes: Buffer, start: number, end: number): void
  /** Of the unit that ends now. */
  protected abstract get isKey(): boolean
  protected abstract forgetUnit(): void

  /** True when this packet belongs to the next picture, so that the open unit must be finished first. */
  beginsNextUnit(bytes: Buffer, rtp: RtpHeader): boolean {
    // A fragment that is open at a new time has lost its end.
    if (this.slices === 0 && !this.inFragment) return false
    if (rtp.rtpTicks !== this.#rtpTicks) return true
    // Same time, but a first slice again: a camera whose clock stands still.
    return (
      this.slices > 0 &&
      !this.inFragment &&
      this.#hadMarker &&
      this.firstSliceIn(bytes, rtp.payloadStart, rtp.payloadEnd) === 'first'
    )
  }

  append(bytes: Buffer, rtp: RtpHeader): void {
    const { payloadStart, payloadEnd } = rtp
    if (payloadEnd <= payloadStart) return
    // While a picture is open its later slices are no surprise, also of a camera whose clock stands still.
    const isAfterMarker = this.slices === 0 && !this.inFragment && rtp.rtpTicks === this.#finishedTicks
    if (isAfterMarker && this.firstSliceIn(bytes, payloadStart, payloadEnd) === 'later') {
      this.#trustsMarker = false
      this.isDamaged = true
      this.counts.markerLies++
    }
    this.#rtpTicks = rtp.rtpTicks
    this.payload(bytes, payloadStart, payloadEnd)
    this.#hadMarker = rtp.marker
    if (this.writer.unitBytes > UNIT_BYTES_MAX) {
      this.writer.dropUnit()
      this.isDamaged = true
    }
  }

  /** The marker of the packet just appended ends the unit. */
  endsUnit(rtp: RtpHeader): boolean {
    return rtp.marker && this.#trustsMarker && this.slices > 0 && !this.inFragment
  }

  /**
   * Ends the open unit. The object is reused.
   * @returns null when there is no whole picture; its bytes are gone then
   */
  finish(): AccessUnit | null {
    if (this.inFragment) this.breakFragment()
    const unit = this.#unit
    unit.rtpTicks = this.#rtpTicks
    unit.isKey = this.isKey
    unit.bytes = this.writer.unitBytes
    const isWhole = this.slices > 0 && !this.isDamaged
    if (isWhole) {
      this.counts.units++
      if (unit.isKey) this.counts.keys++
      if (unit.isKey) this.awaitsKey = false
    } else {
      this.counts.damaged++
      if (unit.isKey) this.awaitsKey = true
      this.writer.dropUnit()
    }
    this.skipUnit()
    return isWhole ? unit : null
  }

  /** The next packet begins a unit. */
  protected skipUnit(): null {
    this.#finishedTicks = this.#rtpTicks
    this.inFragment = false
    this.slices = 0
    this.isDamaged = false
    this.forgetUnit()
    return null
  }

  /** Packets are missing before the next one: a unit that is still open may lack its end. */
  lost(): void {
    if (this.inFragment) this.breakFragment()
    if (this.slices > 0) this.isDamaged = true
  }

  /** A key picture's slice begins; with the first of them the writer may change to memory for the whole group. */
  protected keySliceBegins(): void {
    if (this.slices === 0 && !this.inFragment) this.writer.beginGroup()
  }

  /**
   * A parameter set or a delimiter has just been written (not SEI: what makers put in there is not always escaped).
   * @returns true when there were several units in it, which have been taken one by one
   */
  protected tookSeveral(): boolean {
    if (this.writer.nalBytes < SEVERAL_BYTES_MIN) return false
    const nal = this.writer.nal()
    if (!hasStartCode(nal)) return false
    const units = unitsIn(nal)
    this.counts.startCodes++
    this.writer.dropNal()
    for (const unit of units) this.payload(unit, 0, unit.length)
    return true
  }

  /** A payload that begins with a start code. */
  protected afterStartCode(bytes: Buffer, start: number, end: number): void {
    const given = bytes.subarray(start, end)
    if (!hasStartCode(given)) return void this.counts.unsupported++
    this.counts.startCodes++
    for (const unit of unitsIn(given)) this.payload(unit, 0, unit.length)
  }

  protected breakFragment(): void {
    this.writer.dropNal()
    this.inFragment = false
    this.isDamaged = true
    this.slices++
  }
}
