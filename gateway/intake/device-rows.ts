import type { DeviceKind } from '../../domain/device.ts'
import type { Queryable } from '../store/database.ts'

/** What the intake needs of table `device`. */
export interface DeviceRow {
  id: string
  kind: DeviceKind
  hash: Buffer | null
  /** RFC 3339 */
  changedAt: string
}

const COLUMNS = 'id, kind, credential_hash as hash, changed_at as "changedAt"'

/** Devices changed at or after `since`, oldest change first. */
export function changedDevices(database: Queryable, since: string): Promise<DeviceRow[]> {
  return database.query<DeviceRow>(`select ${COLUMNS} from device where changed_at >= $1 order by changed_at`, [since])
}

export function askDevices(database: Queryable, ids: readonly string[]): Promise<DeviceRow[]> {
  return database.query<DeviceRow>(`select ${COLUMNS} from device where id = any($1::text[])`, [ids])
}

export async function countDevices(database: Queryable): Promise<number> {
  const rows = await database.query<{ n: number }>('select count(*) as n from device')
  return rows[0]?.n ?? 0
}
