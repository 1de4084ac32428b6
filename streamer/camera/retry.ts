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
/** Cameras lock an account after three to five wrong passwords; officers must keep theirs. */
export const REJECTED_LOGINS_MAX = 2

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

/** Of a second's connects so many may be made at once: more than flow in during one turn of the fleet's timer. */
const BURST_SHARE = 0.12
/** So many more may be borrowed for pictures that somebody waits for. */
const URGENT_SHARE = 0.04

/** A bucket of connects for all cameras of the worker. */
export class ConnectBudget {
  /** How often there was none left. */
  refused = 0
  readonly #perSecond: number
  readonly #burst: number
  readonly #urgent: number
  #tokens: number
  #atMs = 0

  constructor(perSecond = CONNECTS_PER_SECOND) {
    this.#burst = this.#tokens = Math.max(1, perSecond * BURST_SHARE)
    this.#urgent = perSecond * URGENT_SHARE
    // No second has more than its number, however they come.
    this.#perSecond = perSecond - this.#burst - this.#urgent
  }

  /** @param isUrgent somebody waits for this picture */
  take(nowMs: number, isUrgent = false): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#atMs) * this.#perSecond) / 1000)
    this.#atMs = nowMs
    if (this.#tokens < (isUrgent ? 1 - this.#urgent : 1)) {
      this.refused++
      return false
    }
    this.#tokens--
    return true
  }
}
