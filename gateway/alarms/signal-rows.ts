import { toIso } from '../../domain/clock.ts'
import type { DeviceKind } from '../../domain/device.ts'
import type { Signal } from '../../domain/wire/http.ts'
import { signalRows } from '../live/visible-rows.ts'
import type { Who } from '../live/visibility.ts'
import type { Queryable, Tx } from '../store/database.ts'

export interface SignalInput {
  deviceKind: DeviceKind
  deviceId: string
  eventId: string
  receivedAtMs: number
  raw: Uint8Array
  readable: boolean
}

export interface StoredSignal {
  signalId: number
  isNew: boolean
  alarmId: string | null
}

/**
 * Stores what is new; the same `(device, event id)` is one signal forever.
 * @returns for each `"{deviceId} {eventId}"` its row
 */
export async function insertSignals(tx: Tx, signals: readonly SignalInput[]): Promise<Map<string, StoredSignal>> {
  const inserted = await tx.query<{ id: number; device_id: string; event_id: string }>(
    `insert into signal (device_id, device_kind, event_id, received_at, raw, readable)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[], $6::boolean[])
     on conflict (device_id, event_id) do nothing returning id, device_id, event_id`,
    [
      signals.map((s) => s.deviceId),
      signals.map((s) => s.deviceKind),
      signals.map((s) => s.eventId),
      signals.map((s) => toIso(s.receivedAtMs)),
      signals.map((s) => Buffer.from(s.raw)),
      signals.map((s) => s.readable),
    ],
  )
  const rows = new Map<string, StoredSignal>()
  for (const row of inserted) {
    rows.set(`${row.device_id} ${row.event_id}`, { signalId: row.id, isNew: true, alarmId: null })
  }
  const known = signals.filter((s) => !rows.has(`${s.deviceId} ${s.eventId}`))
  if (known.length === 0) return rows
  const earlier = await tx.query<{ id: number; device_id: string; event_id: string; alarm_id: string | null }>(
    `select id, device_id, event_id, alarm_id from signal
      where (device_id, event_id) in (select * from unnest($1::text[], $2::text[]))`,
    [known.map((s) => s.deviceId), known.map((s) => s.eventId)],
  )
  for (const row of earlier) {
    rows.set(`${row.device_id} ${row.event_id}`, { signalId: row.id, isNew: false, alarmId: row.alarm_id })
  }
  return rows
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** As received, oldest first, from the signal after `after` on. */
export async function readSignals(
  database: Queryable,
  filter: { deviceId: string | null; after: number; limit: number; who: Who },
): Promise<Signal[]> {
  const mine = signalRows(filter.who, 4)
  const rows = await database.query<{
    id: number
    device_id: string
    event_id: string
    received_at: string
    raw: Buffer
    readable: boolean
    alarm_id: string | null
  }>(
    `select id, device_id, event_id, received_at, raw, readable, alarm_id from signal
      where id > $1 and ($2::text is null or device_id = $2) and ${mine.where} order by id limit $3`,
    [filter.after, filter.deviceId, filter.limit, ...mine.params],
  )
  return rows.map((row) => ({
    id: String(row.id),
    deviceId: row.device_id,
    eventId: row.event_id,
    receivedAt: row.received_at,
    raw: textOf(row.raw),
    rawBase64: row.raw.toString('base64'),
    readable: row.readable,
    alarmId: row.alarm_id,
  }))
}

function textOf(raw: Buffer): string | null {
  try {
    return UTF8.decode(raw)
  } catch {
    // Not UTF-8: the base64 beside it has the bytes.
    return null
  }
}
