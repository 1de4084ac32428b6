import type { Queryable, Tx } from '../store/database.ts'

/** Which session had which alarm on its screen, and whether its officer was on duty and is one of those called. */
export interface Painted {
  alarmId: string
  sessionId: string
  isOnDuty: boolean
}

/** @returns the alarms that this desk is the first to have painted */
export async function insertPainted(tx: Tx, { alarmId, sessionId, isOnDuty }: Painted): Promise<boolean> {
  const rows = await tx.query<{ first: boolean }>(
    `with before as (select 1 from rendered where alarm_id = $1)
     insert into rendered (alarm_id, session_id, on_duty) values ($1, $2, $3)
     on conflict (alarm_id, session_id) do update set on_duty = rendered.on_duty or excluded.on_duty
     returning not exists (select 1 from before) as first`,
    [alarmId, sessionId, isOnDuty],
  )
  return rows[0]?.first ?? false
}

/** @returns those of the alarms that a desk on duty has painted */
export async function seenOnDuty(database: Queryable, alarmIds: readonly string[]): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(
    'select distinct alarm_id as id from rendered where alarm_id = any($1) and on_duty',
    [alarmIds],
  )
  return new Set(rows.map(({ id }) => id))
}
