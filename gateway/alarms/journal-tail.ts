import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { JOURNAL_START, type JournalCursor, type JournalReader } from '../intake/journal/reader.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import { readCursor } from './journal-cursor.ts'
import type { Provisional } from './provisional.ts'
import type { SelfWatch } from './self-watch.ts'
import type { SignalTaker } from './take-signals.ts'

/** One transaction: large enough for a storm of 10,000 a minute at 10 a second, small enough that a lone press never waits long. */
const BATCH = 256
/** After a failure that is not the database being away: a broken statement fails each time, and should not fill the log. */
const PAUSE_MS = 1_000
/** While the database is away: a press must be on the desks within the same second. */
const AWAY_PAUSE_MS = 100
/**
 * A round that takes longer is waited for, but people are not kept waiting: what is in the journal is shown provisionally meanwhile, whatever
 * holds the database up (slow, hung, locked). A round takes 5–30 ms; under a storm's load on two cores seldom 300.
 */
const SHOW_AFTER_MS = 400
/** A round that takes this long, or fails while the database answers, is a trouble of the database that the operator is told. */
const STRUGGLING_MS = 2_000
/** The strip's word stays so long: a word that comes and goes with each press says nothing. */
const STRUGGLING_FOR_MS = 10_000
const RETIRE_MS = 60_000

export interface TailDeps {
  reader: JournalReader
  taker: SignalTaker
  provisional: Provisional
  selfWatch: SelfWatch
  database: Database
  troubles: Troubles
  clock: Clock
  log: Log
  metrics: Metrics
  /** Something may be in the outbox now. */
  onTaken: () => void
  onProvisional: (alarm: Alarm) => void
  /** Provisional alarms that turned out to be none: a desk that still shows them needs a new snapshot. */
  onGhosts?: (alarms: readonly Alarm[]) => void
}

/** Follows one journal: into the database while that is there, onto the desks as provisional alarms while it is not, or is too slow. */
export class JournalTail {
  readonly #deps: TailDeps
  /** What has taken effect. */
  #cursor: JournalCursor | null = null
  /** How far provisional alarms have been shown; at or beyond the cursor. */
  #ahead: JournalCursor | null = null
  #running = false
  #again = false
  #stopped = false
  #isCaughtUp = false
  #unwatch: (() => void) | null = null
  #timers: NodeJS.Timeout[] = []
  #waiting: NodeJS.Timeout | null = null
  /** The look ahead that is under way beside a slow round. */
  #showing: Promise<void> | null = null
  #strugglesUntilMs = -Infinity
  readonly #failed
  readonly #slow
  readonly #shown

