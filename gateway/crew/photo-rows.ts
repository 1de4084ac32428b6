import { Fault } from '../../domain/fault.ts'
import type { Photo } from '../../domain/wire/crew.ts'
import type { Queryable, Tx } from '../store/database.ts'

export interface PhotoRow extends Photo {
  /** Name below the folder of photos. */
  file: string
}

interface Row {
  id: string
  assignment_id: string
  incident_id: string
  patrol_id: string
  file: string
  type: Photo['type']
  bytes: number
  width_px: number
  height_px: number
  tapped_at: string | null
  received_at: string
}

export async function readPhoto(database: Queryable, id: string): Promise<PhotoRow | null> {
  const rows = await database.query<Row>('select * from photo where id = $1', [id])
  return rows[0] ? toPhoto(rows[0]) : null
}

/** @throws Fault `not-found` */
export async function photoOf(database: Queryable, id: string): Promise<PhotoRow> {
  const photo = await readPhoto(database, id)
  if (!photo) throw new Fault('not-found', 'there is no such photo', { kind: 'photo', id })
  return photo
}

export async function countPhotos(database: Queryable, assignmentId: string): Promise<number> {
  const rows = await database.query<{ n: number }>('select count(*)::int as n from photo where assignment_id = $1', [
    assignmentId,
  ])
  return rows[0]!.n
}

export async function insertPhoto(tx: Tx, photo: PhotoRow): Promise<void> {
  await tx.execute(
    `insert into photo (id, assignment_id, incident_id, patrol_id, file, type, bytes, width_px, height_px, tapped_at, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      photo.id,
      photo.assignmentId,
      photo.incidentId,
      photo.patrolId,
      photo.file,
      photo.type,
      photo.bytes,
      photo.widthPx,
      photo.heightPx,
      photo.tappedAt,
      photo.receivedAt,
    ],
  )
}

function toPhoto(row: Row): PhotoRow {
  return {
    id: row.id,
    assignmentId: row.assignment_id,
    incidentId: row.incident_id,
    patrolId: row.patrol_id,
    file: row.file,
    type: row.type,
    bytes: row.bytes,
    widthPx: row.width_px,
    heightPx: row.height_px,
    tappedAt: row.tapped_at,
    receivedAt: row.received_at,
  }
}
