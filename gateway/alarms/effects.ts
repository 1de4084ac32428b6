import type { Alarm } from '../../domain/alarm.ts'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import { putOutbox, type OutboxMessage } from '../dispatch/outbox-rows.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { NewTrouble, Troubles } from '../live/troubles.ts'
import { DEVICE_COLUMNS, type DeviceRow, toDevice } from '../registry/device-rows.ts'
import type { Tx } from '../store/database.ts'
import { saveAlarms } from './alarm-rows.ts'
import { saveIncidents, takeIncidentNumbers } from './incident-rows.ts'
import { incidentNumber, NOT_NUMBERED } from './open-incident.ts'
import { ANSWER_TIMERS, cancelTimers, setTimers, type TimerKind } from './timer-rows.ts'

/** Seconds after which nobody has acknowledged: a second tone, the neighbour desk, the supervisor, everyone. */
export const ESCALATION_STEPS_S = [10, 15, 30, 60] as const
/** Seconds without a desk on duty that has painted it: the parent jurisdiction; still none: everyone, and a trouble. */
export const UNSEEN_STEPS_S = [5, 10] as const
/** A test alarm that nobody closes closes itself. */
export const TEST_LIFE_MS = 5 * 60_000

/** What a batch of signals brings about, gathered in memory and written in a handful of statements. */
export class Effects {
  /** Open alarms of the devices in question, by device. */
  readonly alarms = new Map<string, Alarm>()
  /** Open incidents an alarm may join, and the new ones. */
  readonly incidents = new Map<string, Incident>()
  readonly signalAlarms: { signalId: number; alarmId: string }[] = []
  readonly outbox: OutboxMessage[] = []
  readonly testedDevices = new Set<string>()
  /** Alarms that counted without an event, once for each count. */
  readonly quietAlarms: string[] = []
  readonly #dirtyAlarms = new Map<string, Alarm>()
  readonly #dirtyIncidents = new Map<string, Incident>()
  readonly #events: NewEvent[] = []
  readonly #timers: { kind: TimerKind; subjectId: string; step: number; dueAtMs: number }[] = []
  readonly #troubles: { raise: boolean; trouble: NewTrouble }[] = []

  putAlarm(alarm: Alarm, action: string, actor: string): void {
    this.alarms.set(alarm.deviceId, alarm)
    this.#dirtyAlarms.set(alarm.id, alarm)
    this.#events.push({ kind: 'alarm', action, subjectId: alarm.id, incidentId: alarm.incidentId, actor, body: alarm })
  }

  /** One more of the same: a row like every signal, without an event of its own. */
  countQuietly(alarm: Alarm): void {
    this.alarms.set(alarm.deviceId, alarm)
    this.#dirtyAlarms.set(alarm.id, alarm)
    this.quietAlarms.push(alarm.id)
  }

  putIncident(incident: Incident, action: string, actor: string): void {
    this.incidents.set(incident.id, incident)
    this.#dirtyIncidents.set(incident.id, incident)
    const { id } = incident
    this.#events.push({ kind: 'incident', action, subjectId: id, incidentId: id, actor, body: incident })
  }

  event(event: NewEvent): void {
    this.#events.push(event)
  }

  /** What was asked of the clock so far, the last word for each timer counts. */
  get timers(): readonly { kind: TimerKind; subjectId: string; step: number; dueAtMs: number }[] {
    return this.#timers
  }
  get events(): readonly NewEvent[] {
    return this.#events
  }

  /** (Re)starts the four escalation timers of an alarm; `factor`: of the duty level, below 1 they come sooner. */
  escalate(alarmId: string, nowMs: number, factor: number): void {
    ESCALATION_STEPS_S.forEach((seconds, i) => {
      this.#timers.push({ kind: 'escalate', subjectId: alarmId, step: i + 1, dueAtMs: nowMs + seconds * 1000 * factor })
    })
  }

  /** A desk that is there paints within a frame or two: five seconds without one are nobody's screen. */
  watchUnseen(alarmId: string, nowMs: number): void {
    UNSEEN_STEPS_S.forEach((seconds, i) => {
      this.#timers.push({ kind: 'unseen', subjectId: alarmId, step: i + 1, dueAtMs: nowMs + seconds * 1000 })
    })
  }

  closeTestLater(alarmId: string, nowMs: number): void {
    this.#timers.push({ kind: 'close-test', subjectId: alarmId, step: 1, dueAtMs: nowMs + TEST_LIFE_MS })
  }

  /** Gives the new incidents the next numbers of the day, in the order in which they opened. */
  async numberIncidents(tx: Tx, day: string): Promise<void> {
    const fresh = [...this.#dirtyIncidents.values()].filter((incident) => incident.number === NOT_NUMBERED)
    if (fresh.length === 0) return
    const first = await takeIncidentNumbers(tx, day, fresh.length)
    const numbers = new Map(fresh.map((incident, i) => [incident.id, incidentNumber(day, first + i)]))
    for (const incident of fresh)
      this.#dirtyIncidents.set(incident.id, { ...incident, number: numbers.get(incident.id)! })
    for (const event of this.#events) {
      const number = event.kind === 'incident' ? numbers.get(event.subjectId) : undefined
      if (number) event.body = { ...event.body, number }
    }
  }

  trouble(raise: boolean, trouble: NewTrouble): void {
    this.#troubles.push({ raise, trouble })
  }

  /** Writes everything; the events last, because they take the lock that all writers share. */
  async write(tx: Tx, events: EventLog, troubles: Troubles, nowMs: number): Promise<void> {
    await saveIncidents(tx, [...this.#dirtyIncidents.values()])
    await saveAlarms(tx, [...this.#dirtyAlarms.values()])
    if (this.signalAlarms.length > 0) {
      await tx.execute(
        `update signal set alarm_id = u.alarm_id from unnest($1::bigint[], $2::text[]) as u(id, alarm_id)
          where signal.id = u.id`,
        [this.signalAlarms.map((s) => s.signalId), this.signalAlarms.map((s) => s.alarmId)],
      )
    }
    // The same timer twice in one statement is refused by the server; the last one counts.
    await setTimers(tx, [...new Map(this.#timers.map((t) => [`${t.kind} ${t.subjectId} ${t.step}`, t])).values()])
    const at = toIso(nowMs)
    if (this.testedDevices.size > 0) {
      const rows = await tx.query<DeviceRow>(
        `update device set tested_at = $2 where id = any($1) returning ${DEVICE_COLUMNS}`,
        [[...this.testedDevices], at],
      )
      for (const body of rows.map(toDevice)) {
        const actor = `device:${body.id}`
        this.#events.push({ kind: 'device', action: 'tested', subjectId: body.id, actor, body })
      }
    }
    await putOutbox(tx, this.outbox)
    for (const alarm of this.#dirtyAlarms.values()) {
      if (alarm.state !== 'raised') await cancelTimers(tx, ANSWER_TIMERS, [alarm.id], at)
    }
    await events.appendAll(tx, this.#events)
    for (const { raise, trouble } of this.#troubles) {
      if (raise) await troubles.raise(tx, trouble)
      else await troubles.restore(tx, trouble.subjectKind, trouble.subjectId, trouble.code)
    }
  }
}
