import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { putReceipts } from '../dispatch/receipts.ts'
import type { Database } from '../store/database.ts'
import type { CentreState } from './centre-state.ts'

/** Alarms whose pop-up has been seen by somebody; the oldest are forgotten. */
const SHOWN_MAX = 5_000

/** Keeps which desk has really painted which alarm; the first one lights "shown" on the button. */
export class Rendered {
  readonly #shown = new Set<string>()
  readonly #deps: { database: Database; state: CentreState; clock: Clock; log: Log; onOutbox: () => void }
  readonly #failed
  readonly #seconds

  constructor(deps: {
    database: Database
    state: CentreState
    clock: Clock
    log: Log
    metrics: Metrics
    onOutbox: () => void
  }) {
    this.#deps = deps
    this.#failed = deps.metrics.counter('vigil_rendered_failed_total', 'Paint reports that could not be stored').of()
    this.#seconds = deps.metrics.histogram(
      'vigil_press_to_rendered_seconds',
      'From receipt of the first press to the first desk that painted it',
    )
  }

  /** A desk has painted the alarm. Never throws: the next desk or the next paint tells it again. */
  async take(alarmId: string, sessionId: string): Promise<void> {
    const { database, state, clock, log, onOutbox } = this.#deps
    const alarm = state.alarms.get(alarmId)
    if (!alarm) return
    const isFirst = !this.#shown.has(alarmId)
    if (isFirst) {
      this.#shown.add(alarmId)
      if (this.#shown.size > SHOWN_MAX) for (const oldest of this.#shown) if (this.#shown.delete(oldest)) break
      this.#seconds.observe((clock.nowMs() - Date.parse(alarm.raisedAt)) / 1000)
    }
    try {
      await database.tx(async (tx) => {
        const added = await tx.execute(
          'insert into rendered (alarm_id, session_id) values ($1, $2) on conflict do nothing',
          [alarmId, sessionId],
        )
        if (added > 0 && isFirst) await putReceipts(tx, [alarm], 'shown', clock.nowMs())
      })
      if (isFirst) onOutbox()
    } catch (error) {
      this.#shown.delete(alarmId)
      this.#failed.add()
      log.warn('a paint report could not be stored', { alarm: alarmId, reason: reasonOf(error) })
    }
  }
}
