/**
 * When a camera is asked again. A city's power cut brings two thousand of them back in the same second, and cheap cameras lock
 * an account or ban an address that knocks too often.
 */

/** Never sooner, whatever the chance says: a camera that accepts and drops at once must not be hammered. */
export const RETRY_FLOOR_MS = 1_000
/** Full jitter up to this; with the floor and its turn in the budget a camera that came back is found within a minute. */
export const RETRY_CAP_MS = 45_000
/** A camera that plays this long has really come back; only then does the ladder start anew. */
export const STABLE_MS = 30_000
/** One worker's connects a second: 2,000 cameras in 40 s, and no SYN flood in the cameras' network. */
export const CONNECTS_PER_SECOND = 50

export class Retry {
  #failures = 0
  #nextMs = 0
  readonly #random: () => number

  /** @param random 0 ≤ x < 1 */
  constructor(random: () => number) {
    this.#random = random
  }

  get nextMs(): number {
    return this.#nextMs
  }

  failed(nowMs: number): void {
    const ceiling = Math.min(RETRY_CAP_MS, RETRY_FLOOR_MS * 2 ** Math.min(this.#failures + 1, 10))
    this.#failures++
    this.#nextMs = nowMs + RETRY_FLOOR_MS + this.#random() * ceiling
  }

  /** Somebody new looks: they may wait for the floor, not for the whole ladder. */
  hurry(nowMs: number): void {
    this.#nextMs = Math.min(this.#nextMs, nowMs + RETRY_FLOOR_MS * this.#random())
  }

  reset(): void {
    this.#failures = 0
    this.#nextMs = 0
  }
}

/** So many of a second's connects are kept for pictures that somebody waits for. */
const URGENT_SHARE = 0.08
/** Of the others no more than a share at once, so that the handshakes of one second do not all fall on one turn of the thread. */
const BURST_SHARE = 0.25
const BURST_MS = 100

/**
 * Connects of all cameras of the worker: in no second more than its number, by the times of the last ones. A bucket of tokens was tried:
 * one that holds a second's worth lets twice the number through, a smaller one loses what a busy thread cannot take in time.
 */
export class ConnectBudget {
  /** How often there was none left. */
  refused = 0
  /** A ring; the oldest at `#next`. */
  readonly #times: Float64Array
  readonly #reserve: number
  readonly #burst: number
  #next = 0

  constructor(perSecond = CONNECTS_PER_SECOND) {
    const count = Math.max(1, Math.floor(perSecond))
    this.#times = new Float64Array(count).fill(-Infinity)
    this.#reserve = Math.min(count - 1, Math.ceil(count * URGENT_SHARE))
    this.#burst = Math.ceil(count * BURST_SHARE)
  }

  /** @param isUrgent somebody waits for this picture */
  take(nowMs: number, isUrgent = false): boolean {
    const isFull = nowMs - this.#nthLast(this.#times.length - (isUrgent ? 0 : this.#reserve)) < 1_000
    if (isFull || (!isUrgent && nowMs - this.#nthLast(this.#burst) < BURST_MS)) {
      this.refused++
      return false
    }
    this.#times[this.#next] = nowMs
    this.#next = (this.#next + 1) % this.#times.length
    return true
  }

  /** When the n-th last connect was made. */
  #nthLast(n: number): number {
    return this.#times[(this.#next + this.#times.length - n) % this.#times.length]!
  }
}
