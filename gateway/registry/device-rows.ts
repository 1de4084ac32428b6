import type { Device, DeviceState, DeviceWrite } from '../../domain/device.ts'
import type { Queryable } from '../store/database.ts'

export interface DeviceRow {
  id: string
  body: DeviceWrite
  state: DeviceState
  last_seen_at: string | null
  battery_pct: number | null
  tested_at: string | null
  has_credential: boolean
  offline_since: string | null
  registered_at: string
}

/** Everything of a device but its credential. */
export const DEVICE_COLUMNS =
  'id, body, state, last_seen_at, battery_pct, tested_at, credential_hash is not null as has_credential, offline_since, registered_at'

export function toDevice(row: DeviceRow): Device {
  const { kind, name, siteId, spot, lng, lat, power, supervisionS, jurisdiction } = row.body
  return {
    id: row.id,
    kind,
    name,
    siteId,
    spot,
    lng,
    lat,
    power,
    state: row.state,
    lastSeenAt: row.last_seen_at,
    batteryPct: row.battery_pct,
    hasCredential: row.has_credential,
    testedAt: row.tested_at,
    supervisionS: supervisionS ?? null,
    offlineSince: row.offline_since,
    registeredAt: row.registered_at,
    ...(jurisdiction ? { jurisdiction } : {}),
  }
}

export async function readDevice(database: Queryable, id: string): Promise<DeviceRow | null> {
  const rows = await database.query<DeviceRow>(`select ${DEVICE_COLUMNS} from device where id = $1`, [id])
  return rows[0] ?? null
}
