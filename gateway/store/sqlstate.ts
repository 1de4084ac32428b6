/**
 * What an error of the server means for us. `retry`: the same transaction again, the server asked for it. `away`: the server cannot be
 * used at all now. `busy`: it answers, but this statement could not be done now. Anything absent is a programmer's error and
 * goes up as it is. Classes: PostgreSQL manual, appendix A.
 */
export type SqlTrouble = 'retry' | 'away' | 'busy'

const BY_CODE: Record<string, SqlTrouble> = {
  '40001': 'retry', // serialization failure
  '40P01': 'retry', // deadlock
  '08000': 'away',
  '08001': 'away',
  '08003': 'away',
  '08004': 'away',
  '08006': 'away',
  '08P01': 'away', // a proxy lost the thread of the protocol
  '53300': 'away', // too many connections
  '57P01': 'away', // shut down by its operator
  '57P02': 'away', // another backend crashed
  '57P03': 'away', // starting or going down
  '53100': 'busy', // disk full
  '53200': 'busy', // out of memory
  '55P03': 'busy', // lock not available
  '57014': 'busy', // statement time-out
  '58030': 'busy', // I/O error
}

/** Errors of the socket, by `code`, and of the driver, which has only words. */
const SOCKET_CODES = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT|EACCES)/
const DRIVER_WORDS =
  /Connection terminated|timeout expired|connection error and is not queryable|timeout exceeded when trying to connect|Query read timeout|Client was closed/

/** @returns null for errors that are about the statement itself */
export function troubleOf(error: unknown): SqlTrouble | null {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string') {
    const known = BY_CODE[code]
    if (known) return known
    if (SOCKET_CODES.test(code)) return 'away'
  }
  return typeof message === 'string' && DRIVER_WORDS.test(message) ? 'away' : null
}
