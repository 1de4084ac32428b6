import type { Assignment } from '../../domain/assignment.ts'
import { Fault } from '../../domain/fault.ts'
import type { Tx } from '../store/database.ts'

/** How a phone names one tap. */
export interface Tap {
  id: string
  /** RFC 3339 by the phone's clock, if it told. */
  tappedAt: string | null
}

/** A phone tries again for as long as its battery lasts; nobody repeats a tap after a month. */
const KEPT = '30 days'

/**
 * What the first delivery of this tap was answered; null: it is the first.
 * @throws Fault `conflict` when the id was used for something else
 */
export async function answeredTap(tx: Tx, id: string, assignmentId: string, step: string): Promise<Assignment | null> {
  const rows = await tx.query<{ assignment_id: string; step: string; answer: Assignment }>(
    'select assignment_id, step, answer from tap where id = $1',
    [id],
  )
  const row = rows[0]
  if (!row) return null
  if (row.assignment_id !== assignmentId || row.step !== step) throw usedFault(id)
  return row.answer
}

/** Under the incident's lock, so that two deliveries of one tap come here one after the other. */
export async function rememberTap(
  tx: Tx,
  tap: Tap,
  done: { assignment: Assignment; step: string; actor: string; at: string },
): Promise<void> {
  const inserted = await tx.execute(
    `insert into tap (id, assignment_id, step, actor, tapped_at, received_at, answer)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [tap.id, done.assignment.id, done.step, done.actor, tap.tappedAt, done.at, JSON.stringify(done.assignment)],
  )
  if (inserted === 0) throw usedFault(tap.id)
  await tx.execute(`delete from tap where received_at < $1::timestamptz - interval '${KEPT}'`, [done.at])
}

function usedFault(id: string): Fault {
  return new Fault('conflict', 'this id names another tap', { id })
}
