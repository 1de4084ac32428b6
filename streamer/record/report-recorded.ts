import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics, Series } from '../../domain/metrics.ts'
import type { RecordedRows } from './recorded-rows.ts'

/** One transaction of the core a second and worker, however many cameras are recorded. */
const REPORT_MS = 1_000
const ANSWER_TIMEOUT_MS = 10_000

export interface ReportRecordedOptions {
  coreUrl: string
  workerId: string
  token: string
  rows: RecordedRows
  log: Log
  metrics: Metrics
}

/** Tells the core what was recorded, again and again until it has committed it. */
export class ReportRecorded {
  readonly #options: ReportRecordedOptions
  readonly #failed: Series
  #timer: NodeJS.Timeout | null = null
  #isTelling = false
  #toldFault: string | null = null
  #isAway = false

  constructor(options: ReportRecordedOptions) {
    this.#options = options
    this.#failed = options.metrics
      .counter('vigil_record_reports_failed_total', 'reports of recordings that the core did not accept')
      .of()
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.tell(), REPORT_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Never rejects. */
  async tell(): Promise<void> {
    const { coreUrl, workerId, token, rows, log } = this.#options
    if (this.#isTelling || (rows.isEmpty && rows.diskFault === this.#toldFault)) return
    this.#isTelling = true
    const told = rows.next()
    try {
      const response = await fetch(`${coreUrl}/api/v1/internal/streamers/${encodeURIComponent(workerId)}/recorded`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(told),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })
      if (!response.ok) throw new Error(`the core answered ${response.status}`)
      await rows.accepted(told)
      this.#toldFault = told.diskFault
      if (this.#isAway) log.info('recordings are told to the core again')
      this.#isAway = false
    } catch (error) {
      this.#failed.add()
      if (!this.#isAway) log.warn('the core does not take what was recorded; it is kept', { error: reasonOf(error) })
      this.#isAway = true
    } finally {
      this.#isTelling = false
    }
  }
}
