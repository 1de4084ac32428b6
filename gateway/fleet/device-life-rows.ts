import type { Device } from '../../domain/device.ts'
import type { Tx } from '../store/database.ts'

/** What was told of devices: state, sign of life, connection. */
export async function saveStates(tx: Tx, devices: readonly Device[]): Promise<void> {
  await tx.execute(
    `update device set state = u.state, last_seen_at = coalesce(u.seen, last_seen_at), offline_since = u.offline
       from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as u(id, state, seen, offline)
      where device.id = u.id`,
    [
      devices.map((d) => d.id),
      devices.map((d) => d.state),
      devices.map((d) => d.lastSeenAt),
      devices.map((d) => d.offlineSince ?? null),
    ],
  )
}

/** When each was last seen, RFC 3339, and its battery; null keeps what the row has. */
export async function saveSeen(
  tx: Tx,
  seen: readonly { id: string; seenAt: string | null; batteryPct: number | null }[],
): Promise<void> {
  await tx.execute(
    `update device set last_seen_at = coalesce(u.seen, last_seen_at), battery_pct = coalesce(u.battery, battery_pct)
       from unnest($1::text[], $2::timestamptz[], $3::real[]) as u(id, seen, battery) where device.id = u.id`,
    [seen.map((one) => one.id), seen.map((one) => one.seenAt), seen.map((one) => one.batteryPct)],
  )
}
