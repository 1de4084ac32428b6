import type { Alarm } from '../../domain/alarm.ts'
import { isCalled } from '../../domain/calls.ts'
import type { Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { putReceipts } from '../dispatch/receipts.ts'
import { UNSEEN } from '../alarms/alarm-timers.ts'
import type { EventLog } from './event-log.ts'
import type { CentreState } from './centre-state.ts'
import { insertPainted, type Painted } from './rendered-rows.ts'
import type { Troubles } from './troubles.ts'
import type { Who } from './visibility.ts'

/** Alarms whose pop-up has been seen by somebody; the oldest are forgotten. */
const SHOWN_MAX = 5_000
/** Paint reports that wait for their alarm to be stored: 200 desks through a short outage. */
const WAITING_MAX = 20_000
const LOOK_MS = 250

export interface RenderedDeps {
  events: EventLog
  troubles: Troubles
  state: CentreState
  /** Stored or provisional. */
  find: (alarmId: string) => Alarm | undefined
  clock: Clock
  log: Log
  metrics: Metrics
  onOutbox: () => void
}

/**
 * Keeps which desk has really painted which alarm. The first one lights "shown" on the button; one with an officer on duty who is called on
 * ends the timer of "nobody saw it". What was painted while the database was away is stored when its alarm is.
 */
export class Rendered {
  readonly #shown = new Set<string>()
  readonly #waiting = new Map<string, Painted>()
  readonly #deps: RenderedDeps
  readonly #failed
  readonly #seconds
  #timer: NodeJS.Timeout | null = null
  #busy = false

  constructor(deps: RenderedDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#failed = metrics.counter('vigil_rendered_failed_total', 'Paint reports that could not be stored').of()
    this.#seconds = metrics.histogram(
      'vigil_press_to_rendered_seconds',
      'From receipt of the first press to the first desk that painted it',
    )
  }

  start(): void {
    this.#timer = setInterval(() => void this.#store(), LOOK_MS)
    this.#deps.events.subscribe((event) => this.#onEvent(event))
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** A desk has painted the alarm. Never throws: what cannot be stored now is stored later. */
  take(alarmId: string, desk: { sessionId: string; who: Who; isOnDuty: boolean }): void {
    const { find, clock } = this.#deps
    const alarm = find(alarmId)
    if (!alarm) return
    if (!this.#shown.has(alarmId)) {
      this.#shown.add(alarmId)
      if (this.#shown.size > SHOWN_MAX) for (const oldest of this.#shown) if (this.#shown.delete(oldest)) break
      this.#seconds.observe((clock.nowMs() - Date.parse(alarm.raisedAt)) / 1000)
    }
    if (this.#waiting.size >= WAITING_MAX) return this.#failed.add()
    const { sessionId } = desk
    const key = `${alarmId} ${sessionId}`
    const isOnDuty = (desk.isOnDuty && isCalled(desk.who, alarm)) || (this.#waiting.get(key)?.isOnDuty ?? false)
    this.#waiting.set(key, { alarmId, sessionId, isOnDuty })
    void this.#store()
  }

  async #store(): Promise<void> {
    if (this.#busy || this.#waiting.size === 0) return
    this.#busy = true
    try {
      for (const [key, painted] of this.#waiting) {
        const alarm = this.#deps.state.alarms.get(painted.alarmId)
        if (alarm) await this.#storeOne(alarm, painted)
        // Neither stored nor provisional any more: it is over, or was never one.
        if (alarm || !this.#deps.find(painted.alarmId)) {
          if (this.#waiting.get(key) === painted) this.#waiting.delete(key)
        }
      }
    } catch (error) {
      const isAway = error instanceof Fault && error.code === 'database-away'
      if (!isAway) {
        this.#failed.add()
        this.#deps.log.warn('paint reports could not be stored', { reason: reasonOf(error) })
      }
    } finally {
      this.#busy = false
    }
  }

  async #storeOne(alarm: Alarm, painted: Painted): Promise<void> {
    const { events, troubles, clock, onOutbox } = this.#deps
    const isTrouble = painted.isOnDuty && troubles.stands('device', alarm.deviceId, UNSEEN)
    const isFirst = await events.transact(async (tx) => {
      const first = await insertPainted(tx, painted)
      if (first) await putReceipts(tx, [alarm], 'shown', clock.nowMs())
      if (isTrouble) await troubles.restore(tx, 'device', alarm.deviceId, UNSEEN)
      return first
    })
    if (isFirst) onOutbox()
  }

  /** Who has answered has seen it. */
  #onEvent(event: LogEvent): void {
    if (event.kind !== 'alarm') return
    const alarm = event.body as unknown as Alarm
    if (alarm.state !== 'raised') void this.#deps.troubles.restoreNow('device', alarm.deviceId, UNSEEN)
  }
}
