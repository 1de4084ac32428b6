import { notThere } from '../registry/paging.ts'
import type { Database } from '../store/database.ts'
import { readCamera, type CameraRow } from './camera-row.ts'

/** @throws Fault `not-found` */
export async function knownCamera(database: Database, id: string): Promise<CameraRow> {
  const row = await readCamera(database, id)
  if (!row) throw notThere('camera', id)
  return row
}
