import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { receipt } from '../dispatch/receipts.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import { readDevice, toDevice } from '../registry/device-rows.ts'
import type { Troubles } from '../live/troubles.ts'
import type { JournalCursor } from '../intake/journal/reader.ts'
import type { JournalRecord } from '../intake/journal/format.ts'
import type { Tx } from '../store/database.ts'
import { lockOpenAlarmsOfDevices } from './alarm-rows.ts'
import { applySignal, JOIN_WITHIN_MS, type NewSignal, type SignalContext } from './apply-signal.ts'
import { Effects } from './effects.ts'
import { lockJoinable } from './incident-rows.ts'
import { lockCursor, moveCursor } from './journal-cursor.ts'
import { readRecord, unregistered } from './read-record.ts'
import { RepeatPace } from './repeat-pace.ts'
import { isSelfTest } from './self-watch.ts'
import { dayOf, vehicleIdOf } from './open-incident.ts'
import { insertSignals } from './signal-rows.ts'

export interface TakerDeps {
  events: EventLog
  state: CentreState
  troubles: Troubles
  clock: Clock
  log: Log
  metrics: Metrics
  /** Answers that wait for the alarms that are stored now. */
  decisions?: { mergeInto(tx: Tx, alarmIds: ReadonlySet<string>): Promise<void> }
  drillAt?: SignalContext['drillAt']
  /** Middle of the district, `[lng, lat]`. */
  centre: [number, number]
}

const NOTHING = { taken: 0, repeated: 0, unreadable: 0, quietAlarms: [] as string[] }

/**
 * Signals → alarms, incidents, timers, receipts and events, in one transaction with the journal's cursor: each record takes effect
 * exactly once, however often it is offered. Price: about 12 statements for a batch, whatever its size up to 256.
 */
export class SignalTaker {
  /** To be started and stopped by its owner. */
  readonly repeats: RepeatPace
  readonly #deps: TakerDeps
  readonly #taken
  readonly #repeated
  readonly #unreadable
  readonly #poison

  constructor(deps: TakerDeps) {
    this.#deps = deps
    this.repeats = new RepeatPace(deps)
    const { metrics } = deps
    this.#taken = metrics.counter('vigil_signals_taken_total', 'Signals that took effect').of()
    this.#repeated = metrics.counter('vigil_signals_repeated_total', 'Signals that had been taken before').of()
    this.#unreadable = metrics.counter('vigil_signals_unreadable_total', 'Signals that could not be read').of()
    this.#poison = metrics.counter('vigil_signals_poison_total', 'Records that could not take effect at all').of()
  }

  /**
   * Takes a batch, oldest first. When the batch as a whole is refused, each record is tried alone, so that one poisonous record
   * never stops the others; that one becomes a trouble, and its bytes stay in the log.
   * @param next where the reader goes on after these records
   * @throws Fault `database-away` or the server's own error: nothing has changed, offer the same records again
   */
  async take(journal: string, records: readonly JournalRecord[], next: JournalCursor): Promise<void> {
    try {
      await this.#takeTogether(journal, records, next)
    } catch (error) {
      if (!isAboutTheRecord(error)) throw error
      this.#deps.log.error('a batch of signals was refused, trying one by one', { journal, reason: reasonOf(error) })
      for (const record of records) await this.#takeAlone(journal, record)
      await this.#takeTogether(journal, [], next)
    }
  }

