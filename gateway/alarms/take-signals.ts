import { createHash } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Device, DeviceKind } from '../../domain/device.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Decoded } from '../../devices/driver.ts'
import { driverOf } from '../../devices/registry.ts'
import { receipt } from '../dispatch/receipts.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import { DEVICE_COLUMNS, toDevice, type DeviceRow } from '../live/register-rows.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Tx } from '../store/database.ts'
import { lockOpenAlarmsOfDevices } from './alarm-rows.ts'
import { applySignal, JOIN_WITHIN_MS, type NewSignal, type SignalContext } from './apply-signal.ts'
import { Effects } from './effects.ts'
import { lockJoinable } from './incident-rows.ts'
import { lockCursor, moveCursor, type JournalPlace } from './journal-cursor.ts'
import { dayOf, vehicleIdOf } from './open-incident.ts'
import { insertSignals } from './signal-rows.ts'

/** One record of a journal, as the edge wrote it before its PUBACK. */
export interface SignalRecord {
  deviceKind: DeviceKind
  deviceId: string
  receivedAtMs: number
  raw: Uint8Array
  /** Where the record ends: from there on reading continues once it has taken effect. */
  place: JournalPlace
}

export interface TakerDeps {
  events: EventLog
  state: CentreState
  troubles: Troubles
  clock: Clock
  log: Log
  metrics: Metrics
  /** Middle of the district, `[lng, lat]`. */
  centre: [number, number]
}

/**
 * Signals → alarms, incidents, timers, receipts and events, in one transaction with the journal's cursor: each record takes effect
 * exactly once, however often it is offered. Price: about 12 statements for a batch, whatever its size up to 256.
 */
export class SignalTaker {
  readonly #deps: TakerDeps
  readonly #taken
  readonly #repeated
  readonly #unreadable
  readonly #poison

  constructor(deps: TakerDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#taken = metrics.counter('vigil_signals_taken_total', 'Signals that took effect').of()
    this.#repeated = metrics.counter('vigil_signals_repeated_total', 'Signals that had been taken before').of()
    this.#unreadable = metrics.counter('vigil_signals_unreadable_total', 'Signals that could not be read').of()
    this.#poison = metrics.counter('vigil_signals_poison_total', 'Records that could not take effect at all').of()
  }

  /**
   * Takes a batch, oldest first. When the batch as a whole is refused, each record is tried alone, so that one poisonous record
   * never stops the others; that one becomes a trouble, and its bytes stay in the log.
   * @throws Fault `database-away`: nothing has changed, offer the same records again
   */
  async take(journal: string, records: readonly SignalRecord[]): Promise<void> {
    try {
      await this.#takeTogether(journal, records)
    } catch (error) {
      if (isAway(error)) throw error
      this.#deps.log.error('a batch of signals was refused, trying one by one', { journal, reason: reasonOf(error) })
      for (const record of records) await this.#takeAlone(journal, record)
    }
  }

  async #takeAlone(journal: string, record: SignalRecord): Promise<void> {
    try {
      await this.#takeTogether(journal, [record])
    } catch (error) {
      if (isAway(error)) throw error
      this.#poison.add()
      this.#deps.log.error('a signal cannot take effect', {
        journal,
        record: record.place.record,
        device: record.deviceId,
        rawBase64: Buffer.from(record.raw).toString('base64'),
        reason: reasonOf(error),
      })
      await this.#deps.events.transact(async (tx) => {
        await lockCursor(tx, journal)
        await moveCursor(tx, journal, record.place)
        await this.#deps.troubles.raise(tx, {
          subjectKind: 'journal',
          subjectId: journal,
          code: 'poison',
          detail: `record ${record.place.record} of ${record.deviceId} could not take effect: ${reasonOf(error)}`,
        })
      })
    }
  }

  async #takeTogether(journal: string, records: readonly SignalRecord[]): Promise<void> {
    const counts = await this.#deps.events.transact(async (tx) => {
      const cursor = await lockCursor(tx, journal)
      const fresh = records.filter((record) => record.place.record > cursor.record)
      if (fresh.length === 0) return { taken: 0, repeated: 0, unreadable: 0 }
      const result = await this.#effect(tx, fresh)
      await moveCursor(tx, journal, fresh.at(-1)!.place)
      return result
    })
    this.#taken.add(counts.taken)
    this.#repeated.add(counts.repeated)
    this.#unreadable.add(counts.unreadable)
  }

  async #effect(tx: Tx, records: readonly SignalRecord[]) {
    const { state, events, troubles, clock, centre } = this.#deps
    const read = records.map((record) => ({ record, decoded: decode(record), eventId: '' }))
    for (const item of read) item.eventId = item.decoded.eventId ?? hashOf(item.record.raw)
    const stored = await insertSignals(
      tx,
      read.map(({ record, decoded, eventId }) => ({ ...record, eventId, readable: decoded.readable })),
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
        effects.outbox.push(receipt(record, eventId, 'stored', row.alarmId, nowMs))
      }
    }
    if (signals.length > 0) {
      const ctx = await prepare(tx, state, effects, signals, nowMs, centre)
      for (const signal of signals) applySignal(ctx, signal)
    }
    await effects.numberIncidents(tx, dayOf(nowMs))
    await effects.write(tx, events, troubles, nowMs)
    return {
      taken: signals.length,
      repeated: records.length - signals.length,
      unreadable: signals.filter((signal) => !signal.decoded.readable).length,
    }
  }

  /** The registered device; one that the edge knew but that has been removed since is still answered. */
  async #deviceOf(tx: Tx, record: SignalRecord): Promise<Device> {
    const known = this.#deps.state.devices.get(record.deviceId)
    if (known) return known
    const rows = await tx.query<DeviceRow>(`select ${DEVICE_COLUMNS} from device where id = $1`, [record.deviceId])
    return rows[0] ? toDevice(rows[0]) : unregistered(record)
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
  const since = toIso(nowMs - JOIN_WITHIN_MS)
  for (const incident of await lockJoinable(tx, { siteIds, vehicleIds, since }))
    effects.incidents.set(incident.id, incident)
  for (const alarm of await lockOpenAlarmsOfDevices(tx, [...devices.keys()])) effects.alarms.set(alarm.deviceId, alarm)
  return { state, effects, centre, nowMs }
}

function decode(record: SignalRecord): Decoded {
  try {
    return driverOf(record.deviceKind).decodeEvent(record.raw)
  } catch (error) {
    // A driver's bug must not turn a call for help away.
    return { readable: false, eventId: null, reason: reasonOf(error) }
  }
}

function hashOf(raw: Uint8Array): string {
  return 'sha256:' + createHash('sha256').update(raw).digest('hex')
}

function unregistered(record: SignalRecord): Device {
  return {
    id: record.deviceId,
    kind: record.deviceKind,
    name: record.deviceId,
    siteId: null,
    spot: null,
    lng: null,
    lat: null,
    power: 'mains',
    state: 'ready',
    lastSeenAt: null,
    batteryPct: null,
    hasCredential: false,
    testedAt: null,
  }
}

function isAway(error: unknown): boolean {
  return error instanceof Fault && error.code === 'database-away'
}
