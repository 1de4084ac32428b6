import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { copyBinary } from './copy.ts'
import { createPool, type PoolClient } from './door-pg.ts'
import { troubleOf } from './sqlstate.ts'

/** Something that runs SQL: the database itself, or a transaction. bigint comes as number, timestamptz as `…T…Z` text. */
export interface Queryable {
  /** All rows. @throws Fault `database-away`; the driver's error (with `code`) for a wrong statement or a broken constraint */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** How many rows were written. */
  execute(sql: string, values?: readonly unknown[]): Promise<number>
}

export type Tx = Queryable

export interface TxOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable'
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction, again from the start (up to five times) when the server asks for a retry: `work` must have no effect
   * outside of `tx`. A connection lost during COMMIT is a `database-away` whose outcome is unknown: callers repeat idempotently.
   */
  tx<T>(work: (tx: Tx) => Promise<T>, options?: TxOptions): Promise<T>
  /** Binary COPY, see copy-binary.ts. @returns rows written; all or nothing */
  copyIn(table: string, columns: readonly string[], chunks: Iterable<Buffer>): Promise<number>
  /** True while the server cannot be reached: every call then fails at once with `database-away`. */
  isAway(): boolean
  /** @returns a function that ends the subscription */
  onState(listener: (away: boolean) => void): () => void
  close(): Promise<void>
}

export interface DatabaseOptions {
  url: string
  log: Log
  metrics: Metrics
  /** Default 10: enough for a core on two cores, and a sixth of the embedded server's connections. */
  poolMax?: number
  /** Default 10 s: no statement of ours needs a second; a stuck one must not hold a connection for long. */
  statementTimeoutMs?: number
  clock?: Clock
}

/** A local network answers within milliseconds; two seconds also cover a server under load. */
const CONNECT_TIMEOUT_MS = 2_000
/** How often an unreachable server is tried again: first soon, then calmly. */
const PROBE_FIRST_MS = 100
const PROBE_LONGEST_MS = 1_000
const TX_TRIES_MAX = 5

export function createDatabase(options: DatabaseOptions): Database {
  return new PgDatabase(options)
}

class PgDatabase implements Database {
  readonly #pool
  readonly #log: Log
  readonly #clock: Clock
  readonly #listeners = new Set<(away: boolean) => void>()
  readonly #errors
  readonly #retries
  readonly #seconds
  #away = false
  #closed = false
  #probe: NodeJS.Timeout | null = null

  constructor(options: DatabaseOptions) {
    this.#log = options.log
    this.#clock = options.clock ?? systemClock
    const { metrics } = options
    this.#errors = metrics.counter('vigil_database_errors_total', 'Failed statements, by SQLSTATE or cause')
    this.#retries = metrics
      .counter('vigil_database_retries_total', 'Transactions run again at the request of the server')
      .of()
    this.#seconds = metrics.histogram('vigil_database_seconds', 'Duration of statements and transactions')
    const awayGauge = metrics.gauge('vigil_database_away', '1 while the database cannot be reached').of()
    metrics.onRead(() => awayGauge.set(this.#away ? 1 : 0))
    const statementTimeoutMs = options.statementTimeoutMs ?? 10_000
    this.#pool = createPool(
      {
        url: options.url,
        max: options.poolMax ?? 10,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        statementTimeoutMs,
        verify: (client) => prepareSession(client, statementTimeoutMs),
      },
      (error) => this.#note(error),
    )
  }

  query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#with(async (client) => (await run(client, sql, values)).rows as Row[])
  }
  execute(sql: string, values: readonly unknown[] = []): Promise<number> {
    return this.#with(async (client) => (await run(client, sql, values)).rowCount ?? 0)
  }
  copyIn(table: string, columns: readonly string[], chunks: Iterable<Buffer>): Promise<number> {
    return this.#with((client) => copyBinary(client, table, columns, chunks))
  }

