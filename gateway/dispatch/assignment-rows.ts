import type { Assignment } from '../../domain/assignment.ts'
import { isOpenAssignment } from '../../domain/assignment-transitions.ts'
import { Fault } from '../../domain/fault.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { Queryable, Tx } from '../store/database.ts'

export async function insertAssignment(
  tx: Tx,
  assignment: Assignment,
  recommendation: Recommendation,
  overrideReason: string | null,
): Promise<void> {
  await tx.execute(
    `insert into assignment (id, incident_id, patrol_id, state, body, recommendation, override_reason, ordered_at, ended)
     values ($1, $2, $3, $4, $5, $6, $7, $8, false)`,
    [
      assignment.id,
      assignment.incidentId,
      assignment.patrolId,
      assignment.state,
      JSON.stringify(assignment),
      JSON.stringify(recommendation),
      overrideReason,
      assignment.orderedAt,
    ],
  )
}

export async function saveAssignment(tx: Tx, assignment: Assignment): Promise<void> {
  await tx.execute('update assignment set state = $2, body = $3, ended = $4 where id = $1', [
    assignment.id,
    assignment.state,
    JSON.stringify(assignment),
    !isOpenAssignment(assignment),
  ])
}

/** @throws Fault `not-found` */
export async function readAssignment(database: Queryable, id: string): Promise<Assignment> {
  const rows = await database.query<{ body: Assignment }>('select body from assignment where id = $1', [id])
  if (!rows[0]) throw new Fault('not-found', 'there is no such order', { kind: 'assignment', id })
  return rows[0].body
}

export async function assignmentsOfIncident(database: Queryable, incidentId: string): Promise<Assignment[]> {
  const rows = await database.query<{ body: Assignment }>(
    'select body from assignment where incident_id = $1 order by ordered_at, id',
    [incidentId],
  )
  return rows.map((row) => row.body)
}

/** All orders of the incidents that are open. */
export async function assignmentsOfOpenIncidents(database: Queryable): Promise<Assignment[]> {
  const rows = await database.query<{ body: Assignment }>(
    `select a.body from assignment a join incident i on i.id = a.incident_id
      where i.closed_at is null or not a.ended order by a.id`,
  )
  return rows.map((row) => row.body)
}

export async function openAssignmentOfPatrol(tx: Tx, patrolId: string): Promise<Assignment | null> {
  const rows = await tx.query<{ body: Assignment }>('select body from assignment where patrol_id = $1 and not ended', [
    patrolId,
  ])
  return rows[0]?.body ?? null
}

/** What the officer was shown with the newest order of the incident. */
export async function storedRecommendation(database: Queryable, incidentId: string): Promise<Recommendation | null> {
  const rows = await database.query<{ recommendation: Recommendation | null }>(
    'select recommendation from assignment where incident_id = $1 order by ordered_at desc, id desc limit 1',
    [incidentId],
  )
  return rows[0]?.recommendation ?? null
}
