import type { Clock } from './clock.ts'
import { toIso } from './clock.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Record<string, string | number | boolean | null | undefined>

/** One line of JSON an entry: `{"at","level","program","message",…fields}`. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  child(fields: LogFields): Log
}

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** Key names whose values never reach a log, whoever passes them. */
const SECRET = /password|secret|token|authorization|credential/i

/**
 * @param sink gets one finished line without its newline
 */
export function createLog(
  program: string,
  clock: Clock,
  sink: (line: string) => void,
  least: LogLevel = 'info',
  bound: LogFields = {},
): Log {
  const write = (level: LogLevel, message: string, fields: LogFields = {}) => {
    if (RANK[level] < RANK[least]) return
    const entry: LogFields = { at: toIso(clock.nowMs()), level, program, message, ...bound, ...fields }
    for (const key of Object.keys(entry)) if (SECRET.test(key)) entry[key] = '(hidden)'
    sink(JSON.stringify(entry))
  }
  return {
    debug: (m, f) => write('debug', m, f),
    info: (m, f) => write('info', m, f),
    warn: (m, f) => write('warn', m, f),
    error: (m, f) => write('error', m, f),
    child: (fields) => createLog(program, clock, sink, least, { ...bound, ...fields }),
  }
}

export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
}
