import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Me } from '../../domain/officer.ts'

/**
 * What the Enter key would do for the alarm in the panel: `acknowledge`, then `dispatch`; nothing once a patrol is under
 * way, nothing while somebody else is handling it; `finish`, the form to close it, when the crews have cleared.
 */
export type Stage = 'none' | 'acknowledge' | 'dispatch' | 'underway' | 'finish' | 'others' | 'closed'

/** As the domain's `OPEN_ASSIGNMENT_STATES`; written out because the schemas beside it would come into the first load. */
const OPEN: ReadonlySet<Assignment['state']> = new Set(['ordered', 'accepted', 'enRoute', 'onScene'])

export function isOpenAssignment(assignment: Assignment): boolean {
  return OPEN.has(assignment.state)
}

/** Only what has been answered, and never the first priority; the centre checks it again. */
export function canShelve(alarm: Alarm | undefined): boolean {
  const isAnswered = alarm?.state === 'acknowledged' || alarm?.state === 'classified'
  return alarm !== undefined && isAnswered && alarm.priority > 1 && !alarm.shelved
}

export function isMine(owner: string | null, me: Me | null): boolean {
  return owner !== null && me !== null && (owner === me.username || owner === me.id)
}

export function stageOf(
  alarm: Alarm | undefined,
  incident: Incident | undefined,
  assignments: readonly Assignment[],
  me: Me | null,
): Stage {
  if (!alarm && !incident) return 'none'
  if (incident?.state === 'closed' || incident?.state === 'merged') return 'closed'
  if (!incident && alarm?.state === 'closed') return 'closed'
  if (alarm?.state === 'raised') return 'acknowledge'
  if (alarm?.provisional && alarm.radioOrders?.length) return 'underway'
  if (assignments.some(isOpenAssignment) || incident?.state === 'controlled') return 'underway'
  const owner = alarm?.owner ?? incident?.owner ?? null
  if (owner !== null && !isMine(owner, me)) return 'others'
  // A key that is pressed out of habit must not send a second car to a scene that has been dealt with.
  return assignments.some((assignment) => assignment.state === 'cleared') ? 'finish' : 'dispatch'
}
