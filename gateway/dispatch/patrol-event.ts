import type { Assignment } from '../../domain/assignment.ts'
import { isOpenAssignment } from '../../domain/assignment-transitions.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { NewEvent } from '../live/event-log.ts'

/**
 * A patrol's status follows its assignment: the event that shows it, in the same transaction. Not on the
 * incident's timeline, which has the assignment itself. None for a patrol that is gone.
 */
export function patrolEvent(state: CentreState, assignment: Assignment, actor: string): NewEvent[] {
  const patrol = state.patrols.get(assignment.patrolId)
  if (!patrol) return []
  const body = state.patrolNow(patrol, isOpenAssignment(assignment) ? assignment : null)
  return [{ kind: 'patrol', action: body.status, subjectId: patrol.id, actor, body }]
}
