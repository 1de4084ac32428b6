import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import { lastEventNumber } from '../live/event-rows.ts'
import { lockAlarms } from './alarm-rows.ts'

/** A frightened child presses five times; who presses more often in ten seconds has said it. */
const BURST = 5
const WITHIN_MS = 10_000
/** From then on the desks hear of it once a second, with the count. */
const SUMMARY_MS = 1_000
const LOOK_MS = 250
/** Devices that have repeated lately. */
const DEVICES_MAX = 20_000

interface Share {
  tokens: number
  atMs: number
}

/**
 * Which repetitions of an open alarm are an event of their own: five in ten seconds of each device. The others count in the alarm and are rows like every
 * signal; the desks and the log hear of them once a second together. Without this one jammed button would fill the log and keep every desk busy.
 */
export class RepeatPace {
  readonly #deps: { events: EventLog; state: CentreState; clock: Clock; log: Log }
  readonly #shares = new Map<string, Share>()
  /** Alarms whose count the desks do not know yet → when they are told. */
  readonly #due = new Map<string, number>()
  readonly #quiet
  #timer: NodeJS.Timeout | null = null

  constructor(deps: { events: EventLog; state: CentreState; clock: Clock; log: Log; metrics: Metrics }) {
    this.#deps = deps
    this.#quiet = deps.metrics
      .counter('vigil_repeats_coalesced_total', 'Repetitions that count in their alarm without an event of their own')
      .of()
  }

  start(): void {
    this.#timer = setInterval(() => void this.tellDue(), LOOK_MS)
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** Asked once for each repetition. */
  mayTell(deviceId: string): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    let share = this.#shares.get(deviceId)
    if (!share) {
      if (this.#shares.size >= DEVICES_MAX) this.#forgetQuiet(nowMs)
      share = { tokens: BURST, atMs: nowMs }
      this.#shares.set(deviceId, share)
    }
    share.tokens = Math.min(BURST, share.tokens + ((nowMs - share.atMs) / WITHIN_MS) * BURST)
    share.atMs = nowMs
    if (share.tokens < 1) return false
    share.tokens--
    return true
  }

  /** The alarm has counted repetitions that no event told. Call after the commit. */
  later(alarmIds: Iterable<string>): void {
    const dueMs = this.#deps.clock.monotonicMs() + SUMMARY_MS
    for (const id of alarmIds) {
      this.#quiet.add()
      if (!this.#due.has(id)) this.#due.set(id, dueMs)
    }
  }

  /** One event for each alarm that is due. Never throws: what could not be told is told in the next round. */
  async tellDue(): Promise<void> {
    const { events, state, clock, log } = this.#deps
    const nowMs = clock.monotonicMs()
    const ids = [...this.#due].filter(([, dueMs]) => dueMs <= nowMs).map(([id]) => id)
    if (ids.length === 0) return
    for (const id of ids) this.#due.delete(id)
    try {
      await events.transact(async (tx) => {
        const told: NewEvent[] = []
        const alarms = await lockAlarms(tx, ids)
        // The state in memory follows the commits by a moment: a count that was told in that moment would be told twice.
        if (events.n < (await lastEventNumber(tx))) {
          for (const id of ids) this.#due.set(id, nowMs + LOOK_MS)
          return
        }
        for (const alarm of alarms) {
          // Somebody's acknowledgement may have told the count meanwhile.
          if (alarm.closedAt !== null || (state.alarms.get(alarm.id)?.occurrences ?? 0) >= alarm.occurrences) continue
          const actor = `device:${alarm.deviceId}`
          const { id: subjectId, incidentId } = alarm
          told.push({ kind: 'alarm', action: 'repeated', subjectId, incidentId, actor, body: alarm })
        }
        if (told.length > 0) await events.appendAll(tx, told)
      })
    } catch (error) {
      for (const id of ids) this.#due.set(id, nowMs + SUMMARY_MS)
      log.debug('repetitions could not be told', { reason: reasonOf(error) })
    }
  }

  #forgetQuiet(nowMs: number): void {
    for (const [id, { atMs }] of this.#shares) if (nowMs - atMs > WITHIN_MS) this.#shares.delete(id)
  }
}