  async tx<T>(work: (tx: Tx) => Promise<T>, options: TxOptions = {}): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#with((client) => transaction(client, work, options))
      } catch (error) {
        if (troubleOf(error) !== 'retry' || attempt >= TX_TRIES_MAX) throw error
        this.#retries.add()
        // Random, so that two that collided do not collide again.
        await sleep(Math.random() * 10 * 2 ** attempt)
      }
    }
  }

  isAway(): boolean {
    return this.#away
  }
  onState(listener: (away: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  async close(): Promise<void> {
    this.#closed = true
    if (this.#probe) clearTimeout(this.#probe)
    await this.#pool.end()
  }

  /** One connection for `work`; its errors become ours. */
  async #with<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.#away || this.#closed) throw awayFault(this.#closed ? 'closed' : 'not reachable')
    const startedMs = this.#clock.monotonicMs()
    let client: PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw this.#translate(error, this.#poolIsFull())
    }
    try {
      const result = await work(client)
      client.release()
      this.#seconds.observe((this.#clock.monotonicMs() - startedMs) / 1000)
      return result
    } catch (error) {
      // A connection in an unknown state is not given to the next one.
      client.release(troubleOf(error) === 'away' || isStuck(error) || isAwayFault(error))
      throw this.#translate(error, false)
    }
  }

  #poolIsFull(): boolean {
    return this.#pool.totalCount >= (this.#pool.options.max ?? 10) && this.#pool.idleCount === 0
  }

  #translate(error: unknown, poolIsFull: boolean): unknown {
    if (error instanceof Fault) return error
    const trouble = troubleOf(error)
    if (trouble === null || trouble === 'retry') {
      this.#count(error)
      return error
    }
    if (trouble === 'away' && !poolIsFull) this.#note(error)
    else this.#count(error)
    return awayFault(poolIsFull ? 'all connections are busy' : reasonOf(error), error)
  }

  #count(error: unknown): void {
    const { code } = error as { code?: unknown }
    this.#errors.of({ code: typeof code === 'string' ? code : 'driver' }).add()
  }

  /** A connection broke: is it one connection, or the server? The probe finds out; until it answers, nobody waits for it. */
  #note(error: unknown): void {
    this.#count(error)
    if (this.#away || this.#closed || troubleOf(error) !== 'away') return
    this.#log.warn('database away', { reason: reasonOf(error) })
    this.#setAway(true)
    this.#probeIn(0)
  }

  #probeIn(delayMs: number): void {
    this.#probe = setTimeout(() => {
      void this.#probeOnce(Math.min(PROBE_LONGEST_MS, Math.max(PROBE_FIRST_MS, delayMs * 2)))
    }, delayMs)
    this.#probe.unref()
  }

  async #probeOnce(nextMs: number): Promise<void> {
    try {
      const client = await this.#pool.connect()
      try {
        await client.query('select 1')
        client.release()
      } catch (error) {
        client.release(true)
        throw error
      }
    } catch (error) {
      this.#count(error)
      if (!this.#closed) this.#probeIn(nextMs)
      return
    }
    this.#log.info('database back')
    this.#setAway(false)
  }

  #setAway(away: boolean): void {
    this.#away = away
    for (const listener of this.#listeners) {
      try {
        listener(away)
      } catch (error) {
        this.#log.error('a listener of the database state failed', { reason: reasonOf(error) })
      }
    }
  }
}

function awayFault(reason: string, cause?: unknown): Fault {
  return new Fault('database-away', `the database is away: ${reason}`, {}, cause)
}

function isAwayFault(error: unknown): boolean {
  return error instanceof Fault && error.code === 'database-away'
}

/** A client-side time-out leaves the statement running on that connection. */
function isStuck(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

function run(client: PoolClient, sql: string, values: readonly unknown[]) {
  return values.length === 0 ? client.query(sql) : client.query(sql, values as unknown[])
}

async function transaction<T>(client: PoolClient, work: (tx: Tx) => Promise<T>, options: TxOptions): Promise<T> {
  await client.query(options.isolation ? `begin isolation level ${options.isolation}` : 'begin')
  try {
    const result = await work({
      query: async <Row>(sql: string, values: readonly unknown[] = []) =>
        (await run(client, sql, values)).rows as Row[],
      execute: async (sql, values = []) => (await run(client, sql, values)).rowCount ?? 0,
    })
    await client.query('commit')
    return result
  } catch (error) {
    // On a broken connection there is nothing to roll back; the first error is the one that matters.
    if (troubleOf(error) !== 'away') await rollback(client, error)
    throw error
  }
}

/** A connection that cannot even roll back is broken: that is then the error, so that nobody gets the connection again. */
async function rollback(client: PoolClient, because: unknown): Promise<void> {
  try {
    await client.query('rollback')
  } catch (error) {
    throw awayFault(reasonOf(error), because)
  }
}

/**
 * What an acknowledged signal rests on. Lost of 6,209 acknowledged rows in 8 crashes with `synchronous_commit = off`: 289; with `on`: 0.
 * @throws Fault `config-invalid`
 */
async function prepareSession(client: PoolClient, statementTimeoutMs: number): Promise<void> {
  await client.query(`set timezone = 'UTC'; set statement_timeout = ${Math.round(statementTimeoutMs)}`)
  const answer = await client.query<{ commit: string; fsync: string }>(
    `select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync`,
  )
  const { commit, fsync } = answer.rows[0] ?? { commit: '', fsync: '' }
  if (commit === 'off' || fsync === 'off') {
    throw new Fault(
      'config-invalid',
      `the database would lose acknowledged alarms in a crash: it runs with ${commit === 'off' ? 'synchronous_commit' : 'fsync'} = off; set it to on`,
      { setting: commit === 'off' ? 'synchronous_commit' : 'fsync' },
    )
  }
}
