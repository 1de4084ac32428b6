import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Condition } from './internal-topics.ts'
import type { TakeEvent } from './take-event.ts'

/** Small records still fit into the page that a full disk has given out already: one that succeeds between two that are refused ends nothing. */
const CALM_MS = 3_000

/**
 * Whether signals can be made durable: fails with the first refused append, stands until one has succeeded and none was refused for three seconds. The trouble is the journal's, whichever device
 * met it; devices come again and again while the disk is full, and the self-test (once a minute) ends it also when nobody presses.
 */
export class JournalHealth {
  readonly #take: TakeEvent
  readonly #name: () => string
  readonly #clock: Pick<Clock, 'monotonicMs'>
  /** Since it stands. */
  #refused = 0
  #reason = ''
  #refusedAtMs = -Infinity
  #hasSucceeded = true

  /** @param name of the journal, once it is open */
  constructor(take: TakeEvent, name: () => string, clock: Pick<Clock, 'monotonicMs'>) {
    this.#take = take
    this.#clock = clock
    this.#name = name
  }

  readonly take: TakeEvent = async (record) => {
    try {
      await this.#take(record)
    } catch (error) {
      this.#refused++
      this.#reason = reasonOf(error)
      this.#refusedAtMs = this.#clock.monotonicMs()
      this.#hasSucceeded = false
      throw error
    }
    this.#hasSucceeded = true
  }

  conditions(): Condition[] {
    if (this.#hasSucceeded && this.#clock.monotonicMs() - this.#refusedAtMs >= CALM_MS) this.#refused = 0
    if (this.#refused === 0) return []
    const detail = `signals cannot be made durable and are not acknowledged, ${this.#refused} tries so far: ${this.#reason}`
    const facts = { count: this.#refused }
    return [{ code: 'journal-failed', subjectKind: 'journal', subjectId: this.#name(), detail, facts }]
  }
}
