import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { BinaryRows } from './copy-binary.ts'
import type { Database } from './database.ts'

/** How rows of one history table are written. */
export interface HistoryWriter<Row> {
  table: string
  columns: readonly string[]
  /** Writes all columns of one row, in order. `beginRow` has been called. */
  write: (row: Row, to: BinaryRows) => void
  /** False for a row that the table cannot hold; it is dropped and counted. */
  usable: (row: Row) => boolean
}

export interface BatchOptions {
  database: Database
  log: Log
  metrics: Metrics
  /** Most rows that wait while the database is slow or away; beyond it the oldest are shed. */
  waitingMax?: number
  /** False while the disk's last room is kept for presses: then every row is dropped. Default: always true. */
  mayKeep?: () => boolean
  /** How long a lonely row may wait for company. */
  lingerMs?: number
}

/** 94,000–129,000 rows/s at a p99 of 15–26 ms: a batch is sent as soon as this many wait. */
const BATCH_FULL = 1_000
/** 115,000–169,000 rows/s at a p99 of 56–64 ms: after a pause no COPY is larger, so none holds the connection for long. */
const BATCH_MAX = 5_000
/** 7,000 taxis at one fix per 5 s for 70 s, about 12 MB. */
const WAITING_MAX = 100_000
/** A trail that lags half a second behind is still a trail. */
const LINGER_MS = 500
const AWAY_PAUSE_MS = 500
/** Taking from the front of an array moves all the others: rarely, and then many. */
const SHED_AT_ONCE = 500

/**
 * Collects rows of a history and writes them by binary COPY, one batch at a time. History is shed first: `push` never waits and never
 * throws, what does not fit is dropped oldest first and counted in `vigil_history_shed_total{table,why}`.
 */
export class HistoryBatch<Row> {
  readonly #writer: HistoryWriter<Row>
  readonly #options: BatchOptions
  readonly #waitingMax: number
  readonly #lingerMs: number
  readonly #written
  readonly #shed
  #waiting: Row[] = []
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #closed = false

  constructor(writer: HistoryWriter<Row>, options: BatchOptions) {
    this.#writer = writer
    this.#options = options
    this.#waitingMax = options.waitingMax ?? WAITING_MAX
    this.#lingerMs = options.lingerMs ?? LINGER_MS
    const { metrics } = options
    const { table } = writer
    this.#written = metrics.counter('vigil_history_written_total', 'Rows written into histories').of({ table })
    const shed = metrics.counter('vigil_history_shed_total', 'Rows of histories that were dropped')
    this.#shed = {
      full: shed.of({ table, why: 'queue-full' }),
      disk: shed.of({ table, why: 'disk-low' }),
      unusable: shed.of({ table, why: 'unusable' }),
      refused: shed.of({ table, why: 'refused-by-database' }),
    }
    const waiting = metrics.gauge('vigil_history_waiting', 'Rows that wait for the database').of({ table })
    metrics.onRead(() => waiting.set(this.#waiting.length))
  }

  push(row: Row): void {
    if (this.#closed || !this.#writer.usable(row)) {
      this.#shed.unusable.add()
      return
    }
    if (this.#options.mayKeep?.() === false) return this.#shed.disk.add()
    this.#waiting.push(row)
    if (this.#waiting.length > this.#waitingMax)
      this.#shedOldest(this.#waiting.length - this.#waitingMax + SHED_AT_ONCE)
    if (this.#waiting.length >= BATCH_FULL) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), this.#lingerMs)
  }

  /** Everything pushed so far is written, or has been shed. Rejects never; while the database is away it returns without. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#options.database.isAway()) {
      this.#start()
      await this.#running
    }
    await this.#running
  }

  /** Writes what waits if that is possible now. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
    if (this.#timer) clearTimeout(this.#timer)
  }

  #start(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#running ??= this.#drain().finally(() => {
      this.#running = null
      if (this.#waiting.length > 0 && !this.#closed) this.#timer ??= setTimeout(() => this.#start(), this.#lingerMs)
    })
  }

  #shedOldest(count: number): void {
    if (count > 0) this.#shed.full.add(this.#waiting.splice(0, Math.min(count, this.#waiting.length - 1)).length)
  }

  /** Until fewer than a batch wait: the rest may gather. */
  async #drain(): Promise<void> {
    do {
      const batch = this.#waiting.splice(0, BATCH_MAX)
      if (!(await this.#write(batch))) {
        this.#waiting = batch.concat(this.#waiting)
        this.#shedOldest(this.#waiting.length - this.#waitingMax)
        await sleep(AWAY_PAUSE_MS)
        return
      }
    } while (this.#waiting.length >= BATCH_FULL)
  }

  /**
   * One row that the database refuses must not hold back the others for ever: the batch is halved until the bad row stands alone.
   * @returns false when the database is away
   */
  async #write(rows: readonly Row[]): Promise<boolean> {
    if (rows.length === 0) return true
    const { table, columns, write } = this.#writer
    try {
      const bytes = new BinaryRows(columns.length, 64 + rows.length * 120)
      for (const row of rows) {
        bytes.beginRow()
        write(row, bytes)
      }
      await this.#options.database.copyIn(table, columns, [bytes.end()])
      this.#written.add(rows.length)
      return true
    } catch (error) {
      if ((error as { code?: unknown }).code === 'database-away') return false
      if (rows.length === 1) {
        this.#shed.refused.add()
        this.#options.log.warn('the database refused a row of a history', { table, reason: reasonOf(error) })
        return true
      }
      const middle = rows.length >> 1
      // If only the second half fails as away, the first is written again after the pause: a history may hold a row twice.
      return (await this.#write(rows.slice(0, middle))) && (await this.#write(rows.slice(middle)))
    }
  }
}
