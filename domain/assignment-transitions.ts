import type { Assignment } from './assignment.ts'
import { OPEN_ASSIGNMENT_STATES } from './assignment.ts'
import { Fault } from './fault.ts'
import type { Patrol, PatrolStatus } from './patrol.ts'

/** What may happen to an order. `at` is our clock, RFC 3339. */
export type AssignmentAction =
  | { do: 'accept' | 'en-route'; at: string }
  | { do: 'clear'; at: string; note?: string | null }
  | { do: 'on-scene'; at: string; arrival: NonNullable<Assignment['arrival']> }
  | { do: 'decline' | 'cancel' | 'divert'; at: string; reason: string | null }

/** How far an order has come; steps may be skipped forwards (a crew that only taps "on scene"), never backwards. */
const ORDER: Record<Assignment['state'], number> = {
  ordered: 0,
  accepted: 1,
  enRoute: 2,
  onScene: 3,
  cleared: 4,
  declined: 9,
  cancelled: 9,
  diverted: 9,
}

export function isOpenAssignment(assignment: Assignment): boolean {
  return (OPEN_ASSIGNMENT_STATES as readonly string[]).includes(assignment.state)
}

/**
 * The order after the step. A skipped step takes the time of the later one, because it must have happened by then.
 * @throws Fault `state-changed` for a step of an order that has ended otherwise
 * @returns the same object when the step was already made (terminals repeat themselves)
 */
export function transitionAssignment(assignment: Assignment, action: AssignmentAction): Assignment {
  switch (action.do) {
    case 'accept':
      return advance(assignment, 'accepted', { acceptedAt: action.at })
    case 'en-route':
      return advance(assignment, 'enRoute', {
        acceptedAt: assignment.acceptedAt ?? action.at,
        enRouteAt: action.at,
      })
    case 'on-scene':
      return advance(assignment, 'onScene', {
        acceptedAt: assignment.acceptedAt ?? action.at,
        enRouteAt: assignment.enRouteAt ?? action.at,
        onSceneAt: action.at,
        arrival: action.arrival,
      })
    case 'clear':
      return advance(assignment, 'cleared', {
        clearedAt: action.at,
        ...(action.note ? { clearedNote: action.note } : {}),
      })
    case 'decline':
      if (ORDER[assignment.state] >= ORDER.onScene && isOpenAssignment(assignment)) {
        throw new Fault('state-changed', 'the patrol is already on scene', { state: assignment.state })
      }
      return end(assignment, 'declined', action.at, action.reason)
    case 'cancel':
      return end(assignment, 'cancelled', action.at, action.reason)
    case 'divert':
      return end(assignment, 'diverted', action.at, action.reason)
    default: {
      const never: never = action
      return never
    }
  }
}

function advance(assignment: Assignment, to: Assignment['state'], times: Partial<Assignment>): Assignment {
  if (isOpenAssignment(assignment) && ORDER[assignment.state] < ORDER[to]) return { ...assignment, ...times, state: to }
  const alreadyThere = assignment.state === to || (isOpenAssignment(assignment) && ORDER[assignment.state] > ORDER[to])
  if (alreadyThere) return assignment
  throw new Fault('state-changed', `the order is already ${assignment.state}`, { state: assignment.state })
}

function end(assignment: Assignment, to: Assignment['state'], at: string, reason: string | null): Assignment {
  if (assignment.state === to) return assignment
  if (!isOpenAssignment(assignment)) {
    throw new Fault('state-changed', `the order is already ${assignment.state}`, { state: assignment.state })
  }
  return { ...assignment, state: to, endedAt: at, endedReason: reason }
}

/** A patrol's status is derived, never stored: from its duty word and the one order it may have. */
export function patrolStatus(duty: Patrol['duty'], open: Assignment | null): PatrolStatus {
  if (open) {
    switch (open.state) {
      case 'ordered':
        return 'ordered'
      case 'accepted':
        return 'accepted'
      case 'enRoute':
        return 'en-route'
      case 'onScene':
        return 'on-scene'
      case 'cleared':
      case 'declined':
      case 'cancelled':
      case 'diverted':
        break
      default: {
        const never: never = open.state
        return never
      }
    }
  }
  return duty === 'on' ? 'free' : duty
}
