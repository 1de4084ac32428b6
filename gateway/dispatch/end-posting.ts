import { toIso } from '../../domain/clock.ts'
import { transitionPosting, type Posting, type PostingEnd } from '../../domain/posting.ts'
import type { NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { lockPostingOf, savePosting } from './posting-rows.ts'

/** Ends the one that stands of this patrol, in the caller's transaction. @returns the event to append, none without one */
export async function endPosting(
  tx: Tx,
  patrolId: string,
  { why, actor, nowMs }: { why: PostingEnd; actor: string; nowMs: number },
): Promise<NewEvent[]> {
  const before = await lockPostingOf(tx, patrolId)
  if (!before) return []
  const after = transitionPosting(before, { do: 'end', at: toIso(nowMs), by: actor, why })
  await savePosting(tx, after)
  return [postingEvent(after, why, actor)]
}

export function postingEvent(posting: Posting, action: string, actor: string): NewEvent {
  return { kind: 'posting', action, subjectId: posting.id, actor, body: posting }
}
