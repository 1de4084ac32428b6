import { type Clock, toIso } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Refusal, RefusalReason } from './internal-topics.ts'

/** The same refusal within this time is one message: a wrongly set up device comes back every second. */
const COALESCE_MS = 10_000
/** Kept for a core that comes later, and bound of what strangers can make us remember. */
const KEPT_MAX = 500

/** Counts refusals, and tells the centre about each kind of them without letting a stranger flood it. */
export class Refusals {
  readonly #clock: Clock
  readonly #log: Log
  readonly #counter
  readonly #publish: (refusal: Refusal) => void
  readonly #kept = new Map<string, { refusal: Refusal; toldAtMs: number }>()

  constructor(deps: { clock: Clock; log: Log; metrics: Metrics; publish: (refusal: Refusal) => void }) {
    this.#clock = deps.clock
    this.#log = deps.log
    this.#publish = deps.publish
    this.#counter = deps.metrics.counter('vigil_intake_refused_total', 'What the edge refused, by reason')
  }

  note(reason: RefusalReason, who: string, address: string, detail: string): void {
    this.#counter.of({ reason }).add()
    const deviceId = who.slice(0, 40).replaceAll(/[^A-Za-z0-9_-]/g, '?')
    const key = `${reason}:${deviceId}`
    const nowMs = this.#clock.monotonicMs()
    const before = this.#kept.get(key)
    const refusal: Refusal = {
      at: toIso(this.#clock.nowMs()),
      reason,
      deviceId,
      address,
      detail: detail.slice(0, 200),
      count: (before?.refusal.count ?? 0) + 1,
    }
    const tell = !before || nowMs - before.toldAtMs >= COALESCE_MS
    this.#kept.delete(key)
    this.#kept.set(key, { refusal, toldAtMs: tell ? nowMs : before.toldAtMs })
    if (this.#kept.size > KEPT_MAX) {
      const oldest = this.#kept.keys().next().value
      if (oldest !== undefined) this.#kept.delete(oldest)
    }
    if (!tell) return
    this.#log.warn('refused', { reason, deviceId, address, detail: refusal.detail, count: refusal.count })
    this.#publish(refusal)
  }

  /** What was refused lately, the oldest first, each kind once. */
  list(): Refusal[] {
    return [...this.#kept.values()].map(({ refusal }) => refusal)
  }
}
