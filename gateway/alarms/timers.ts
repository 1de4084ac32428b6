import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { markUnanswered, type NextPatrol } from '../dispatch/unanswered.ts'
import type { EventLog } from '../live/event-log.ts'
import { type AlarmTimer, type AlarmTimerDeps, fireAlarmTimers } from './alarm-timers.ts'
import { fireDueTimers, moveTimers, type Timer } from './timer-rows.ts'

/** One sweep for all timers of the centre. A tone that is a quarter of a second late is still a tone. */
const SWEEP_MS = 250
/**
 * In one transaction, so that a press never waits long for it. When more are due the next one follows after as long as this one took: presses that came with
 * the storm have at least every other turn.
 */
const FIRED_AT_ONCE = 200
/** The wall clock against the monotonic one from sweep to sweep: what NTP slews stays far below, what is more was set by somebody. */
const STEP_MIN_MS = 2_000

export interface TimersDeps extends AlarmTimerDeps, NextPatrol {
  events: EventLog
  log: Log
  metrics: Metrics
  /** True while an officer's answer is on the disk and not yet in the database: an alarm that has been answered must not escalate. */
  isHeld?: () => boolean
}

/**
 * Fires what is due: escalations, alarms that nobody saw, unanswered orders, forgotten tests and shelves. Once each, late rather than
 * never. When the machine's clock is set, the timers move with it: ten seconds stay ten seconds, whatever the clock says in between.
 */
export class Timers {
  readonly #events: EventLog
  readonly #clock: Clock
  readonly #log: Log
  readonly #deps: TimersDeps
  readonly #fired
  readonly #failed
  readonly #steps
  /** Both clocks at the last sweep that was committed. */
  #lastWallMs: number
  #lastMonotonicMs: number
  #timer: NodeJS.Timeout | null = null
  #busy = false

  constructor(deps: TimersDeps) {
    this.#events = deps.events
    this.#clock = deps.clock
    this.#log = deps.log
    this.#deps = deps
    this.#fired = deps.metrics.counter('vigil_timers_fired_total', 'Timers that fired, by kind')
    this.#failed = deps.metrics.counter('vigil_timer_sweeps_failed_total', 'Sweeps of the timers that failed').of()
    this.#steps = deps.metrics.counter('vigil_clock_steps_total', 'Times that the clock of this machine was set').of()
    this.#lastWallMs = deps.clock.nowMs()
    this.#lastMonotonicMs = deps.clock.monotonicMs()
  }

  start(): void {
    this.#timer = setInterval(() => void this.#sweepQuietly(), SWEEP_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  async #sweepQuietly(): Promise<void> {
    if (!this.#timer || this.#busy || this.#deps.isHeld?.()) return
    this.#busy = true
    const beganMs = this.#clock.monotonicMs()
    let isMore = false
    try {
      isMore = (await this.sweep()) === FIRED_AT_ONCE
    } catch (error) {
      this.#failed.add()
      const away = error instanceof Fault && error.code === 'database-away'
      if (!away) this.#log.error('a sweep of the timers failed', { reason: reasonOf(error) })
    } finally {
      this.#busy = false
    }
    if (isMore) setTimeout(() => void this.#sweepQuietly(), this.#clock.monotonicMs() - beganMs)
  }

  /** Visits every timer that is due. @returns how many fired */
  async sweep(): Promise<number> {
    const [wallMs, monotonicMs] = [this.#clock.nowMs(), this.#clock.monotonicMs()]
    const stepMs = wallMs - this.#lastWallMs - (monotonicMs - this.#lastMonotonicMs)
    const isStep = Math.abs(stepMs) >= STEP_MIN_MS
    const fired = await this.#events.transact(async (tx) => {
      if (isStep) await moveTimers(tx, wallMs - stepMs, stepMs)
      const timers = await fireDueTimers(tx, toIso(wallMs), FIRED_AT_ONCE)
      const events = await fireAlarmTimers(tx, this.#deps, timers.filter(isOfAlarm))
      for (const timer of timers) {
        if (!isOfAlarm(timer)) events.push(...(await markUnanswered(tx, this.#deps, timer.subjectId)))
      }
      await this.#events.appendAll(tx, events)
      return timers
    })
    this.#lastWallMs = wallMs
    this.#lastMonotonicMs = monotonicMs
    if (isStep) {
      this.#steps.add()
      this.#log.warn('the clock of this machine was set, the timers have moved with it', { byMs: Math.round(stepMs) })
    }
    for (const timer of fired) this.#fired.of({ kind: timer.kind }).add()
    return fired.length
  }
}

const isOfAlarm = (timer: Timer): timer is AlarmTimer => timer.kind !== 'order-unanswered'
