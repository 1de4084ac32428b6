import type { DeviceKind } from '../../domain/device.ts'
import type { CommandPayload, ReceiptPayload } from '../../domain/wire/mqtt.ts'
import type { Queryable, Tx } from '../store/database.ts'

export type OutboxMessage = {
  deviceKind: DeviceKind
  deviceId: string
  /** Not sent after this. */
  expiresAt: string
} & ({ channel: 'command'; payload: CommandPayload } | { channel: 'receipt'; payload: ReceiptPayload })

/** Written with their cause, sent after the commit: what a device is told has really happened. */
export async function putOutbox(tx: Tx, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return
  await tx.execute(
    `insert into outbox (device_kind, device_id, channel, payload, expires_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[])`,
    [
      messages.map((m) => m.deviceKind),
      messages.map((m) => m.deviceId),
      messages.map((m) => m.channel),
      messages.map((m) => JSON.stringify(m.payload)),
      messages.map((m) => m.expiresAt),
    ],
  )
}

export interface Unsent {
  id: number
  device_kind: DeviceKind
  device_id: string
  channel: 'command' | 'receipt'
  payload: Record<string, unknown>
}

export async function readUnsent(database: Queryable, limit: number, now: string): Promise<Unsent[]> {
  return await database.query<Unsent>(
    `select id, device_kind, device_id, channel, payload from outbox
      where sent_at is null and (expires_at is null or expires_at > $2) order by id limit $1`,
    [limit, now],
  )
}

export async function markSent(database: Queryable, ids: readonly number[], now: string): Promise<void> {
  if (ids.length > 0) await database.execute('update outbox set sent_at = $2 where id = any($1)', [ids, now])
}

/** The newest receipt of each press of these devices is unsent again, unless it has expired. @returns how many */
export async function putAgain(database: Queryable, deviceIds: readonly string[], now: string): Promise<number> {
  if (deviceIds.length === 0) return 0
  return await database.execute(
    `update outbox set sent_at = null
      where sent_at is not null and id in (
        select max(id) from outbox
         where channel = 'receipt' and device_id = any($1) and (expires_at is null or expires_at > $2)
         group by device_id, payload->>'id')`,
    [deviceIds, now],
  )
}

/** Removes what nobody waits for any more. @returns how many had never been sent */
export async function dropExpired(database: Queryable, now: string, sentBefore: string): Promise<number> {
  const unsent = await database.execute('delete from outbox where sent_at is null and expires_at <= $1', [now])
  await database.execute('delete from outbox where sent_at < $1', [sentBefore])
  return unsent
}
