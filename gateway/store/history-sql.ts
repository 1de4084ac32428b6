import { Fault } from '../../domain/fault.ts'

const MARKER = /\)\s*\/\*history: (\w+) (\w+)\*\/\s*;/g
const DAY_MS = 86_400_000

/** How a history table is kept; the numbers are days. */
export interface History {
  table: string
  timeColumn: string
}

/**
 * Replaces each history marker behind a `create table` by what the server can do: a hypertable with chunks of one day, or a
 * table partitioned by range with a default partition, so that a fix of an odd date is never refused. The rest of the file is
 * the same SQL on both.
 */
export function writeHistories(sql: string, timescale: boolean): string {
  const written = sql.replaceAll(MARKER, (_all, table: string, column: string) =>
    timescale
      ? `);\nselect create_hypertable('${table}', by_range('${column}', interval '1 day'), create_default_indexes => false);`
      : `) partition by range (${column});\ncreate table ${table}_default partition of ${table} default;`,
  )
  if (written.includes('/*history:')) {
    throw new Fault('internal', 'a history marker must stand between ")" and ";" of its create table')
  }
  return written
}

/** Name and bounds (RFC 3339, upper one excluded) of the partition that holds the UTC day of `ms`. */
export function dayPartition(table: string, ms: number): { name: string; from: string; to: string } {
  const start = Math.floor(ms / DAY_MS) * DAY_MS
  const from = new Date(start).toISOString()
  return {
    name: `${table}_p${from.slice(0, 10).replaceAll('-', '')}`,
    from,
    to: new Date(start + DAY_MS).toISOString(),
  }
}
