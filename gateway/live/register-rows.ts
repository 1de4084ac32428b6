import type { Device } from '../../domain/device.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import { DEVICE_COLUMNS, toDevice, type DeviceRow } from '../registry/device-rows.ts'
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

export async function readDevices(database: Queryable): Promise<Device[]> {
  return (await database.query<DeviceRow>(`select ${DEVICE_COLUMNS} from device order by id`)).map(toDevice)
}
