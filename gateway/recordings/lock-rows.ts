import { toIso } from '../../domain/clock.ts'
import type { Queryable, Tx } from '../store/database.ts'
import { RANGE } from './recording-rows.ts'

/** What a closed incident shows to be real is evidence: locked by the centre until somebody releases it. */
export const REAL_REASON = 'disposition real'
const IS_REAL = `i.closed_at is not null and i.body ->> 'disposition' = 'real'`

/**
 * CTE `wanted`: what incidents want of the time from `$1` to `$2`. Locked is also what the centre has still to write a lock for
 * (`lockRealIncidents`); `site_id` and `days` are of the incident's site and null when it has none, or says nothing.
 */
export const WANTED = `wanted as materialized (
  select r.camera_id, ${RANGE} as span, i.id is not null and i.closed_at is null as is_open,
         case when l.incident_id is null then coalesce(${IS_REAL}, false) else l.released_at is null end as is_locked,
         s.id as site_id, (s.body ->> 'recordDays')::int as days
    from recording r left join recording_lock l on l.incident_id = r.incident_id
    left join incident i on i.id = r.incident_id left join site s on s.id = i.body ->> 'siteId'
   where ${RANGE} && tstzrange($1, $2, '[]'))`

/** For a file `f`: nothing of it is wanted by one of those `w` for which this holds. */
export const wantedByNone = (which: string) => `not exists (select 1 from wanted w
  where w.camera_id = f.camera_id and w.span && tstzrange(f.started_at, f.ended_at) and (${which}))`

export interface RecordingLock {
  reason: string
  lockedBy: string
  lockedAt: string
}

/**
 * Writes the locks of incidents that were closed as real, each once; one that was released stays released.
 * @param sinceMs only those that were closed since
 */
export async function lockRealIncidents(database: Queryable, sinceMs: number, at: string): Promise<number> {
  return await database.execute(
    `insert into recording_lock (incident_id, reason, locked_by, locked_at)
     select i.id, $1, 'centre', $2 from incident i
      where i.closed_at > $3 and ${IS_REAL}
        and not exists (select 1 from recording_lock l where l.incident_id = i.id)
        and exists (select 1 from recording r where r.incident_id = i.id)
     on conflict (incident_id) do nothing`,
    [REAL_REASON, at, toIso(sinceMs)],
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
