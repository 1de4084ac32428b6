import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Database, Tx } from './database.ts'
import { dayPartition } from './history-sql.ts'

/** How many days each history is kept. Reports prove a month, and a complaint comes within a quarter. */
export const HISTORY_DAYS: Record<string, { timeColumn: string; keepDays: number }> = {
  fix: { timeColumn: 'taken_at', keepDays: 90 },
  beat: { timeColumn: 'received_at', keepDays: 30 },
  camera_health: { timeColumn: 'at', keepDays: 90 },
  coverage_minute: { timeColumn: 'at', keepDays: 400 },
}

/** Partitions are there from yesterday to the day after tomorrow: a missed upkeep of two days does no harm. */
const DAYS_BEHIND = 1
const DAYS_AHEAD = 2
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

export interface Upkeep {
  made: string[]
  dropped: string[]
}

/**
 * Makes the coming days' partitions and drops what is older than its time. On hypertables only the second: TimescaleDB makes chunks by itself.
 * Repeatable, and safe when two programs do it at once.
 */
export async function keepHistories(database: Database, nowMs: number): Promise<Upkeep> {
  const upkeep: Upkeep = { made: [], dropped: [] }
  for (const [table, { timeColumn, keepDays }] of Object.entries(HISTORY_DAYS)) {
    const form = await formOf(database, table)
    if (form === 'absent') continue
    const keepFromMs = nowMs - keepDays * DAY_MS
    if (form === 'hypertable') {
      const rows = await database.query<{ name: string }>(
        'select drop_chunks($1::regclass, older_than => $2::timestamptz) as name',
        [table, toIso(keepFromMs)],
      )
      upkeep.dropped.push(...rows.map((row) => row.name))
      continue
    }
    for (let day = -DAYS_BEHIND; day <= DAYS_AHEAD; day++) {
      const made = await makePartition(database, table, timeColumn, nowMs + day * DAY_MS)
      if (made) upkeep.made.push(made)
    }
    upkeep.dropped.push(...(await dropOld(database, table, timeColumn, keepFromMs)))
  }
  return upkeep
}

async function formOf(database: Database, table: string): Promise<'partitioned' | 'hypertable' | 'absent'> {
  const [row] = await database.query<{ kind: string }>(
    `select relkind::text as kind from pg_class where oid = to_regclass($1)`,
    [table],
  )
  if (!row) return 'absent'
  return row.kind === 'p' ? 'partitioned' : 'hypertable'
}

/** @returns its name, or null when it was there */
async function makePartition(
  database: Database,
  table: string,
  timeColumn: string,
  dayMs: number,
): Promise<string | null> {
  const { name, from, to } = dayPartition(table, dayMs)
  return database.tx(async (tx: Tx) => {
    const [there] = await tx.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name])
    if (there?.there) return null
    await tx.query(`lock table ${table} in share update exclusive mode`)
    const [now] = await tx.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name])
    if (now?.there) return null
    // Rows of this day that came before it had a partition wait in the default one; they move, or the attach is refused.
    await tx.query(`create table ${name} (like ${table} including defaults including constraints)`)
    await tx.query(
      `with moved as (delete from ${table}_default where ${timeColumn} >= '${from}' and ${timeColumn} < '${to}' returning *)
       insert into ${name} select * from moved`,
    )
    await tx.query(`alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`)
    return name
  })
}

async function dropOld(database: Database, table: string, timeColumn: string, keepFromMs: number): Promise<string[]> {
  const oldest = dayPartition(table, keepFromMs).name
  const rows = await database.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass and c.relname ~ '_p[0-9]{8}$' and c.relname < $2 order by 1`,
    [table, oldest],
  )
  for (const { name } of rows) await database.query(`drop table if exists ${name}`)
  await database.execute(`delete from ${table}_default where ${timeColumn} < $1`, [toIso(keepFromMs)])
  return rows.map((row) => row.name)
}

/** Runs the upkeep now and every hour, after a failure in a minute. @returns a function that ends it */
export function watchHistories(deps: { database: Database; clock: Clock; log: Log; metrics: Metrics }): () => void {
  const failures = deps.metrics.counter('vigil_history_upkeep_failures_total', 'Failed upkeeps of history tables').of()
  let timer: NodeJS.Timeout
  let ended = false
  const next = (delayMs: number) => {
    if (ended) return
    timer = setTimeout(() => void run(), delayMs)
    timer.unref()
  }
  const run = async () => {
    try {
      const { made, dropped } = await keepHistories(deps.database, deps.clock.nowMs())
      if (made.length + dropped.length > 0) {
        deps.log.info('history upkeep', { made: made.length, dropped: dropped.length })
      }
      next(HOUR_MS)
    } catch (error) {
      failures.add()
      deps.log.warn('history upkeep failed, tried again in a minute', { reason: reasonOf(error) })
      next(MINUTE_MS)
    }
  }
  void run()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
