/** The only place that reads a clock; everything else is given a `Clock`, so that tests can turn it. */
export interface Clock {
  /** Wall clock, ms since 1970 UTC. For display, records and ordering across restarts. */
  nowMs(): number
  /** Monotonic, ms from an arbitrary origin. For intervals and time-outs. */
  monotonicMs(): number
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** RFC 3339 UTC with milliseconds, the one form of time in the public contract. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString()
}

/** A clock that stands until it is turned, for tests and seeded simulation. `set` turns the wall clock alone, as an operator or NTP does. */
export function manualClock(
  startMs = 1_790_000_000_000,
): Clock & { advance(ms: number): void; set(byMs: number): void } {
  let elapsedMs = 0
  let setMs = 0
  return {
    nowMs: () => startMs + elapsedMs + setMs,
    monotonicMs: () => elapsedMs,
    advance: (ms) => {
      elapsedMs += ms
    },
    set: (byMs) => {
      setMs += byMs
    },
  }
}
