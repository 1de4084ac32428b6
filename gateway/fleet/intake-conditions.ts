import type { Clock } from '../../domain/clock.ts'
import { CONDITION_CODES, type Condition, type ConditionsMessage } from '../intake/internal-topics.ts'
import type { Troubles } from '../live/troubles.ts'

/** A count that grows is told this often: each time is an event in the log. */
const CHANGE_MS = 10_000

/**
 * What stands at the intakes, as troubles: raised when an intake first names it, its figures followed, restored when no intake names it any more. Each message is
 * the whole list of one intake, so nothing has to be remembered over a restart of either side.
 */
export class IntakeConditions {
  readonly #troubles: Troubles
  readonly #clock: Clock
  /** What each intake named last. */
  readonly #of = new Map<string, Set<string>>()
  readonly #told = new Map<string, { detail: string; atMs: number }>()
  #work: Promise<void> = Promise.resolve()

  constructor(deps: { troubles: Troubles; clock: Clock }) {
    this.#troubles = deps.troubles
    this.#clock = deps.clock
  }

  /** Never rejects; one list after the other. */
  take(message: ConditionsMessage): Promise<void> {
    this.#of.set(message.program, new Set(message.conditions.map(keyOf)))
    this.#work = this.#work.then(() => this.#settle(message.conditions))
    return this.#work
  }

  async #settle(conditions: readonly Condition[]): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    for (const condition of conditions) {
      const key = keyOf(condition)
      const told = this.#told.get(key)
      if (told && (told.detail === condition.detail || nowMs - told.atMs < CHANGE_MS)) continue
      const { subjectKind, subjectId, code } = condition
      const stood = this.#troubles.stands(subjectKind, subjectId, code)
      await (stood ? this.#troubles.changeNow(condition) : this.#troubles.raiseNow(condition))
      // Not stored now: the next list tries again.
      if (this.#troubles.stands(subjectKind, subjectId, code)) {
        this.#told.set(key, { detail: condition.detail, atMs: nowMs })
      }
    }
    const named = new Set([...this.#of.values()].flatMap((keys) => [...keys]))
    for (const code of CONDITION_CODES) {
      for (const { subjectKind, subjectId } of this.#troubles.standing(code)) {
        const key = `${subjectKind}:${subjectId}:${code}`
        if (named.has(key)) continue
        this.#told.delete(key)
        await this.#troubles.restoreNow(subjectKind, subjectId, code)
      }
    }
  }
}

function keyOf({ subjectKind, subjectId, code }: Condition): string {
  return `${subjectKind}:${subjectId}:${code}`
}
