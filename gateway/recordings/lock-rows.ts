import type { Queryable, Tx } from '../store/database.ts'

/** For a file `f`: no standing lock covers anything of it. */
export const NOT_LOCKED = `not exists (select 1 from recording r join recording_lock l on l.incident_id = r.incident_id
  where l.released_at is null and r.camera_id = f.camera_id and r.from_at < f.ended_at and r.until_at > f.started_at)`

export interface RecordingLock {
  reason: string
  lockedBy: string
  lockedAt: string
}

/** What a closed incident shows to be real is evidence: locked by the centre until somebody releases it. */
export const REAL_REASON = 'disposition real'

/** Before every deletion: incidents closed as real get their lock, once; one that was released stays released. */
export async function lockRealIncidents(tx: Tx, at: string): Promise<number> {
  return await tx.execute(
    `insert into recording_lock (incident_id, reason, locked_by, locked_at)
     select i.id, $1, 'centre', $2 from incident i
      where i.closed_at is not null and i.body ->> 'disposition' = 'real'
        and exists (select 1 from recording r where r.incident_id = i.id)
     on conflict (incident_id) do nothing`,
    [REAL_REASON, at],
  )
}

export async function lockOf(database: Queryable, incidentId: string): Promise<RecordingLock | null> {
  const rows = await database.query<RecordingLock>(
    `select reason, locked_by as "lockedBy", locked_at as "lockedAt" from recording_lock
      where incident_id = $1 and released_at is null`,
    [incidentId],
  )
  return rows[0] ?? null
}

/** Locks, or locks again with the new reason. */
export async function putLock(tx: Tx, incidentId: string, lock: RecordingLock): Promise<void> {
  await tx.execute(
    `insert into recording_lock (incident_id, reason, locked_by, locked_at) values ($1, $2, $3, $4)
     on conflict (incident_id) do update set reason = excluded.reason, locked_by = excluded.locked_by,
       locked_at = excluded.locked_at, released_at = null`,
    [incidentId, lock.reason, lock.lockedBy, lock.lockedAt],
  )
}

/** @returns false when none stood */
export async function releaseLock(tx: Tx, incidentId: string, at: string): Promise<boolean> {
  const count = await tx.execute(
    'update recording_lock set released_at = $2 where incident_id = $1 and released_at is null',
    [incidentId, at],
  )
  return count > 0
}

/** Locks and deletions wait for each other, so that nothing is deleted under a lock that is just being set. Until the transaction ends. */
export async function lockForDeletion(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(84020)')
}
