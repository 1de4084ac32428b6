import type { CrewStep } from '../../domain/assignment.ts'
import type { PostingStep } from '../../domain/posting.ts'

interface EntryBase {
  /** ULID: what makes it the same for the centre, however often it is sent. */
  id: string
  userId: string
  assignmentId: string
  /** The phone's own clock. */
  tappedAtMs: number
  /** Held until then, by the phone's own clock, so that it can be taken back. */
  notBeforeMs: number
  tries: number
}

/** One thing that the crew has done and the centre must hear of exactly once. */
export type NewEntry = EntryBase &
  (
    | { kind: 'step'; step: CrewStep; reason?: string; note?: string }
    /** Its bytes lie beside it, by its id. */
    | { kind: 'photo' }
    | { kind: 'confirm'; messageId: string }
    /** Its `assignmentId` is that of the posting. */
    | { kind: 'posting'; patrolId: string; step: PostingStep; reason?: string }
  )
export type Entry = NewEntry & { seq: number }

/** How long what cannot be undone on the centre's side (the order ends) is held, so that a slip of the finger can be. */
export const HOLD_MS = 5_000

export type NextEntry = { entry: Entry } | { waitMs: number } | null

/**
 * What goes next: the oldest. A photo that has failed once lets everything else pass, because a full disk or a thin network must not
 * keep "on scene" from the desk. A held entry keeps what was tapped after it waiting.
 * @param entries by `seq`
 */
export function nextEntry(entries: readonly Entry[], nowMs: number): NextEntry {
  const [oldest] = entries
  if (!oldest) return null
  const isStuck = oldest.kind === 'photo' && oldest.tries > 0
  const entry = (isStuck ? entries.find(({ kind }) => kind !== 'photo') : undefined) ?? oldest
  const waitMs = entry.notBeforeMs - nowMs
  // More than a hold is a clock that was set back.
  return waitMs > 0 && waitMs <= HOLD_MS ? { waitMs } : { entry }
}

const AGAIN_MIN_MS = 1_000
/** Half a minute: out of a tunnel one is told at once by the network itself; this is for a centre that restarts. */
const AGAIN_MAX_MS = 30_000

/** Exponential with full jitter above a floor. @param failures in a row, 1 or more */
export function retryAfterMs(failures: number, random: () => number): number {
  const ceilingMs = Math.min(AGAIN_MAX_MS, AGAIN_MIN_MS * 2 ** Math.min(failures, 10))
  return AGAIN_MIN_MS + random() * (ceilingMs - AGAIN_MIN_MS)
}

/** `again`: nobody answered, or not now. `signed-out`: after the next sign-in. `never`: the centre has refused it for good. */
export type Verdict = 'again' | 'signed-out' | 'never'

/** What an answer other than success means for an entry. @param status HTTP; 0: none */
export function verdictOf(status: number): Verdict {
  if (status === 401) return 'signed-out'
  if (status === 408 || status === 425 || status === 429) return 'again'
  return status >= 400 && status < 500 ? 'never' : 'again'
}
