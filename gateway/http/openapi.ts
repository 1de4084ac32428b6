import { problemSchema } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { fullPathOf } from './answer-route.ts'
import { defineRoute, type Route } from './route.ts'

type Json = Record<string, unknown>

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. Inputs before their defaults, answers after. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return rest as Json
}

/** The document of `GET /api/v1/openapi.json`, from the very schemas that validate. */
export function openApiOf(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = fullPathOf(route).replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vigil',
      version: '1',
      description: 'Surveillance and alarm command centre. Times are RFC 3339 UTC, places [lng, lat] WGS-84.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token of POST /api/v1/session' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'vigil_session' },
      },
      responses: {
        Problem: {
          description: 'What went wrong, RFC 9457',
          content: { 'application/problem+json': { schema: schemaOf(problemSchema, 'output') } },
        },
      },
    },
  }
}

function operationOf(route: Route): Json {
  const operation: Json = {
    summary: route.summary,
    operationId: operationIdOf(route),
    tags: [/^!?\/([\w-]+)/.exec(route.path)?.[1] ?? 'other'],
    'x-vigil-action': route.action,
    security: route.action === 'public' ? [] : [{ token: [] }, { cookie: [] }],
    responses: {
      [route.status ?? (route.answer ? 200 : 204)]: answerOf(route),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
  const parameters = [...pathParameters(route), ...queryParameters(route)]
  if (parameters.length > 0) operation['parameters'] = parameters
  if (route.body) {
    const required = !route.body.safeParse(undefined).success
    const ofBytes = (type: string) => [type, { schema: { type: 'string', format: 'binary' } }] as const
    const content = route.bodyTypes
      ? Object.fromEntries(route.bodyTypes.map(ofBytes))
      : { 'application/json': { schema: schemaOf(route.body, 'input') } }
    operation['requestBody'] = { required, content }
  }
  return operation
}

function operationIdOf(route: Route): string {
  const words = route.path
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
  return route.method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function answerOf(route: Route): Json {
  if (!route.answer) return { description: 'Done' }
  return { description: 'Done', content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } }
}

function pathParameters(route: Route): Json[] {
  const shape = route.params ? schemaOf(route.params, 'input') : {}
  const properties = (shape['properties'] ?? {}) as Record<string, Json>
  return [...fullPathOf(route).matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name!] ?? { type: 'string' },
  }))
}

function queryParameters(route: Route): Json[] {
  if (!route.query) return []
  const shape = schemaOf(route.query, 'input')
  const required = new Set((shape['required'] ?? []) as string[])
  return Object.entries((shape['properties'] ?? {}) as Record<string, Json>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema,
  }))
}

/** Made once, at the first reading: the list does not change while running. */
export function openApiRoute(routes: readonly Route[]): Route {
  let document: Json | null = null
  const route: Route = defineRoute({
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    action: 'public',
    answer: z.record(z.string(), z.unknown()),
    handler: () => (document ??= openApiOf([...routes, route])),
  })
  return route
}
