import type { Clock } from '../domain/clock.ts'

/**
 * Lets the thread sleep between two turns of its event loop, as a network card moderates its interrupts: one turn then finds packets
 * of many cameras, and one read a whole picture. 1,000 streams of 400 kbit/s on two busy cores: 0.19 ms of CPU per stream-second
 * instead of 0.23; with 20 ms nothing is gained, 100 ms gain no more than 45.
 *
 * Viewers do not pay for it. The first request after a calm time is found at most one sleep late; from then on, and as long as
 * requests keep coming (a player asks five times a second), the thread does not sleep.
 */

/** From turn to turn. Below the 50 ms that a request to a calm worker may wait. */
export const CALM_TURN_MS = 45
/** After a request; a player that still plays has asked again by then. */
export const PROMPT_MS = 1_000
/** With fewer streams there is nothing to gain: the worker is idle anyway. */
const STREAMS_MIN = 50
/** How often an awake thread looks whether it may sleep again. */
const LOOK_MS = 200

export class ReadModeration {
  /** How often it has slept. */
  sleeps = 0
  readonly #clock: Clock
  readonly #streams: () => number
  readonly #cell = new Int32Array(new SharedArrayBuffer(4))
  #timer: NodeJS.Timeout | null = null
  #turn: NodeJS.Immediate | null = null
  #promptUntilMs = 0
  #wokeAtMs = 0

  /** @param streams how many cameras are served */
  constructor(clock: Clock, streams: () => number) {
    this.#clock = clock
    this.#streams = streams
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      if (!this.#turn && this.#isCalm(this.#clock.monotonicMs())) this.#begin()
    }, LOOK_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    if (this.#turn) clearImmediate(this.#turn)
    this.#timer = this.#turn = null
  }

  /** Somebody asks: no more sleep for a while. */
  prompt(): void {
    this.#promptUntilMs = this.#clock.monotonicMs() + PROMPT_MS
  }

  #isCalm(nowMs: number): boolean {
    return nowMs >= this.#promptUntilMs && this.#streams() >= STREAMS_MIN
  }

  #begin(): void {
    this.#wokeAtMs = this.#clock.monotonicMs()
    this.#turn = setImmediate(() => this.#sleep())
  }

  /** After a turn that took long the sleep is short, so that a loaded worker does not fall behind. */
  #sleep(): void {
    const nowMs = this.#clock.monotonicMs()
    this.#turn = null
    if (!this.#isCalm(nowMs)) return
    const restMs = CALM_TURN_MS - (nowMs - this.#wokeAtMs)
    if (restMs > 1) {
      Atomics.wait(this.#cell, 0, 0, restMs)
      this.sleeps++
    }
    this.#begin()
  }
}
