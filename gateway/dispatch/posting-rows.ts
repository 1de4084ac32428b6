import type { Posting } from '../../domain/posting.ts'
import type { Queryable, Tx } from '../store/database.ts'

export async function insertPosting(tx: Tx, posting: Posting): Promise<void> {
  await tx.execute('insert into posting (id, patrol_id, body) values ($1, $2, $3)', [
    posting.id,
    posting.patrolId,
    JSON.stringify(posting),
  ])
}

export async function savePosting(tx: Tx, posting: Posting): Promise<void> {
  await tx.execute('update posting set body = $2, ended = $3 where id = $1', [
    posting.id,
    JSON.stringify(posting),
    posting.state === 'ended',
  ])
}

export async function standingPostings(database: Queryable): Promise<Posting[]> {
  const rows = await database.query<{ body: Posting }>('select body from posting where not ended order by id')
  return rows.map((row) => row.body)
}

/** The one that stands of this patrol; its row is locked. */
export async function lockPostingOf(tx: Tx, patrolId: string): Promise<Posting | null> {
  const rows = await tx.query<{ body: Posting }>(
    'select body from posting where patrol_id = $1 and not ended for update',
    [patrolId],
  )
  return rows[0]?.body ?? null
}

/** One of this patrol, also when it is over; its row is locked. */
export async function lockPosting(tx: Tx, patrolId: string, id: string): Promise<Posting | null> {
  const rows = await tx.query<{ body: Posting }>(
    'select body from posting where id = $1 and patrol_id = $2 for update',
    [id, patrolId],
  )
  return rows[0]?.body ?? null
}