  constructor(deps: TailDeps) {
    this.#deps = deps
    const { metrics, reader } = deps
    const journal = reader.journal
    this.#failed = metrics
      .counter('vigil_journal_tail_failed_total', 'Rounds of the journal tail that failed')
      .of({ journal })
    this.#slow = metrics
      .counter('vigil_journal_tail_slow_total', 'Rounds of the journal tail that people did not wait for')
      .of({ journal })
    this.#shown = metrics.counter('vigil_provisional_total', 'Alarms shown before they were stored').of({ journal })
    const at = metrics.gauge('vigil_journal_taken_record', 'Number of the last record that took effect').of({ journal })
    metrics.onRead(() => at.set(this.#cursor?.record ?? 0))
  }

  /** The last round found nothing more, and the database took part in it. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp
  }

  start(): void {
    this.#unwatch = this.#deps.reader.watch(() => this.kick())
    this.#timers = [setInterval(() => void this.#retire(), RETIRE_MS)]
    this.kick()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unwatch?.()
    for (const timer of this.#timers) clearInterval(timer)
    if (this.#waiting) clearTimeout(this.#waiting)
    while (this.#running) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** Signals take effect late or not at all although the database answers, or did so a moment ago. */
  get isStruggling(): boolean {
    return this.#deps.clock.monotonicMs() < this.#strugglesUntilMs
  }

  /** There may be more. */
  kick(): void {
    this.#again = true
    if (!this.#running && !this.#stopped) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        if (await this.#round()) this.#again = true
      }
    } catch (error) {
      await this.#afterFailure(error)
    } finally {
      this.#running = false
    }
  }

  /** @returns true when there was something, so there may be more */
  async #round(): Promise<boolean> {
    const { reader, taker, database, troubles, provisional, selfWatch, onTaken } = this.#deps
    if (database.isAway()) throw new Fault('database-away', 'the database is away')
    this.#cursor ??= (await readCursor(database, reader.journal)) ?? JOURNAL_START
    const page = await reader.readFrom(this.#cursor, BATCH)
    const stopLooking = this.#lookAheadIfSlow()
    try {
      for (const damage of page.damage) {
        const detail = `${damage.bytes} bytes of segment ${damage.segment} cannot be read, ${damage.recordsMissing} records missing; a copy is in quarantine`
        await troubles.raiseNow({ subjectKind: 'journal', subjectId: reader.journal, code: 'damaged', detail })
      }
      if (page.records.length > 0) {
        await taker.take(reader.journal, page.records, page.next)
        // At once after the commit: whoever looks ahead now must not take these for new.
        provisional.taken(page.records)
        this.#cursor = page.next
        await selfWatch.taken(reader.journal, page.records)
        onTaken()
      }
    } finally {
      await stopLooking()
    }
    this.#cursor = page.next
    if (this.#ahead && this.#cursor.record >= this.#ahead.record) this.#settle()
    this.#isCaughtUp = page.records.length === 0
    return !this.#isCaughtUp
  }

  /** Until the returned function is called, what comes is shown every 400 ms without the database. That function waits for the last look. */
  #lookAheadIfSlow(): () => Promise<void> {
    const { clock } = this.#deps
    const startedMs = clock.monotonicMs()
    let looks = 0
    const timer = setInterval(() => {
      if (looks++ === 0) this.#slow.add()
      if (clock.monotonicMs() - startedMs >= STRUGGLING_MS) this.#struggle()
      this.#showing ??= this.#showQuietly().finally(() => (this.#showing = null))
    }, SHOW_AFTER_MS)
    return async () => {
      clearInterval(timer)
      await this.#showing
    }
  }

  #struggle(): void {
    this.#strugglesUntilMs = this.#deps.clock.monotonicMs() + STRUGGLING_FOR_MS
  }

  async #afterFailure(error: unknown): Promise<void> {
    this.#failed.add()
    this.#isCaughtUp = false
    const isAway = error instanceof Fault && error.code === 'database-away'
    if (!isAway) this.#deps.log.error('the journal could not take effect', { reason: reasonOf(error) })
    if (!this.#deps.database.isAway()) this.#struggle()
    await this.#showQuietly()
    if (this.#stopped) return
    this.#waiting = setTimeout(() => this.kick(), isAway ? AWAY_PAUSE_MS : PAUSE_MS)
  }

  async #showQuietly(): Promise<void> {
    try {
      await this.#showAhead()
    } catch (error) {
      this.#deps.log.error('provisional alarms could not be shown', { reason: reasonOf(error) })
    }
  }

  /** Shows what has come since; the database is not asked. */
  async #showAhead(): Promise<void> {
    const { reader, provisional, onProvisional } = this.#deps
    // Unknown after a start without a database: then the last two segments are shown from their beginning.
    const from = this.#cursor ?? JOURNAL_START
    if (!this.#ahead || this.#ahead.record < from.record) this.#ahead = from
    for (;;) {
      const page = await reader.readFrom(this.#ahead, BATCH)
      this.#ahead = page.next
      for (const record of page.records) {
        const alarm = provisional.take(reader.journal, record)
        if (!alarm) continue
        this.#shown.add()
        onProvisional(alarm)
      }
      if (page.records.length === 0) return
    }
  }

  /** All that was shown ahead has taken effect. */
  #settle(): void {
    this.#ahead = null
    const ghosts = this.#deps.provisional.settle(this.#deps.reader.journal)
    if (ghosts.length === 0) return
    const ids = ghosts.map((alarm) => alarm.id).join(' ')
    this.#deps.log.warn('provisional alarms were repetitions of older signals', { ids })
    this.#deps.onGhosts?.(ghosts)
  }

  async #retire(): Promise<void> {
    if (!this.#cursor) return
    try {
      await this.#deps.reader.retire(this.#cursor)
    } catch (error) {
      this.#deps.log.warn('old segments of the journal could not be removed', { reason: reasonOf(error) })
    }
  }
}
