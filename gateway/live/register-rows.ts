import type { Device, DeviceWrite } from '../../domain/device.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { Queryable } from '../store/database.ts'

export type Vehicle = Pick<VehicleNow, 'id' | 'kind' | 'name' | 'plate'>

/** Whole entities that are nothing but their body. */
export async function readRegister<T>(database: Queryable, table: 'site' | 'zone' | 'patrol'): Promise<T[]> {
  const rows = await database.query<{ body: T }>(`select body from ${table} order by id`)
  return rows.map((row) => row.body)
}

export async function readVehicles(database: Queryable): Promise<Vehicle[]> {
  const rows = await database.query<{
    id: string
    kind: Vehicle['kind']
    body: { name: string; plate: string | null }
  }>('select id, kind, body from vehicle order by id')
  return rows.map((row) => ({ id: row.id, kind: row.kind, name: row.body.name, plate: row.body.plate ?? null }))
}

export interface DeviceRow {
  id: string
  body: DeviceWrite
  state: Device['state']
  last_seen_at: string | null
  battery_pct: number | null
  tested_at: string | null
  has_credential: boolean
}

export const DEVICE_COLUMNS = `id, body, state, last_seen_at, battery_pct, tested_at, credential_hash is not null as has_credential`

export function toDevice(row: DeviceRow): Device {
  return {
    ...row.body,
    state: row.state,
    lastSeenAt: row.last_seen_at,
    batteryPct: row.battery_pct,
    hasCredential: row.has_credential,
    testedAt: row.tested_at,
  }
}

export async function readDevices(database: Queryable): Promise<Device[]> {
  return (await database.query<DeviceRow>(`select ${DEVICE_COLUMNS} from device order by id`)).map(toDevice)
}
