import pg from 'pg'
import { assert } from '../../domain/fault.ts'

/** The one door to `pg`, and the one decision how its values look in JavaScript. */
export type PoolClient = pg.PoolClient
export type Pool = pg.Pool

const INT8 = 20
const INT8_ARRAY = 1016
const TIMESTAMPTZ = 1184

/** bigint → number; ids and counters of one district stay far below 2^53. */
export function parseInt8(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), `bigint ${text} is beyond 2^53`)
  return value
}

/**
 * `2026-11-21 07:08:09.123456+00` → `2026-11-21T07:08:09.123Z`, as the wire has it. Sessions run in UTC. `infinity` and years
 * before Christ are left as they are.
 */
export function parseTimestamptz(text: string): string {
  const match = /^(\d{4,})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?\+00$/.exec(text)
  if (!match) return text
  const [, year, month, day, time, fraction = '.'] = match
  return `${year}-${month}-${day}T${time}${fraction.padEnd(4, '0').slice(0, 4)}Z`
}

/** 1009, text[], is missing in the driver's list of type numbers. */
const textArray = pg.types.getTypeParser(1009 as never) as unknown as (text: string) => (string | null)[]

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: unknown) => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary')
    if (oid === INT8) return parseInt8
    if (oid === TIMESTAMPTZ) return parseTimestamptz
    if (oid === INT8_ARRAY)
      return (text: string) => textArray(text).map((item) => (item === null ? null : parseInt8(item)))
    return pg.types.getTypeParser(oid, 'text')
  },
}

export interface PoolOptions {
  url: string
  max: number
  connectTimeoutMs: number
  /** The server gives up a statement after this. */
  statementTimeoutMs: number
  /** Runs on each new connection before anybody gets it; a throw refuses the connection. */
  verify: (client: PoolClient) => Promise<void>
}

/** Broken idle connections are reported to `onError`; without that, one would end the program. */
export function createPool(options: PoolOptions, onError: (error: Error) => void): Pool {
  const config: pg.PoolConfig & { verify: (client: PoolClient, done: (error?: Error) => void) => void } = {
    connectionString: options.url,
    max: options.max,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    // The server's own time-out comes first; this one is for a server that is silent (stopped, half-open).
    query_timeout: options.statementTimeoutMs + 2_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'vigil',
    types,
    verify: (client, answer) => {
      options.verify(client).then(() => answer(), answer)
    },
  }
  const pool = new pg.Pool(config)
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

/** A name as it must stand in SQL. */
export function quoteName(name: string): string {
  return pg.escapeIdentifier(name)
}