  async #takeAlone(journal: string, record: JournalRecord): Promise<void> {
    try {
      await this.#takeTogether(journal, [record], null)
    } catch (error) {
      if (!isAboutTheRecord(error)) throw error
      this.#poison.add()
      this.#deps.log.error('a signal cannot take effect', {
        journal,
        record: record.number,
        device: record.deviceId,
        rawBase64: record.payload.toString('base64'),
        reason: reasonOf(error),
      })
      await this.#deps.events.transact(async (tx) => {
        const cursor = await lockCursor(tx, journal)
        await moveCursor(tx, journal, { ...cursor, record: record.number })
        await this.#deps.troubles.raise(tx, {
          subjectKind: 'journal',
          subjectId: journal,
          code: 'poison',
          detail: `record ${record.number} of ${record.deviceId} could not take effect: ${reasonOf(error)}`,
        })
      })
    }
  }

  async #takeTogether(journal: string, records: readonly JournalRecord[], next: JournalCursor | null): Promise<void> {
    const counts = await this.#deps.events.transact(async (tx) => {
      const cursor = await lockCursor(tx, journal)
      const fresh = records.filter((record) => record.number > cursor.record)
      const calls = fresh.filter((one) => !isSelfTest(one))
      const result = calls.length === 0 ? NOTHING : await this.#effect(tx, calls)
      const record = Math.max(cursor.record, fresh.at(-1)?.number ?? 0)
      // Alone, the reader stays where it is; the record's number keeps it from taking effect twice.
      if (next === null) await moveCursor(tx, journal, { ...cursor, record })
      else if (next.record >= cursor.record) await moveCursor(tx, journal, next)
      return result
    })
    this.#taken.add(counts.taken)
    this.#repeated.add(counts.repeated)
    this.#unreadable.add(counts.unreadable)
    this.repeats.later(counts.quietAlarms)
  }

  async #effect(tx: Tx, records: readonly JournalRecord[]) {
    const { state, events, troubles, clock, centre } = this.#deps
    const read = records.map((record) => ({ record, ...readRecord(record) }))
    const stored = await insertSignals(
      tx,
      read.map(({ record, decoded, eventId }) => ({
        deviceKind: record.kind,
        deviceId: record.deviceId,
        eventId,
        receivedAtMs: record.receivedAtMs,
        raw: record.payload,
        readable: decoded.readable,
      })),
    )
    const effects = new Effects()
    const nowMs = clock.nowMs()
    const signals: NewSignal[] = []
    for (const { record, decoded, eventId } of read) {
      const key = `${record.deviceId} ${eventId}`
      const row = stored.get(key)
      if (!row) continue
      // The first of two equal records in one batch is the new one.
      stored.set(key, { ...row, isNew: false })
      if (row.isNew) {
        const device = await this.#deviceOf(tx, record)
        signals.push({ signalId: row.signalId, device, eventId, receivedAtMs: record.receivedAtMs, decoded })
      } else {
        // The device did not hear us the first time: the light on its button is lit again, nothing else happens.
        const owner = { deviceKind: record.kind, deviceId: record.deviceId }
        effects.outbox.push(receipt(owner, eventId, 'stored', row.alarmId, nowMs))
      }
    }
    if (signals.length > 0) {
      const ctx = {
        ...(await prepare(tx, state, effects, signals, nowMs, centre)),
        drillAt: this.#deps.drillAt,
        mayTell: (deviceId: string) => this.repeats.mayTell(deviceId),
      }
      for (const signal of signals) applySignal(ctx, signal)
    }
    await effects.numberIncidents(tx, dayOf(nowMs))
    await effects.write(tx, events, troubles, nowMs)
    await this.#deps.decisions?.mergeInto(tx, new Set([...effects.alarms.values()].map(({ id }) => id)))
    return {
      taken: signals.length,
      quietAlarms: effects.quietAlarms,
      repeated: records.length - signals.length,
      unreadable: signals.filter((signal) => !signal.decoded.readable).length,
    }
  }

  /** The registered device; one that the edge knew but that has been removed since is still answered. */
  async #deviceOf(tx: Tx, record: JournalRecord): Promise<Device> {
    const known = this.#deps.state.devices.get(record.deviceId)
    if (known) return known
    const row = await readDevice(tx, record.deviceId)
    return row ? toDevice(row) : unregistered(record)
  }
}

async function prepare(
  tx: Tx,
  state: CentreState,
  effects: Effects,
  signals: readonly NewSignal[],
  nowMs: number,
  centre: [number, number],
): Promise<SignalContext> {
  const devices = new Map(signals.map((signal) => [signal.device.id, signal.device]))
  const vehicleIds = [...devices.values()].map((d) => vehicleIdOf(d)).filter((id) => id !== null)
  const siteIds = [...devices.values()].map((d) => d.siteId).filter((id) => id !== null)
  const deviceIds = [...devices.keys()]
  const since = toIso(nowMs - JOIN_WITHIN_MS)
  for (const incident of await lockJoinable(tx, { siteIds, vehicleIds, deviceIds, since }))
    effects.incidents.set(incident.id, incident)
  for (const alarm of await lockOpenAlarmsOfDevices(tx, [...deviceIds, ...inDrill(state, siteIds)]))
    effects.alarms.set(alarm.deviceId, alarm)
  return { state, effects, centre, nowMs }
}

/** Devices of these sites whose alarm is marked as part of a drill: a press of another device takes the mark away. */
function inDrill(state: CentreState, siteIds: readonly string[]): string[] {
  const marked: string[] = []
  for (const alarm of state.alarms.values()) {
    if (alarm.drill && alarm.siteId !== null && siteIds.includes(alarm.siteId)) marked.push(alarm.deviceId)
  }
  return marked
}

/**
 * Is it this record's own fault? A value that the server refuses (SQLSTATE class 22 or 23) or a bug that it walks into. Everything
 * else (away, disk full, a table that is not there) would refuse every record: then nothing may be skipped.
 */
function isAboutTheRecord(error: unknown): boolean {
  if (error instanceof Fault) return error.code !== 'database-away'
  const { code } = error as { code?: unknown }
  return typeof code !== 'string' || /^2[23]/.test(code)
}
