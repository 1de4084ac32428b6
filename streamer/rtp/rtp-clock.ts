/**
 * RTP's 32-bit picture times to one line of decode times that only goes forward. Cameras wrap, jump, stand still and run
 * backwards; every repair is counted and none is fatal.
 */

/** More between two pictures is a jump of the camera's clock, not a picture rate. */
const STEP_MAX_TICKS = 2 * 90_000
/** B-frames step back by a few frames; half a second covers four at 8 frames a second. */
const REORDER_MAX_TICKS = 45_000
/** 300 pictures a second; less between two is a clock that stands still. */
const STEP_MIN_TICKS = 300
/** Beyond what pictures in another order lead by. */
const LEAP_STEPS = 4
/** Until two pictures have been seen: 25 a second. */
const STEP_DEFAULT_TICKS = 3_600

export class RtpClock {
  readonly counts = { jumps: 0, repeats: 0, wraps: 0 }
  /** Decode time of the unit stamped last, 90 kHz ticks from the first. */
  dtsTicks = 0
  /** Its presentation minus its decode time; not 0 only in streams with B-frames. */
  offsetTicks = 0
  readonly #scale: number
  #last = -1
  #ptsTicks = 0
  #maxPtsTicks = 0
  #stepTicks = STEP_DEFAULT_TICKS
  #steps = 0
  #strange = 0
  /** Pictures in a row whose clock stood still, and how far they were put ahead of it; the next step pays that back. */
  #still = 0
  #aheadTicks = 0
  #reorderTicks = 0

  /** @param startTicks decode time of the first unit */
  constructor(clockHz = 90_000, startTicks = 0) {
    this.#scale = 90_000 / clockHz
    this.dtsTicks = this.#ptsTicks = this.#maxPtsTicks = startTicks
  }

  /** How long a picture usually stands. */
  get stepTicks(): number {
    return this.#stepTicks
  }

  /**
   * @param rtpTicks as in the packet
   * @param mayReorder the stream's SPS allows B-frames
   */
  stamp(rtpTicks: number, mayReorder: boolean): void {
    const previous = this.#last
    this.#last = rtpTicks
    if (previous < 0) return
    if (rtpTicks < previous && previous - rtpTicks > 0x80000000) this.counts.wraps++
    const delta = ((rtpTicks - previous) | 0) * this.#scale
    let perPicture = delta
    if (delta >= STEP_MIN_TICKS && delta <= STEP_MAX_TICKS) {
      perPicture = delta / (this.#still + 1)
      this.#step(delta)
    } else if (delta >= 0 && delta < STEP_MIN_TICKS) this.#standStill(delta)
    else if (delta < 0 && delta >= -REORDER_MAX_TICKS && mayReorder) this.#stepBack(delta)
    else {
      this.counts.jumps++
      this.#still = this.#aheadTicks = 0
      this.#ptsTicks = Math.max(this.#ptsTicks, this.#maxPtsTicks) + this.#stepTicks
    }
    this.#learn(perPicture)
    if (this.#reorderTicks > 0) this.#leap()
    this.#maxPtsTicks = Math.max(this.#maxPtsTicks, this.#ptsTicks)
    if (this.#reorderTicks === 0) this.dtsTicks = this.#ptsTicks
    else this.#follow()
  }

  #step(delta: number): void {
    const least = Math.min(this.#stepTicks, delta) / 2
    const paid = Math.min(this.#aheadTicks, delta - least)
    this.#aheadTicks -= paid
    this.#still = 0
    this.#ptsTicks += delta - paid
  }

  /** Two fields of one time, a clock of whole seconds, or none. */
  #standStill(delta: number): void {
    this.counts.repeats++
    this.#still++
    const step = this.#stepTicks
    this.#aheadTicks = Math.min(this.#aheadTicks + step - delta, STEP_MAX_TICKS)
    this.#ptsTicks = Math.max(this.#ptsTicks, this.#maxPtsTicks) + step
  }

  #stepBack(delta: number): void {
    this.#ptsTicks += delta
    this.#reorderTicks = Math.max(this.#reorderTicks, this.#maxPtsTicks - this.#ptsTicks + this.#stepTicks)
  }

  /** Where pictures are missing decode times leap with the pictures; gently they would be behind for seconds, and nobody would see the gap. */
  #leap(): void {
    const leap = this.#ptsTicks - this.#maxPtsTicks
    if (leap > this.#reorderTicks + LEAP_STEPS * this.#stepTicks) this.dtsTicks += leap - this.#stepTicks
  }

  /** With B-frames decode times are evenly spaced and gently pulled behind the newest presentation time. */
  #follow(): void {
    const ideal = this.#maxPtsTicks - this.#reorderTicks
    const pull = (ideal - this.dtsTicks - this.#stepTicks) / 8
    const step = Math.min(Math.max(this.#stepTicks + pull, this.#stepTicks / 2), this.#stepTicks * 2)
    this.dtsTicks = Math.round(this.dtsTicks + Math.max(1, step))
    this.offsetTicks = Math.round(this.#ptsTicks - this.dtsTicks)
  }

  /** A mean over about sixteen pictures; eight strange steps in a row are a new rate. */
  #learn(delta: number): void {
    const advance = this.#reorderTicks > 0 ? Math.max(0, this.#ptsTicks - this.#maxPtsTicks) : delta
    if (advance < (this.#reorderTicks > 0 ? 0 : STEP_MIN_TICKS) || advance > STEP_MAX_TICKS) return
    const isStrange = this.#reorderTicks === 0 && (advance < this.#stepTicks / 3 || advance > this.#stepTicks * 3)
    if (isStrange && this.#steps > 0 && ++this.#strange < 8) return
    if (isStrange || this.#steps === 0) {
      if (advance > 0) this.#stepTicks = advance
    } else this.#stepTicks += (advance - this.#stepTicks) / Math.min(16, this.#steps + 1)
    this.#strange = 0
    this.#steps++
  }
}
