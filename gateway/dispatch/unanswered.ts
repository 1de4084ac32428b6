import type { Assignment } from '../../domain/assignment.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'

/** Absent in a part that has no roads: then nobody is named. */
export interface NextPatrol {
  state?: CentreState
  recommend?: (incident: Incident) => Recommendation
}

/**
 * An order that nobody accepted in time: it is marked, stays valid, and the timeline names whom to send next. Takes no lock but the order's
 * own row, so that it cannot wait for a desk that waits for it.
 * @returns nothing when somebody answered in this very moment
 */
export async function markUnanswered(
  tx: Tx,
  { clock, state, recommend }: NextPatrol & { clock: Clock },
  assignmentId: string,
): Promise<NewEvent[]> {
  const known = state?.assignments.get(assignmentId)
  const incident = known && state?.incidents.get(known.incidentId)
  // As of now: the silent one is not free, so the best free one is another.
  const shown = incident && recommend?.(incident)
  const next = shown?.candidates.find(({ patrolId }) => patrolId === shown.chosen)
  const unanswered = { at: toIso(clock.nowMs()), nextPatrolId: next?.patrolId ?? null }
  const rows = await tx.query<{ body: Assignment }>(
    `update assignment set body = body || $2::jsonb where id = $1 and state = 'ordered' returning body`,
    [assignmentId, JSON.stringify({ unanswered })],
  )
  const assignment = rows[0]?.body
  if (!assignment) return []
  const { id: subjectId, incidentId } = assignment
  const events: NewEvent[] = [
    { kind: 'assignment', action: 'unanswered', subjectId, incidentId, actor: 'centre', body: assignment },
  ]
  if (next) {
    const { patrolId, callsign, etaS } = next
    const body = { text: callsign, patrolId, etaS, insteadOf: assignment.patrolId }
    events.push({ kind: 'note', action: 'next-offered', subjectId, incidentId, actor: 'centre', body })
  }
  return events
}
