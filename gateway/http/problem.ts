import type { ServerResponse } from 'node:http'
import { Fault, FAULT_STATUS, reasonOf, type FaultCode } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Problem } from '../../domain/wire/http.ts'
import type { z } from '../../domain/z.ts'

/** Members of a problem that facts may not overwrite. */
const RESERVED = new Set(['type', 'title', 'status', 'detail', 'code'])

/** `wrong-credential` → `Wrong credential`. */
function titleOf(code: FaultCode): string {
  const words = code.replaceAll('-', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}

export function problemOf(fault: Fault): Problem {
  const facts = Object.fromEntries(Object.entries(fault.facts).filter(([key]) => !RESERVED.has(key)))
  return {
    type: `/problems/${fault.code}`,
    title: titleOf(fault.code),
    status: FAULT_STATUS[fault.code],
    detail: fault.message,
    code: fault.code,
    ...facts,
  }
}

/** Whatever was thrown, as a fault. What is not one is logged with an id that the answer names, and says nothing else. */
export function faultOf(error: unknown, where: string, log: Log, clock: Clock): Fault {
  if (error instanceof Fault) return error
  const parserFault = bodyFault(error)
  if (parserFault) return parserFault
  const errorId = newId(clock.nowMs())
  const stack = error instanceof Error ? error.stack : undefined
  log.error('a request failed', { where, errorId, reason: reasonOf(error), stack })
  return new Fault('internal', `Something went wrong here. It is in the log as ${errorId}.`, { errorId }, error)
}

/** What the body parser throws, by its `type`. */
function bodyFault(error: unknown): Fault | null {
  if (!(error instanceof Error) || !('type' in error) || !('status' in error)) return null
  if (error.type === 'entity.too.large') {
    const bytesMax = 'limit' in error && typeof error.limit === 'number' ? error.limit : null
    const detail = `The body is larger than ${bytesMax === null ? 'allowed' : `${Math.floor(bytesMax / 1024)} KiB`}.`
    return new Fault('too-large', detail, bytesMax === null ? {} : { bytesMax })
  }
  if (error.type === 'entity.parse.failed') return new Fault('bad-request', 'The body is not JSON.')
  if (typeof error.status === 'number' && error.status >= 400 && error.status < 500) {
    return new Fault('bad-request', 'The request cannot be read.', { reason: error.message })
  }
  return null
}

/** A `bad-request` with every issue, not only the first. */
export function invalidFault(where: 'params' | 'query' | 'body', error: z.ZodError): Fault {
  const issues = error.issues.map((issue) => ({ path: [where, ...issue.path].join('.'), message: issue.message }))
  const first = issues[0]
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new Fault('bad-request', `${first?.path}: ${first?.message}${more}`, { issues })
}

export function sendJson(res: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  const text = Buffer.from(JSON.stringify(body))
  res.statusCode = status
  res.setHeader('content-type', `${type}; charset=utf-8`)
  res.setHeader('content-length', text.length)
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store')
  res.end(res.req?.method === 'HEAD' ? undefined : text)
}

export function sendFault(res: ServerResponse, fault: Fault): void {
  if (res.headersSent) {
    // The body has begun; only a cut connection tells the client that it is not whole.
    res.destroy()
    return
  }
  for (const name of res.getHeaderNames()) if (/^(content-|etag|cache-control)/i.test(name)) res.removeHeader(name)
  if (fault.code === 'not-signed-in') res.setHeader('www-authenticate', 'Bearer')
  const { retryAfterS } = fault.facts
  if (typeof retryAfterS === 'number') res.setHeader('retry-after', retryAfterS)
  sendJson(res, fault.status, problemOf(fault), 'application/problem+json')
}
