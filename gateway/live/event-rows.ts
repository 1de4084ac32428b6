import type { LogEvent } from '../../domain/wire/live.ts'

import type { Database, Queryable, Tx } from '../store/database.ts'
import { chainHash } from './canonical.ts'

/** Takes the sequencer's row lock until the end of the transaction. */
export async function lockEventNumber(tx: Tx): Promise<{ last: number; hash: Buffer }> {
  const rows = await tx.query<{ last: number; last_hash: Buffer }>(
    'select last, last_hash from event_number where one for update',
  )
  const row = rows[0]!
  return { last: row.last, hash: row.last_hash }
}

export async function insertEvents(
  tx: Tx,
  rows: readonly { event: LogEvent; previous: Buffer; hash: Buffer }[],
): Promise<void> {
  const last = rows.at(-1)!
  await tx.query(
    `with moved as (update event_number set last = $11, last_hash = $12 where one)
     insert into event (n, at, kind, action, subject_id, incident_id, actor, body, prev_hash, hash)
     select * from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                          $8::jsonb[], $9::bytea[], $10::bytea[])`,
    [
      rows.map((r) => r.event.n),
      rows.map((r) => r.event.at),
      rows.map((r) => r.event.kind),
      rows.map((r) => r.event.action),
      rows.map((r) => r.event.subjectId),
      rows.map((r) => r.event.incidentId),
      rows.map((r) => r.event.actor),
      rows.map((r) => JSON.stringify(r.event.body)),
      rows.map((r) => r.previous),
      rows.map((r) => r.hash),
      last.event.n,
      last.hash,
    ],
  )
}

export async function lastEventNumber(database: Queryable): Promise<number> {
  const rows = await database.query<{ last: number }>('select last from event_number where one')
  return rows[0]?.last ?? 0
}

interface EventRow {
  n: number
  at: string
  kind: LogEvent['kind']
  action: string
  subject_id: string
  incident_id: string | null
  actor: string
  body: Record<string, unknown>
}

function toEvent(row: EventRow): LogEvent {
  return {
    n: row.n,
    at: row.at,
    kind: row.kind,
    action: row.action,
    subjectId: row.subject_id,
    incidentId: row.incident_id,
    actor: row.actor,
    body: row.body,
  }
}

export async function readEventsAfter(database: Queryable, n: number, limit: number): Promise<LogEvent[]> {
  const rows = await database.query<EventRow>(
    `select n, at, kind, action, subject_id, incident_id, actor, body from event where n > $1 order by n limit $2`,
    [n, limit],
  )
  return rows.map(toEvent)
}

/** The timeline of one incident, oldest first. */
export async function readEventsOfIncident(
  database: Queryable,
  incidentId: string,
  limit: number,
): Promise<LogEvent[]> {
  const rows = await database.query<EventRow>(
    `select n, at, kind, action, subject_id, incident_id, actor, body from event where incident_id = $1 order by n limit $2`,
    [incidentId, limit],
  )
  return rows.map(toEvent)
}

/**
 * Walks the hash chain from `from` on, as of one moment: what is appended meanwhile is neither missing nor too much. Price: reads every
 * row, 1,000 at a time, in one transaction.
 * @returns how many rows were checked, and the first number whose row, link or successor is not what it was
 */
export async function verifyChain(
  database: Pick<Database, 'tx'>,
  from = 1,
): Promise<{ checked: number; brokenAt: number | null }> {
  return await database.tx((tx) => walkChain(tx, from), { isolation: 'repeatable read' })
}

async function walkChain(database: Tx, from: number): Promise<{ checked: number; brokenAt: number | null }> {
  let checked = 0
  let previous: Buffer | null = null
  for (let n = from - 1; ;) {
    const rows: (EventRow & { prev_hash: Buffer; hash: Buffer })[] = await database.query(
      'select * from event where n > $1 order by n limit 1000',
      [n],
    )
    for (const row of rows) {
      const event = toEvent(row)
      const linked = event.n === n + 1 && (previous === null || previous.equals(row.prev_hash))
      if (!linked || !chainHash(row.prev_hash, event).equals(row.hash)) return { checked, brokenAt: n + 1 }
      previous = row.hash
      n = event.n
      checked++
    }
    if (rows.length < 1000) break
  }
  const ends = await database.query<{ last: number; last_hash: Buffer }>('select last, last_hash from event_number')
  const intact = (ends[0]?.last ?? 0) === from - 1 + checked && (previous?.equals(ends[0]!.last_hash) ?? true)
  return { checked, brokenAt: intact ? null : from + checked }
}
