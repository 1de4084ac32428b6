import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from '../../domain/z.ts'
import type { Action, PolicyObject, Subject } from '../trust/policy.ts'

/**
 * A route is data: the HTTP server, the policy test and the OpenAPI document are all made from the same list. Handlers get
 * validated input, throw `Fault` for what is expected to go wrong, and return the JSON body.
 */
export interface RouteInput<P, Q, B> {
  params: P
  query: Q
  body: B
  subject: Subject
  /** The signed-in officer's username; `centre` for programs. */
  actor: string
  req: IncomingMessage
  res: ServerResponse
}

export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete' | 'put'
  /** Below `/api/v1`, Express 5 syntax: `/alarms/:id/acknowledge`. A path that begins with `!` is absolute: `!/live/:cameraId/:file`. */
  path: string
  summary: string
  action: Action
  /** What the action is done to; default: kind = first path word, id = params.id. */
  object?: (input: RouteInput<Record<string, string>, unknown, unknown>) => PolicyObject | Promise<PolicyObject>
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  /** Schema of the 200 answer, for the OpenAPI document and checked in tests. Absent: the handler writes to `res` itself. */
  answer?: z.ZodType
  /** Status of success, default 200. */
  status?: number
  /** Content types of a body that is taken as bytes instead of JSON; anything else is refused. */
  bodyTypes?: readonly string[]
  /** Largest body, default 256 KiB; only for programs that report about thousands of things at once. */
  bodyBytesMax?: number
  handler: (input: RouteInput<Record<string, string>, never, never>) => unknown
}

/** Gives a route its types: `defineRoute({…, body: schema, handler: ({body}) => …})`. */
export function defineRoute<
  P extends z.ZodType = z.ZodType<Record<string, string>>,
  Q extends z.ZodType = z.ZodType<Record<string, never>>,
  B extends z.ZodType = z.ZodType<undefined>,
  A extends z.ZodType = z.ZodType,
>(
  route: Omit<Route, 'params' | 'query' | 'body' | 'answer' | 'handler'> & {
    params?: P
    query?: Q
    body?: B
    answer?: A
    handler: (
      input: RouteInput<z.infer<P>, z.infer<Q>, z.infer<B>>,
    ) => z.infer<A> | Promise<z.infer<A>> | void | Promise<void>
  },
): Route {
  return route as unknown as Route
}
