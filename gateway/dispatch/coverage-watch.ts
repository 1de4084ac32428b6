import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import type { Database } from '../store/database.ts'
import type { Recommender } from './recommender.ts'

const EVERY_MS = 10_000
const MINUTE_MS = 60_000
/** The first one costs 100 ms of engine warm-up: a restarted core opens its door first. */
const FIRST_MS = 600
/** A route that asks more often gets the last answer. */
const FRESH_MS = 2_000

/** How much of each zone the free patrols reach, every 10 s; kept by the minute, to prove it later. */
export class CoverageWatch {
  readonly #deps: {
    database: Database
    clock: Clock
    log: Log
    recommender: Recommender
    onCoverage: (coverage: Coverage) => void
  }
  readonly #failed
  readonly #seconds
  #last: Coverage | null = null
  #lastMs = -Infinity
  #timers: NodeJS.Timeout[] = []

  constructor(deps: {
    database: Database
    clock: Clock
    log: Log
    metrics: Metrics
    recommender: Recommender
    onCoverage: (coverage: Coverage) => void
  }) {
    this.#deps = deps
    this.#failed = deps.metrics.counter('vigil_coverage_failed_total', 'Coverages that failed').of()
    this.#seconds = deps.metrics.histogram('vigil_coverage_seconds', 'Computation of one coverage')
  }

  get last(): Coverage | null {
    return this.#last
  }

  start(): void {
    this.#timers = [
      setTimeout(() => this.#turn(), FIRST_MS),
      setInterval(() => this.#turn(), EVERY_MS),
      setInterval(() => void this.#store(), MINUTE_MS),
    ]
  }
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** At most two seconds old. */
  now(): Coverage {
    const nowMs = this.#deps.clock.monotonicMs()
    if (this.#last && nowMs - this.#lastMs < FRESH_MS) return this.#last
    this.#last = this.#deps.recommender.coverage()
    this.#lastMs = nowMs
    this.#seconds.observe(this.#last.computedInMs / 1000)
    return this.#last
  }

  /** Another promise is another coverage, now and not in ten seconds. */
  onEvent(event: LogEvent): void {
    if (event.kind !== 'zone' && !(event.kind === 'duty' && event.action === 'level-changed')) return
    this.#lastMs = -Infinity
    this.#turn()
  }

  #turn(): void {
    try {
      this.#deps.onCoverage(this.now())
    } catch (error) {
      this.#failed.add()
      this.#deps.log.error('the coverage could not be computed', { reason: reasonOf(error) })
    }
  }

  async #store(): Promise<void> {
    const { database, clock, log } = this.#deps
    if (!this.#last || database.isAway()) return
    const { zones } = this.#last
    try {
      await database.execute(
        `insert into coverage_minute (zone_id, at, share, goal_s)
         select zone_id, $1::timestamptz, share, goal_s from unnest($2::text[], $3::real[], $4::integer[]) as u(zone_id, share, goal_s)`,
        [toIso(clock.nowMs()), zones.map((z) => z.zoneId), zones.map((z) => z.share), zones.map((z) => z.goalS)],
      )
    } catch (error) {
      this.#failed.add()
      const isAway = error instanceof Fault && error.code === 'database-away'
      if (!isAway) log.warn('the coverage could not be stored', { reason: reasonOf(error) })
    }
  }
}
