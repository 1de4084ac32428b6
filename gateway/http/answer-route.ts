import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { z } from '../../domain/z.ts'
import { actorOf } from '../trust/audit.ts'
import { authorize, mayEver } from '../trust/authorize.ts'
import type { Auth } from '../trust/authenticate.ts'
import type { PolicyObject } from '../trust/policy.ts'
import { refuseForeignOrigin } from './origin.ts'
import { faultOf, invalidFault, sendFault, sendJson } from './problem.ts'
import type { Route, RouteInput } from './route.ts'

export interface RouteDeps {
  auth: Auth
  log: Log
  metrics: Metrics
  clock: Clock
}

/** What the router has found in the request. */
export interface RawRequest {
  req: IncomingMessage
  res: ServerResponse
  params: Record<string, string>
  query: unknown
  /** Not before it is known who sends it: nobody parses megabytes for a stranger. */
  readBody(): Promise<unknown>
}

/** Of the public contract; `!` marks an absolute path. */
export function fullPathOf(route: Pick<Route, 'path'>): string {
  return route.path.startsWith('!') ? route.path.slice(1) : `/api/v1${route.path}`
}

/** Runs one route: who asks, may they ever, is the input right, may they do it to this object, do it, answer. */
export function answerRoute(route: Route, deps: RouteDeps): (raw: RawRequest) => Promise<void> {
  const { auth, log, clock, metrics } = deps
  const where = `${route.method.toUpperCase()} ${fullPathOf(route)}`
  const answers = metrics.counter('vigil_http_requests_total', 'Answered requests')
  const seconds = metrics.histogram('vigil_http_seconds', 'Duration of answered requests')

  return async (raw) => {
    const startedMs = clock.monotonicMs()
    try {
      await run(route, raw, auth)
    } catch (error) {
      sendFault(raw.res, faultOf(error, where, log, clock))
    }
    answers.of({ route: where, status: String(raw.res.statusCode) }).add()
    seconds.observe((clock.monotonicMs() - startedMs) / 1000)
  }
}

async function run(route: Route, raw: RawRequest, auth: Auth): Promise<void> {
  const { req, res } = raw
  const isWrite = route.method !== 'get'
  // A sign-in needs no cookie to do harm: a foreign page could sign a desk in as somebody else.
  if (isWrite && req.headers.authorization === undefined) refuseForeignOrigin(req)
  const { subject } =
    route.action === 'public' ? { subject: { type: 'anonymous' as const } } : await auth.authenticate(req)
  mayEver(subject, route.action)
  const input: RouteInput<Record<string, string>, unknown, unknown> = {
    params: parse('params', route.params, raw.params) as Record<string, string>,
    query: parse('query', route.query, raw.query),
    body: route.body ? parseBody(route, route.body, await raw.readBody()) : undefined,
    subject,
    actor: actorOf(subject),
    req,
    res,
  }
  authorize(subject, route.action, route.object ? await route.object(input) : defaultObject(route, input.params))
  const body = await route.handler(input as RouteInput<Record<string, string>, never, never>)
  if (res.headersSent || res.writableEnded || res.destroyed) return
  if (body === undefined) {
    res.statusCode = 204
    res.end()
  } else sendJson(res, route.status ?? 200, body)
}

function parseBody(route: Route, schema: z.ZodType, value: unknown): unknown {
  if (route.bodyTypes && !Buffer.isBuffer(value)) {
    throw new Fault('bad-request', `A body is needed (content-type: ${route.bodyTypes.join(' or ')}).`)
  }
  return parse('body', schema, value)
}

function parse(where: 'params' | 'query' | 'body', schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return where === 'params' ? value : undefined
  if (where === 'body' && value === undefined) {
    // No body is an empty one where nothing in it is needed: `accept` without a word is an accept.
    for (const empty of [undefined, {}]) {
      const result = schema.safeParse(empty)
      if (result.success) return result.data
    }
    throw new Fault('bad-request', 'A JSON body is needed (content-type: application/json).')
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalidFault(where, result.error)
}

function defaultObject(route: Route, params: Record<string, string>): PolicyObject {
  const kind = /^!?\/([\w-]+)/.exec(route.path)?.[1] ?? 'thing'
  return { kind: kind.replace(/s$/, ''), id: params['id'] }
}
