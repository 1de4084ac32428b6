import type { Alarm } from '../../domain/alarm.ts'
import { Fault } from '../../domain/fault.ts'
import { calledRows } from '../live/visible-rows.ts'
import type { Who } from '../live/visibility.ts'
import type { Queryable, Tx } from '../store/database.ts'

/** Inserts or replaces; the columns are what queries need of the body. */
export async function saveAlarms(tx: Tx, alarms: readonly Alarm[]): Promise<void> {
  if (alarms.length === 0) return
  await tx.execute(
    `insert into alarm (id, device_id, device_kind, site_id, type, priority, state, body, raised_at, acknowledged_at,
                        owner, closed_at, incident_id)
     select a->>'id', a->>'deviceId', a->>'deviceKind', a->>'siteId', a->>'type', (a->>'priority')::smallint, a->>'state',
            a, (a->>'raisedAt')::timestamptz, (a->>'acknowledgedAt')::timestamptz, a->>'owner',
            (a->>'closedAt')::timestamptz, a->>'incidentId'
       from unnest($1::jsonb[]) as a
     on conflict (id) do update set
       type = excluded.type, priority = excluded.priority, state = excluded.state, body = excluded.body,
       acknowledged_at = excluded.acknowledged_at, owner = excluded.owner, closed_at = excluded.closed_at,
       incident_id = excluded.incident_id`,
    [alarms.map((alarm) => JSON.stringify(alarm))],
  )
}

/** Locks the row until the end of the transaction, so that of two officers one sees what the other did. @throws Fault `not-found` */
export async function lockAlarm(tx: Tx, id: string): Promise<Alarm> {
  const rows = await tx.query<{ body: Alarm }>('select body from alarm where id = $1 for update', [id])
  if (!rows[0]) throw new Fault('not-found', 'there is no such alarm', { kind: 'alarm', id })
  return rows[0].body
}

export async function lockOpenAlarmsOfDevices(tx: Tx, deviceIds: readonly string[]): Promise<Alarm[]> {
  const rows = await tx.query<{ body: Alarm }>(
    'select body from alarm where device_id = any($1) and closed_at is null order by id for update',
    [deviceIds],
  )
  return rows.map((row) => row.body)
}

export async function lockAlarms(tx: Tx, ids: readonly string[]): Promise<Alarm[]> {
  const rows = await tx.query<{ body: Alarm }>('select body from alarm where id = any($1) order by id for update', [
    ids,
  ])
  return rows.map((row) => row.body)
}

export async function readAlarms(database: Queryable, ids: readonly string[]): Promise<Alarm[]> {
  const rows = await database.query<{ body: Alarm }>('select body from alarm where id = any($1) order by id', [ids])
  return rows.map((row) => row.body)
}

export async function openAlarms(database: Queryable): Promise<Alarm[]> {
  const rows = await database.query<{ body: Alarm }>('select body from alarm where closed_at is null order by id')
  return rows.map((row) => row.body)
}

/** Newest first; `before` is the id of the last one of the page before. */
export async function pageOfAlarms(
  database: Queryable,
  filter: { limit: number; before: string | null; state: Alarm['state'] | null; deviceId: string | null; who: Who },
): Promise<Alarm[]> {
  const mine = calledRows(filter.who, 'alarm.body', 5)
  const rows = await database.query<{ body: Alarm }>(
    `select body from alarm
      where ($2::text is null or id < $2) and ($3::text is null or state = $3) and ($4::text is null or device_id = $4)
        and ${mine.where} order by id desc limit $1`,
    [filter.limit, filter.before, filter.state, filter.deviceId, ...mine.params],
  )
  return rows.map((row) => row.body)
}
