import { reasonOf } from '../../domain/fault.ts'
import type { Condition } from './internal-topics.ts'
import type { TakeEvent } from './take-event.ts'

/**
 * Whether signals can be made durable: fails with the first refused append, stands until one has succeeded. The trouble is the journal's, whichever device
 * met it; devices come again and again while the disk is full, and the self-test (once a minute) ends it also when nobody presses.
 */
export class JournalHealth {
  readonly #take: TakeEvent
  readonly #name: () => string
  #refused = 0
  #reason = ''

  /** @param name of the journal, once it is open */
  constructor(take: TakeEvent, name: () => string) {
    this.#take = take
    this.#name = name
  }

  readonly take: TakeEvent = async (record) => {
    try {
      await this.#take(record)
    } catch (error) {
      this.#refused++
      this.#reason = reasonOf(error)
      throw error
    }
    this.#refused = 0
  }

  conditions(): Condition[] {
    if (this.#refused === 0) return []
    const detail = `signals cannot be made durable and are not acknowledged, ${this.#refused} tries so far: ${this.#reason}`
    const facts = { count: this.#refused }
    return [{ code: 'journal-failed', subjectKind: 'journal', subjectId: this.#name(), detail, facts }]
  }
}
