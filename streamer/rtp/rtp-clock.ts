/**
 * RTP's 32-bit picture times to one line of decode times that only goes forward. Cameras wrap, jump, stand still and run
 * backwards; every repair is counted and none is fatal.
 */

/** More between two pictures is a jump of the camera's clock, not a picture rate. */
const STEP_MAX_TICKS = 2 * 90_000
/** B-frames step back by a few frames; half a second covers four at 8 frames a second. */
const REORDER_MAX_TICKS = 45_000
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
    if (delta > 0 && delta <= STEP_MAX_TICKS) this.#ptsTicks += delta
    else if (delta < 0 && delta >= -REORDER_MAX_TICKS && mayReorder) this.#stepBack(delta)
    else {
      if (delta === 0) this.counts.repeats++
      else this.counts.jumps++
      this.#ptsTicks = Math.max(this.#ptsTicks, this.#maxPtsTicks) + this.#stepTicks
    }
    this.#learn(delta)
    this.#maxPtsTicks = Math.max(this.#maxPtsTicks, this.#ptsTicks)
    if (this.#reorderTicks === 0) this.dtsTicks = this.#ptsTicks
    else this.#follow()
  }

  #stepBack(delta: number): void {
    this.#ptsTicks += delta
    this.#reorderTicks = Math.max(this.#reorderTicks, this.#maxPtsTicks - this.#ptsTicks + this.#stepTicks)
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
    if (advance < 0 || advance > STEP_MAX_TICKS) return
    const isStrange = this.#reorderTicks === 0 && (advance < this.#stepTicks / 3 || advance > this.#stepTicks * 3)
    if (isStrange && this.#steps > 0 && ++this.#strange < 8) return
    if (isStrange || this.#steps === 0) {
      if (advance > 0) this.#stepTicks = advance
    } else this.#stepTicks += (advance - this.#stepTicks) / Math.min(16, this.#steps + 1)
    this.#strange = 0
    this.#steps++
  }
}
