/**
 * Decides when a part and a segment end; its owner does the cutting. Pure: fed with decode times, tested without I/O.
 *
 * Every part of a segment but the last lasts between 85 % and 100 % of PART-TARGET (RFC 8216bis §4.4.4.9; iPhones fail
 * otherwise), so the target is made to fit a whole number of pictures of this camera.
 */
export type Cut =
  /** The unit joins the open part. */
  | 'append'
  /** The unit joins the open part and completes it. */
  | 'closePart'
  /** The open part ends before the unit; push it again. */
  | 'closePartBefore'
  /** The open segment, with its open part, ends before the unit; push it again. */
  | 'closeSegment'

const SECOND_TICKS = 90_000
/** Five parts a second: a viewer is at most one part behind, and a wall of nine asks 45 times a second. */
const PART_WISH_TICKS = SECOND_TICKS / 5
/** Five per cent over k pictures, for cameras whose clock trembles. */
const PART_SLACK = 1.05
/** A little more than the 85 % that are allowed. */
const PART_LEAST = 0.87
/** Segments of a second keep the playlist short; a tenth less forgives a trembling clock. */
export const SEGMENT_MIN_TICKS = 0.9 * SECOND_TICKS
/** Measured in Chromium, 20 cold cameras: with one the picture stands 200 ms in the first seconds, with three it comes 0.3 s later and no smoother. */
const FIRST_SEGMENT_PARTS = 2
/** A camera without key frames must not grow one segment for ever; the next one then is not independent. */
export const SEGMENT_MAX_TICKS = 12 * SECOND_TICKS

export class Segmenter {
  readonly counts = { retargets: 0 }
  #partTargetTicks = 0
  #targetStepTicks = 0
  #partStartTicks = 0
  #segmentStartTicks = 0
  #unitsInPart = 0
  #partsInSegment = 0
  #isFirstSegment = true
  #beganWithKey = true

  /** 0 before the first part is closed. */
  get partTargetTicks(): number {
    return this.#partTargetTicks
  }

  /**
   * @param dtsTicks decode time of the unit
   * @param stepTicks how long a picture usually stands
   * @param isNew the unit needs another init section
   */
  push(dtsTicks: number, stepTicks: number, isKey: boolean, isNew: boolean): Cut {
    const isOpen = this.#unitsInPart > 0 || this.#partsInSegment > 0
    if (isOpen && this.#endsSegment(dtsTicks, isKey, isNew)) return 'closeSegment'
    if (!isOpen) this.#beganWithKey = isKey
    if (this.#unitsInPart === 0) {
      this.#unitsInPart = 1
      return this.#partTargetTicks > 0 && stepTicks * 2 > this.#partTargetTicks ? 'closePart' : 'append'
    }
    const target = this.#partTargetTicks > 0 ? this.#partTargetTicks : targetFor(stepTicks)
    const offset = dtsTicks - this.#partStartTicks
    if (offset >= target * 0.9) return 'closePartBefore'
    this.#unitsInPart++
    return offset + 2 * stepTicks > target ? 'closePart' : 'append'
  }

  /** The first segment is closed early: players begin only with a whole segment, and so begin most of a second earlier. */
  #endsSegment(dtsTicks: number, isKey: boolean, isNew: boolean): boolean {
    if (isNew) return true
    const lasts = dtsTicks - this.#segmentStartTicks
    if (isKey) return lasts >= SEGMENT_MIN_TICKS || !this.#beganWithKey
    return (
      lasts >= SEGMENT_MAX_TICKS ||
      (this.#isFirstSegment && this.#partsInSegment >= FIRST_SEGMENT_PARTS && this.#unitsInPart === 0)
    )
  }

  /**
   * Where a part ends that is closed now.
   * @param nextTicks when the next unit begins, known or foreseen
   * @param isLastOfSegment may be shorter
   */
  partEnd(nextTicks: number, isLastOfSegment: boolean): number {
    const target = this.#partTargetTicks > 0 ? this.#partTargetTicks : Infinity
    const least = this.#partTargetTicks > 0 && !isLastOfSegment ? target * PART_LEAST : 1
    const lasts = Math.min(Math.max(nextTicks - this.#partStartTicks, least), target)
    return Math.round(this.#partStartTicks + lasts)
  }

  partClosed(endTicks: number, stepTicks: number): void {
    if (this.#partTargetTicks === 0) this.#retarget(stepTicks, endTicks - this.#partStartTicks)
    this.#partStartTicks = endTicks
    this.#unitsInPart = 0
    this.#partsInSegment++
  }

  /** The target may only change between segments, when the camera's rate has changed for good. */
  segmentClosed(stepTicks: number): void {
    this.#segmentStartTicks = this.#partStartTicks
    this.#partsInSegment = 0
    this.#isFirstSegment = false
    if (Math.abs(stepTicks - this.#targetStepTicks) > this.#targetStepTicks * 0.08) {
      this.counts.retargets++
      this.#retarget(stepTicks, 0)
    }
  }

  /** The stream begins (again) at this time, with a unit that will be pushed next. */
  begin(dtsTicks: number): void {
    this.#partStartTicks = this.#segmentStartTicks = dtsTicks
    this.#unitsInPart = this.#partsInSegment = 0
    this.#isFirstSegment = true
  }

  get partStartTicks(): number {
    return this.#partStartTicks
  }

  #retarget(stepTicks: number, leastTicks: number): void {
    this.#targetStepTicks = stepTicks
    this.#partTargetTicks = Math.max(targetFor(stepTicks), Math.ceil(leastTicks / 90) * 90)
  }
}

/** As many pictures as come nearest to the wished duration, in whole milliseconds. */
function targetFor(stepTicks: number): number {
  const pictures = Math.max(1, Math.round(PART_WISH_TICKS / stepTicks))
  return Math.ceil((pictures * stepTicks * PART_SLACK) / 90) * 90
}
