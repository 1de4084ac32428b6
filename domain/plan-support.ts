import type { Patrol } from './patrol.ts'
import type { Candidate, ResponsePlan } from './recommendation.ts'
import type { Requirement } from './run-card.ts'

export interface PlanInput {
  level: number
  requirements: readonly Requirement[]
  /** Kinds of the patrols that are on this incident already. */
  sent: readonly Patrol['kind'][]
  kindOf: (patrolId: string) => Patrol['kind']
  /** Best first, with those that cannot go. */
  candidates: readonly Candidate[]
  isRecommendable: (candidate: Candidate) => boolean
}

/**
 * 1+N: who goes first and who supports, as the run card asks, and what is missing. The first patrol is the fastest whatever its kind; each
 * further place of the card is filled with the next best that fits it. Pure; O(candidates × places).
 */
export function planSupport(input: PlanInput): ResponsePlan {
  const { level, requirements, sent, kindOf, candidates } = input
  const open = requirements.flatMap(({ kind, patrols }) => Array.from({ length: patrols }, () => kind))
  const wanted = open.length
  for (const kind of sent) fill(open, kind, true)
  const usable = candidates.filter(input.isRecommendable)
  const planned: Candidate[] = []
  for (const candidate of usable) {
    if (open.length === 0) break
    const isFirst = sent.length === 0 && planned.length === 0
    if (fill(open, kindOf(candidate.patrolId), isFirst)) planned.push(candidate)
  }
  const first = sent.length === 0 ? (planned[0]?.patrolId ?? null) : null
  const support = planned.filter(({ patrolId }) => patrolId !== first).map(({ patrolId }) => patrolId)
  const shortfalls = shortfallsOf(candidates, planned, open, usable.length)
  return { level, wanted, sent: sent.length, first, support, shortfalls }
}

/** Takes a place of that kind, else one for any; `orWhatever`: else the last one, because a car on its way is one fewer to send. */
function fill(open: (Patrol['kind'] | null)[], kind: Patrol['kind'], orWhatever: boolean): boolean {
  const own = open.indexOf(kind)
  const any = own >= 0 ? own : open.indexOf(null)
  const at = any >= 0 || !orWhatever ? any : open.length - 1
  if (at < 0) return false
  open.splice(at, 1)
  return true
}

function shortfallsOf(
  candidates: readonly Candidate[],
  planned: readonly Candidate[],
  open: readonly (Patrol['kind'] | null)[],
  usable: number,
): ResponsePlan['shortfalls'] {
  const found: ResponsePlan['shortfalls'] = []
  const tell = (why: ResponsePlan['shortfalls'][number]['why'], patrols: number): void => {
    if (patrols > 0) found.push({ why, patrols })
  }
  if (open.length > 0) {
    tell('not-enough', open.length)
    // Why there are not more: each of these could have been one.
    const free = candidates.filter(({ canBeSent }) => canBeSent)
    if (free.length === 0) tell('no-candidates', open.length)
    tell('no-fix', free.filter(({ reasons }) => reasons.includes('no-fix')).length)
    tell('unreachable', free.filter(({ reasons }) => reasons.includes('unreachable-by-road')).length)
    tell('declined', free.filter(({ reasons: r }) => r.includes('declined-before') || r.includes('no-answer')).length)
    if (open.some((kind) => kind !== null)) tell('wrong-kind', usable - planned.length)
  }
  tell('outside-goal', planned.filter(({ insideGoal }) => insideGoal === false).length)
  tell('stale', planned.filter(({ reasons }) => reasons.includes('stale-fix')).length)
  return found
}
