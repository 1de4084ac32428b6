import { NORMAL_DUTY, type DutyLevelNow } from '../../domain/duty-level.ts'
import type { Queryable, Tx } from '../store/database.ts'

const KEY = 'duty-level'

/** The level that was last put in force; normal when nobody ever has. `lock`: two commanders wait for each other here. */
export async function readDutyLevel(database: Queryable, { lock = false } = {}): Promise<DutyLevelNow> {
  if (lock) await database.query('select pg_advisory_xact_lock(741852964)')
  const rows = await database.query<{ value: DutyLevelNow }>('select value from setting where key = $1', [KEY])
  return rows[0]?.value ?? NORMAL_DUTY
}

export async function saveDutyLevel(tx: Tx, duty: DutyLevelNow): Promise<void> {
  await tx.execute('insert into setting (key, value) values ($1, $2) on conflict (key) do update set value = $2', [
    KEY,
    JSON.stringify(duty),
  ])
}
