import type { Clock } from '../../domain/clock.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { SELF_TEST_EVERY_MS, SELF_TEST_ID } from '../intake/self-test.ts'
import type { JournalRecord } from '../intake/journal/format.ts'
import type { Troubles } from '../live/troubles.ts'

/** From the intake's clock to the commit of its effect; beyond it a press would be late, too. */
const WAY_MAX_MS = 10_000
const LOOK_MS = 1_000
const CODE = 'self-test'
/** Stands for the intake of which nothing has been heard since our start, whatever its journal is called. */
const ANY = 'intake'

/** Is this record the intake's own test, and nobody's call? */
export function isSelfTest(record: Pick<JournalRecord, 'deviceId'>): boolean {
  return record.deviceId === SELF_TEST_ID
}

/**
 * Waits for the self-tests of the intakes. One that comes more than 10 s late, or not at all, is a trouble of its journal: then presses do
 * not arrive either. Answers from memory; only a change asks the database.
 */
export class SelfWatch {
  readonly #troubles: Pick<Troubles, 'raiseNow' | 'restoreNow'>
  readonly #clock: Clock
  readonly #passed
  readonly #seconds
  /** When each journal's next test is late, monotonic. */
  readonly #lateAtMs = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null

  constructor(deps: { troubles: Pick<Troubles, 'raiseNow' | 'restoreNow'>; clock: Clock; metrics: Metrics }) {
    this.#troubles = deps.troubles
    this.#clock = deps.clock
    this.#passed = deps.metrics.counter('vigil_self_tests_total', 'Self-tests that came through the whole way').of()
    this.#seconds = deps.metrics.histogram(
      'vigil_self_test_seconds',
      'From the intake to the commit, of each self-test',
    )
  }

  start(): void {
    // Whichever intake there is: one of them must be heard.
    this.#await(ANY)
    this.#timer = setInterval(() => void this.look(), LOOK_MS)
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** These have taken effect. Call after the commit. */
  async taken(journal: string, records: readonly JournalRecord[]): Promise<void> {
    const test = records.findLast((record) => isSelfTest(record))
    if (!test) return
    const wayMs = this.#clock.nowMs() - test.receivedAtMs
    this.#passed.add()
    this.#seconds.observe(wayMs / 1000)
    // One that waited in the journal while we were away says nothing about now; the next one does.
    if (wayMs > WAY_MAX_MS) return
    this.#lateAtMs.delete(ANY)
    this.#await(journal)
    for (const subject of [ANY, journal]) await this.#troubles.restoreNow('journal', subject, CODE)
  }

  /** Raises what is late. Called every second. */
  async look(): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    for (const [journal, lateAtMs] of this.#lateAtMs) {
      if (nowMs < lateAtMs) continue
      await this.#troubles.raiseNow({
        subjectKind: 'journal',
        subjectId: journal,
        code: CODE,
        detail: `no self-test of ${journal} came through for ${(SELF_TEST_EVERY_MS + WAY_MAX_MS) / 1000} s: presses may not arrive`,
      })
    }
  }

  #await(journal: string): void {
    this.#lateAtMs.set(journal, this.#clock.monotonicMs() + SELF_TEST_EVERY_MS + WAY_MAX_MS)
  }
}
