import type { Clock } from '../../../domain/clock.ts'
import { FRAMES_PER_SECOND } from '../clip.ts'
import type { Feed } from './feed.ts'
import { stableNumber } from '../camera.ts'

/** Cameras are spread over three instants of the frame time, so that they do not all send at once. */
const SLOTS = 3
const STEP_MS = 1000 / FRAMES_PER_SECOND / SLOTS
/** Later than this (the machine slept, or is overloaded) pictures are left out instead of sent in a burst. */
const LAG_MS_MAX = 1500

/** One timer for all cameras. It runs only while somebody watches. */
export class Pacer {
  readonly #clock: Clock
  readonly #slots: Set<Feed>[] = Array.from({ length: SLOTS }, () => new Set<Feed>())
  readonly #originMs: number
  #timer: NodeJS.Timeout | null = null
  #step = 0
  leaps = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#originMs = clock.monotonicMs()
  }

  add(feed: Feed): void {
    this.#slots[slotOf(feed)]!.add(feed)
    if (this.#timer) return
    this.#step = Math.ceil((this.#clock.monotonicMs() - this.#originMs) / STEP_MS)
    this.#schedule()
  }

  remove(feed: Feed): void {
    this.#slots[slotOf(feed)]!.delete(feed)
    feed.skip()
    if (this.#timer && this.#slots.every((slot) => slot.size === 0)) this.stop()
  }

  /** Number and wall time of the picture that this feed last took or takes now: what a sender report tells. */
  now(feed: Feed): { n: number; takenAtMs: number } {
    const elapsedMs = this.#clock.monotonicMs() - this.#originMs
    const slot = slotOf(feed)
    const n = Math.max(0, Math.floor((elapsedMs / STEP_MS - slot) / SLOTS))
    return { n, takenAtMs: this.#clock.nowMs() - elapsedMs + (n * SLOTS + slot) * STEP_MS }
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #schedule(): void {
    const dueMs = this.#originMs + this.#step * STEP_MS
    this.#timer = setTimeout(() => this.#run(), Math.max(0, Math.ceil(dueMs - this.#clock.monotonicMs())))
  }

  #run(): void {
    const nowMs = this.#clock.monotonicMs()
    const wallAheadMs = this.#clock.nowMs() - nowMs
    const nowStep = Math.floor((nowMs - this.#originMs) / STEP_MS)
    if ((nowStep - this.#step) * STEP_MS > LAG_MS_MAX) {
      this.#step = nowStep
      this.leaps++
      for (const slot of this.#slots) for (const feed of slot) feed.skip()
    }
    for (; this.#step <= nowStep; this.#step++) {
      const takenAtMs = this.#originMs + this.#step * STEP_MS + wallAheadMs
      const n = Math.floor(this.#step / SLOTS)
      for (const feed of this.#slots[this.#step % SLOTS]!) feed.sendPicture(n, takenAtMs)
    }
    if (this.#timer) this.#schedule()
  }
}

function slotOf(feed: Feed): number {
  return Math.floor(stableNumber(feed.camera.id) / 1024) % SLOTS
}
