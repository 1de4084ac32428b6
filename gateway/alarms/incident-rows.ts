import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import { calledRows } from '../live/visible-rows.ts'
import type { Who } from '../live/visibility.ts'
import type { Queryable, Tx } from '../store/database.ts'

/** Inserts or replaces; the columns are what queries need of the body. */
export async function saveIncidents(tx: Tx, incidents: readonly Incident[]): Promise<void> {
  if (incidents.length === 0) return
  await tx.execute(
    `insert into incident (id, number, state, body, opened_at, closed_at)
     select i->>'id', i->>'number', i->>'state', i, (i->>'openedAt')::timestamptz, (i->>'closedAt')::timestamptz
       from unnest($1::jsonb[]) as i
     on conflict (id) do update set state = excluded.state, body = excluded.body, closed_at = excluded.closed_at`,
    [incidents.map((incident) => JSON.stringify(incident))],
  )
}

/** Locks the row until the end of the transaction. @throws Fault `not-found` */
export async function lockIncident(tx: Tx, id: string): Promise<Incident> {
  const rows = await tx.query<{ body: Incident }>('select body from incident where id = $1 for update', [id])
  if (!rows[0]) throw new Fault('not-found', 'there is no such incident', { kind: 'incident', id })
  return rows[0].body
}

/** Locks several, always in the order of their ids, so that two orders that need the same two wait and never block each other. */
export async function lockIncidents(tx: Tx, ids: readonly string[]): Promise<Map<string, Incident>> {
  const rows = await tx.query<{ body: Incident }>(
    'select body from incident where id = any($1) order by id for update',
    [ids],
  )
  return new Map(rows.map(({ body }) => [body.id, body]))
}

export async function readIncident(database: Queryable, id: string): Promise<Incident> {
  const rows = await database.query<{ body: Incident }>('select body from incident where id = $1', [id])
  if (!rows[0]) throw new Fault('not-found', 'there is no such incident', { kind: 'incident', id })
  return rows[0].body
}

/** Open incidents of these sites or vehicles that opened after `since`, and those of these devices' open alarms, locked, oldest first. */
export async function lockJoinable(
  tx: Tx,
  where: { siteIds: readonly string[]; vehicleIds: readonly string[]; deviceIds: readonly string[]; since: string },
): Promise<Incident[]> {
  const rows = await tx.query<{ body: Incident }>(
    `select body from incident
      where closed_at is null
        and (opened_at >= $3 and (body->>'siteId' = any($1) or body->>'vehicleId' = any($2))
             or id in (select incident_id from alarm where device_id = any($4) and closed_at is null))
      order by id for update`,
    [where.siteIds, where.vehicleIds, where.since, where.deviceIds],
  )
  return rows.map((row) => row.body)
}

export async function openIncidents(database: Queryable): Promise<Incident[]> {
  const rows = await database.query<{ body: Incident }>('select body from incident where closed_at is null order by id')
  return rows.map((row) => row.body)
}

/** Newest first; `before` is the id of the last one of the page before. */
export async function pageOfIncidents(
  database: Queryable,
  filter: { limit: number; before: string | null; open: boolean | null; who: Who },
): Promise<Incident[]> {
  const mine = calledRows(filter.who, 'incident.body', 4)
  const rows = await database.query<{ body: Incident }>(
    `select body from incident
      where ($2::text is null or id < $2) and ($3::boolean is null or (closed_at is null) = $3)
        and ${mine.where} order by id desc limit $1`,
    [filter.limit, filter.before, filter.open, ...mine.params],
  )
  return rows.map((row) => row.body)
}

/** Reserves `count` numbers of the day; the row lock keeps them apart. @returns the first */
export async function takeIncidentNumbers(tx: Tx, day: string, count: number): Promise<number> {
  const rows = await tx.query<{ last: number }>(
    `insert into incident_number values ($1, $2) on conflict (day) do update set last = incident_number.last + $2
     returning last`,
    [day, count],
  )
  return rows[0]!.last - count + 1
}
