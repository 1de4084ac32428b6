import type { Assignment } from '../../domain/assignment.ts'
import type { CrewNote } from '../../domain/wire/crew.ts'
import type { Queryable } from '../store/database.ts'

/** The newest; a crew on its way reads no novel. */
const NOTES_MAX = 20

export async function lastEndedAssignment(database: Queryable, patrolId: string): Promise<Assignment | null> {
  const rows = await database.query<{ body: Assignment }>(
    'select body from assignment where patrol_id = $1 and ended order by ordered_at desc, id desc limit 1',
    [patrolId],
  )
  return rows[0]?.body ?? null
}

/** What the desk has written into the incident, and to this crew; messages to other crews are left out. Oldest first. */
export async function notesForCrew(database: Queryable, incidentId: string, patrolId: string): Promise<CrewNote[]> {
  const rows = await database.query<{
    n: number
    at: string
    actor: string
    text: string | null
    message_id: string | null
    is_confirmed: boolean
  }>(
    `select e.n, e.at, e.actor, e.body->>'text' as text, e.body->>'messageId' as message_id,
            exists (select 1 from event c where c.incident_id = $1 and c.kind = 'note'
                      and c.action = 'message-confirmed' and c.body->>'messageId' = e.body->>'messageId') as is_confirmed
       from event e
      where e.incident_id = $1 and e.kind = 'note'
        and (e.action = 'written' or (e.action = 'messaged' and e.body->>'patrolId' = $2))
      order by e.n desc limit $3`,
    [incidentId, patrolId, NOTES_MAX],
  )
  return rows.reverse().map((row) => ({
    n: row.n,
    at: row.at,
    by: row.actor,
    text: row.text ?? '',
    messageId: row.message_id,
    isConfirmed: row.is_confirmed,
  }))
}
