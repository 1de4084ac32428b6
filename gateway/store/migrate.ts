import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Clock, systemClock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { createDatabase, type Database } from './database.ts'
import { keepHistories } from './histories.ts'
import { writeHistories } from './history-sql.ts'

/** One numbered SQL file: `0007-name.sql`, whose first line is `-- breaks older programs: yes|no …`. */
export interface Migration {
  number: number
  name: string
  sql: string
  breaksOlder: boolean
}

export interface MigrateOptions {
  url: string
  log: Log
  metrics: Metrics
  clock?: Clock
  onProgress?: (text: string) => void
  /** For tests. */
  migrations?: readonly Migration[]
}

export interface Migrated {
  /** Numbers applied now. */
  applied: number[]
  /** Histories are hypertables; false: partitions by day. */
  timescale: boolean
}

/** Any number, the same in every program: 'VIGIL' on a telephone keypad. */
const LOCK_KEY = 84_445
/** A new index on a year of events may take this long; another program's migration is waited for as long. */
const STATEMENT_TIMEOUT_MS = 1_800_000

/** @throws Fault `config-invalid` when a file has no number, no first line, or a number twice */
export function readMigrations(folder: string | URL = new URL('./migrations/', import.meta.url)): Migration[] {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const list: Migration[] = []
  for (const file of readdirSync(path).sort()) {
    if (!file.endsWith('.sql')) continue
    const number = Number(/^(\d{4})-/.exec(file)?.[1] ?? NaN)
    const sql = readFileSync(`${path}/${file}`, 'utf8')
    const danger = /^-- breaks older programs: (yes|no)\b/.exec(sql)?.[1]
    if (!Number.isInteger(number) || !danger || list.some((other) => other.number === number)) {
      throw new Fault(
        'config-invalid',
        `migration ${file} needs a number of its own and a first line "-- breaks older programs: yes" or "no"`,
      )
    }
    list.push({ number, name: file.slice(5, -4), sql, breaksOlder: danger === 'yes' })
  }
  return list
}

/**
 * Brings the database to the newest form: forward only, each file in its own transaction, one program at a time (advisory lock).
 * @throws Fault `config-invalid` when the database was changed by a newer program in a way that this one cannot live with
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const { url, log, metrics, clock = systemClock } = options
  const database = createDatabase({ url, log, metrics, poolMax: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS })
  try {
    const migrated = await applyAll(database, options)
    await keepHistories(database, clock.nowMs())
    return migrated
  } finally {
    await database.close()
  }
}

async function applyAll(database: Database, options: MigrateOptions): Promise<Migrated> {
  const migrations = options.migrations ?? readMigrations()
  await database.tx(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(${LOCK_KEY})`)
    await tx.query(`
      create table if not exists migration (
        number       integer primary key,
        name         text not null,
        breaks_older boolean not null,
        sha256       text not null,
        applied_at   timestamptz not null default now()
      )`)
  })
  const timescale = await haveTimescale(database, options.log)
  const applied: number[] = []
  for (const migration of migrations) {
    if (await apply(database, migration, timescale, options)) applied.push(migration.number)
  }
  await refuseNewer(database, migrations)
  if (applied.length > 0) options.log.info('database migrated', { applied: applied.join(','), timescale })
  return { applied, timescale }
}

/** @returns false when it had been applied before */
async function apply(
  database: Database,
  migration: Migration,
  timescale: boolean,
  options: MigrateOptions,
): Promise<boolean> {
  const sha256 = createHash('sha256').update(migration.sql).digest('hex')
  return database.tx(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(${LOCK_KEY})`)
    const [before] = await tx.query<{ sha256: string }>('select sha256 from migration where number = $1', [
      migration.number,
    ])
    if (before) {
      if (before.sha256 !== sha256) {
        options.log.warn('a migration was edited after it had been applied; the database keeps the old form', {
          number: migration.number,
          name: migration.name,
        })
      }
      return false
    }
    options.onProgress?.(`database: ${String(migration.number).padStart(4, '0')} ${migration.name}`)
    await tx.query(writeHistories(migration.sql, timescale))
    await tx.query('insert into migration (number, name, breaks_older, sha256) values ($1, $2, $3, $4)', [
      migration.number,
      migration.name,
      migration.breaksOlder,
      sha256,
    ])
    return true
  })
}

async function refuseNewer(database: Database, migrations: readonly Migration[]): Promise<void> {
  const newest = Math.max(0, ...migrations.map((migration) => migration.number))
  const rows = await database.query<{ number: number; name: string }>(
    'select number, name from migration where number > $1 and breaks_older order by number',
    [newest],
  )
  const first = rows[0]
  if (first) {
    throw new Fault(
      'config-invalid',
      `the database belongs to a newer version of Vigil (migration ${first.number} ${first.name}); start that version, or restore a backup`,
      { number: first.number },
    )
  }
}

/** Uses the extension when the server offers it and we may; a server without it is as good for one district. */
async function haveTimescale(database: Database, log: Log): Promise<boolean> {
  const [offer] = await database.query<{ installed: string | null }>(
    `select installed_version as installed from pg_available_extensions where name = 'timescaledb'`,
  )
  if (!offer) return false
  if (offer.installed !== null) return true
  try {
    await database.tx(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(${LOCK_KEY})`)
      await tx.query('create extension if not exists timescaledb')
    })
    return true
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    // 42501: not allowed · 0A000, 55000, XX000: not among shared_preload_libraries
    if (code === undefined || !['42501', '0A000', '55000', 'XX000'].includes(code)) throw error
    log.warn('the server has TimescaleDB but it cannot be used here; history is partitioned by day', {
      reason: message,
    })
    return false
  }
}
