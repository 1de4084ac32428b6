import { toIso } from '../../domain/clock.ts'
import type { PtzPosition } from '../../devices/camera/onvif-profiles.ts'
import type { Queryable } from '../store/database.ts'

/** A camera that an alarm has turned. */
export interface TurnedCamera {
  cameraId: string
  incidentId: string
  /** Null: it did not tell; then it goes home. */
  earlier: PtzPosition | null
  /** Wall clock. */
  untilMs: number
}

export async function saveTurned(tx: Queryable, turned: TurnedCamera): Promise<void> {
  await tx.execute(
    `insert into camera_slew (camera_id, incident_id, earlier, until) values ($1, $2, $3::jsonb, $4)
     on conflict (camera_id) do update set incident_id = excluded.incident_id, until = excluded.until`,
    [
      turned.cameraId,
      turned.incidentId,
      turned.earlier === null ? null : JSON.stringify(turned.earlier),
      toIso(turned.untilMs),
    ],
  )
  await tx.execute('update camera set turned_to = $2 where id = $1', [turned.cameraId, turned.incidentId])
}

export async function forgetTurned(tx: Queryable, cameraId: string): Promise<void> {
  await tx.execute('update camera set turned_to = null where id = $1', [cameraId])
  await tx.execute('delete from camera_slew where camera_id = $1', [cameraId])
}

/** At most as many as there are cameras that turn. */
export async function readTurned(database: Queryable): Promise<TurnedCamera[]> {
  const rows = await database.query<{
    camera_id: string
    incident_id: string
    earlier: PtzPosition | null
    until: string
  }>('select * from camera_slew')
  return rows.map((row) => ({
    cameraId: row.camera_id,
    incidentId: row.incident_id,
    earlier: row.earlier,
    untilMs: Date.parse(row.until),
  }))
}
