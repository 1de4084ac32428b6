import type { Assignment, CrewStep } from '../../domain/assignment.ts'
import type { Posting } from '../../domain/posting.ts'
import type { Entry } from './entries.ts'

const AFTER: Record<CrewStep, Assignment['state']> = {
  accept: 'accepted',
  'en-route': 'enRoute',
  'on-scene': 'onScene',
  clear: 'cleared',
  decline: 'declined',
}
const RANK: Record<Assignment['state'], number> = {
  ordered: 0,
  accepted: 1,
  enRoute: 2,
  onScene: 3,
  cleared: 4,
  declined: 9,
  cancelled: 9,
  diverted: 9,
}

/** How far the order is as the crew sees it: what the centre says, and the taps that have not reached it yet. Never backwards. */
export function stateWithTaps(assignment: Assignment, entries: readonly Entry[]): Assignment['state'] {
  let state = assignment.state
  for (const entry of entries) {
    if (entry.kind !== 'step' || entry.assignmentId !== assignment.id) continue
    const after = AFTER[entry.step]
    if (RANK[after] > RANK[state]) state = after
  }
  return state
}

/** The same of a place to stand at. */
export function postingWithTaps(posting: Posting, entries: readonly Entry[]): Posting['state'] {
  let { state } = posting
  for (const entry of entries) {
    if (entry.kind !== 'posting' || entry.assignmentId !== posting.id || state === 'ended') continue
    if (entry.step === 'decline') state = 'ended'
    else if (entry.step === 'there' || state === 'sent') state = entry.step === 'there' ? 'there' : 'accepted'
  }
  return state
}

export function isOver(state: Assignment['state']): boolean {
  return RANK[state] >= RANK.cleared
}

/** What the thumb's one big button does in each state; null when there is nothing left to do. */
export function nextStep(state: Assignment['state']): Exclude<CrewStep, 'decline'> | null {
  switch (state) {
    case 'ordered':
      return 'accept'
    case 'accepted':
      return 'en-route'
    case 'enRoute':
      return 'on-scene'
    case 'onScene':
      return 'clear'
    case 'cleared':
    case 'declined':
    case 'cancelled':
    case 'diverted':
      return null
    default: {
      const never: never = state
      return never
    }
  }
}
