import type { Clock } from '../../domain/clock.ts'

/** What the browser itself offers; given in, so that a test can turn it. */
export interface LocalClock {
  wallMs(): number
  monotonicMs(): number
}

const browserClock: LocalClock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

/** Samples kept: at one pulse per 2 s these are the last minute, so that slow drift is followed. */
const SAMPLES_MAX = 30

/**
 * The only clock of the command-ui: the server's time, carried by the browser's monotonic clock, so that ages are right even
 * where the browser's own clock is a day off. Every message of the server is a sample; the one that took least time on its
 * way (the largest `server − local`) is the closest to the truth.
 */
export class ServerClock implements Clock {
  #local: LocalClock
  #samples: number[] = []
  #offsetMs: number

  constructor(local: LocalClock = browserClock) {
    this.#local = local
    this.#offsetMs = local.wallMs() - local.monotonicMs()
  }

  /** True once the server has told its time; before, the browser's own clock stands in. */
  get isSet(): boolean {
    return this.#samples.length > 0
  }

  /** @param serverAt RFC 3339, the server's clock when it sent the message that has just arrived */
  sample(serverAt: string): void {
    const serverMs = Date.parse(serverAt)
    if (Number.isNaN(serverMs)) return
    this.#samples.push(serverMs - this.#local.monotonicMs())
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift()
    this.#offsetMs = Math.max(...this.#samples)
  }

  nowMs(): number {
    return this.#local.monotonicMs() + this.#offsetMs
  }

  monotonicMs(): number {
    return this.#local.monotonicMs()
  }

  /** The device's own wall clock, right or wrong: also right after a sleep in which its monotonic clock stood. */
  deviceMs(): number {
    return this.#local.wallMs()
  }

  /** How far the browser's own clock is from the server's, ms; positive when the browser is ahead. */
  browserAheadMs(): number {
    return this.#local.wallMs() - this.nowMs()
  }
}

/** The clock of this page. */
export const clock = new ServerClock()

/** Ms since 1970 of an RFC 3339 time. */
export function timeMs(at: string): number {
  return Date.parse(at)
}
