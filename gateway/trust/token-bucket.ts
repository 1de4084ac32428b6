import type { Clock } from '../../domain/clock.ts'

/** Addresses remembered at once; beyond it the least recently seen begin anew. */
const KEYS_MAX = 10_000

/** So many tries at once, and one more every so often, for each key (an address). Failures cost, successes are given back. */
export class TokenBucket {
  readonly #clock: Clock
  readonly #capacity: number
  readonly #refillMs: number
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(clock: Clock, capacity: number, refillMs: number) {
    this.#clock = clock
    this.#capacity = capacity
    this.#refillMs = refillMs
  }

  /** @returns 0 when a token was taken, else how many seconds to wait */
  take(key: string): number {
    const nowMs = this.#clock.monotonicMs()
    const old = this.#buckets.get(key) ?? { tokens: this.#capacity, atMs: nowMs }
    const tokens = Math.min(this.#capacity, old.tokens + (nowMs - old.atMs) / this.#refillMs)
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: nowMs })
    if (this.#buckets.size > KEYS_MAX) {
      const oldest = this.#buckets.keys().next()
      if (!oldest.done) this.#buckets.delete(oldest.value)
    }
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * this.#refillMs) / 1000)
  }

  giveBack(key: string): void {
    const bucket = this.#buckets.get(key)
    if (bucket) bucket.tokens = Math.min(this.#capacity, bucket.tokens + 1)
  }
}
