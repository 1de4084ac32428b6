import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { JournalRecord } from '../intake/journal/format.ts'
import { applySignal, type SignalContext } from './apply-signal.ts'
import { Effects } from './effects.ts'
import { readRecord, unregistered } from './read-record.ts'
import { isSelfTest } from './self-watch.ts'

/** Signals remembered so that a repetition is not shown twice; a whole city pressing at once has fewer. */
const SEEN_MAX = 20_000

/**
 * Alarms that are known but not stored, because the database is away. They are made by the very rules that will store them, so each
 * has the id that its stored alarm will have, and the event of that alarm replaces it on every desk.
 */
export class Provisional {
  readonly #state: CentreState
  readonly #clock: Clock
  readonly #centre: [number, number]
  /** Those that stand, by device. */
  readonly #alarms = new Map<string, Alarm>()
  /** Those that desks were shown and no stored alarm has replaced, by id, with the journals that still have to say so. */
  readonly #shown = new Map<string, { alarm: Alarm; journals: Set<string> }>()
  readonly #seen = new Set<string>()
  /** That each will open, by alarm: where it is and who should go can be worked out without its number. */
  readonly #incidents = new Map<string, Incident>()

  readonly #drillAt

  constructor(deps: {
    state: CentreState
    clock: Clock
    centre: [number, number]
    drillAt?: SignalContext['drillAt']
  }) {
    this.#drillAt = deps.drillAt
    this.#state = deps.state
    this.#clock = deps.clock
    this.#centre = deps.centre
  }

  /** Those that stand, for the snapshot of a desk that comes now. */
  get alarms(): Alarm[] {
    return [...this.#alarms.values()]
  }

  /** The alarm as memory has it, provisional or stored. */
  find(id: string): Alarm | undefined {
    for (const alarm of this.#alarms.values()) if (alarm.id === id) return alarm
    return this.#state.alarms.get(id)
  }

  /** The incident of an alarm that memory knows, also when it is not open yet; null: it has none (a test). */
  incidentOf(alarm: Alarm): Incident | null {
    const stored = alarm.incidentId === null ? undefined : this.#state.incidents.get(alarm.incidentId)
    return stored ?? this.#incidents.get(alarm.id) ?? null
  }

  /** @returns the alarm to show, or null when the signal raises or changes none */
  take(journal: string, record: JournalRecord): Alarm | null {
    if (isSelfTest(record)) return null
    const { decoded, eventId } = readRecord(record)
    if (!this.#isNew(record.deviceId, eventId)) return null
    const device = this.#state.devices.get(record.deviceId) ?? unregistered(record)
    const before = this.#alarmOf(device.id)
    const effects = new Effects()
    if (before) effects.alarms.set(device.id, before)
    for (const incident of this.#state.incidents.values()) effects.incidents.set(incident.id, incident)
    const ctx = {
      state: this.#state,
      effects,
      centre: this.#centre,
      nowMs: this.#clock.nowMs(),
      drillAt: this.#drillAt,
    }
    applySignal(ctx, { signalId: 0, device, eventId, receivedAtMs: record.receivedAtMs, decoded })
    const after = effects.alarms.get(device.id)
    if (!after || after === before) return null
    // The incident that it will belong to has no number yet; a desk shows the alarm alone.
    const alarm: Alarm = { ...after, incidentId: before?.incidentId ?? null, provisional: true }
    this.#alarms.set(device.id, alarm)
    const incident = after.incidentId === null ? undefined : effects.incidents.get(after.incidentId)
    if (incident) this.#incidents.set(alarm.id, incident)
    const journals = this.#shown.get(alarm.id)?.journals ?? new Set()
    this.#shown.set(alarm.id, { alarm, journals: journals.add(journal) })
    return alarm
  }

  /** These have taken effect: a device that did not hear us and says it again during an outage raises nothing. */
  taken(records: readonly JournalRecord[]): void {
    for (const record of records) this.#isNew(record.deviceId, readRecord(record).eventId)
  }

  /**
   * Everything of this journal that was shown has been offered to the database. What no stored alarm has replaced was a repetition of a signal
   * older than our memory: it is not an alarm, and no later snapshot may show it. What another journal has shown as well waits for that one.
   * @returns those, for whoever has shown them
   */
  settle(journal: string): Alarm[] {
    const ghosts: Alarm[] = []
    for (const { alarm, journals } of this.#shown.values()) {
      if (!journals.delete(journal) || journals.size > 0) continue
      ghosts.push(alarm)
      this.#shown.delete(alarm.id)
      this.#incidents.delete(alarm.id)
      if (this.#alarms.get(alarm.deviceId)?.id === alarm.id) this.#alarms.delete(alarm.deviceId)
    }
    return ghosts
  }

  #isNew(deviceId: string, eventId: string): boolean {
    const key = `${deviceId} ${eventId}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    if (this.#seen.size > SEEN_MAX) for (const oldest of this.#seen) if (this.#seen.delete(oldest)) break
    return true
  }

  #alarmOf(deviceId: string): Alarm | undefined {
    const provisional = this.#alarms.get(deviceId)
    if (provisional) return provisional
    for (const alarm of this.#state.alarms.values()) if (alarm.deviceId === deviceId) return alarm
    return undefined
  }

  /** The stored alarm has come. */
  onEvent(event: LogEvent): void {
    if (event.kind !== 'alarm') return
    const { deviceId } = event.body as Pick<Alarm, 'deviceId'>
    this.#alarms.delete(deviceId)
    this.#shown.delete(event.subjectId)
    this.#incidents.delete(event.subjectId)
  }
}
