import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Fault } from '../../domain/fault.ts'
import { z } from '../../domain/z.ts'
import { openApiOf } from '../../gateway/http/openapi.ts'
import { fullPathOf } from '../../gateway/http/answer-route.ts'
import { defineRoute } from '../../gateway/http/route.ts'
import { ownRoutes, startFixture, type Fixture } from './fixture.ts'

let fixture: Fixture
const staticDir = mkdtempSync(join(tmpdir(), 'vigil-static-'))
let databaseIsReady = false

const toolRoutes = [
  defineRoute({
    method: 'post',
    path: '/tools/:id/turn',
    summary: 'For these tests',
    action: 'self',
    params: z.object({ id: z.string().max(5) }),
    query: z.object({ speed: z.coerce.number().max(10).default(1) }),
    body: z.object({ a: z.string(), b: z.number() }),
    answer: z.looseObject({}),
    handler: ({ params, query, body }) => ({ params, query, body }),
  }),
  defineRoute({
    method: 'post',
    path: '/tools/step',
    summary: 'Needs nothing',
    action: 'self',
    body: z.object({ reason: z.string().optional() }),
    answer: z.looseObject({}),
    handler: ({ body }) => ({ body }),
  }),
  defineRoute({
    method: 'get',
    path: '/tools/broken',
    summary: 'Throws',
    action: 'public',
    handler: () => {
      throw new Error('a secret inside')
    },
  }),
  defineRoute({
    method: 'get',
    path: '/tools/busy',
    summary: 'Faults',
    action: 'public',
    handler: () => {
      throw new Fault('patrol-busy', 'Patrol 7 is on another incident.', { patrolId: 'p7', status: 1 })
    },
  }),
]

beforeAll(async () => {
  mkdirSync(join(staticDir, 'assets'))
  writeFileSync(join(staticDir, 'index.html'), '<!doctype html><title>desk</title>')
  writeFileSync(join(staticDir, 'assets', 'app-1a2b3c.js'), 'export {}')
  fixture = await startFixture({
    routes: (parts) => [...toolRoutes, ...ownRoutes(parts, tmpdir())],
    server: { staticDir, readiness: { database: () => (databaseIsReady ? null : 'starting') } },
  })
})
afterAll(async () => {
  await fixture.close()
  rmSync(staticDir, { recursive: true })
})

test('a wrong input is answered with every issue at once', async () => {
  const officer = await fixture.as('officer')
  const answer = await officer.send<{ issues: { path: string }[] }>('POST', 'tools/t1/turn', { b: 'x' })
  expect(answer.status).toBe(400)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(answer.body).toMatchObject({ type: '/problems/bad-request', code: 'bad-request', status: 400 })
  expect(answer.body.issues.map((issue) => issue.path)).toEqual(['body.a', 'body.b'])
})

test('a right input reaches the handler converted', async () => {
  const officer = await fixture.as('officer')
  const answer = await officer.send('POST', 'tools/t1/turn?speed=3', { a: 'x', b: 2 })
  expect(answer).toMatchObject({
    status: 200,
    body: { params: { id: 't1' }, query: { speed: 3 }, body: { a: 'x', b: 2 } },
  })
})

test('no body is an empty one where nothing in it is needed', async () => {
  const officer = await fixture.as('officer')
  expect(await officer.send('POST', 'tools/step')).toMatchObject({ status: 200, body: { body: {} } })
  expect((await officer.send('POST', 'tools/step', [])).status).toBe(400)
})

test('a stranger learns nothing about inputs: he is asked to sign in first', async () => {
  const answer = await fixture.anonymous.send('POST', 'tools/too-long-an-id/turn', { wrong: true })
  expect(answer).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
})

test('a fault keeps its code and facts, and facts cannot overwrite the status', async () => {
  const answer = await fixture.anonymous.get('tools/busy')
  expect(answer).toMatchObject({ status: 409, body: { code: 'patrol-busy', status: 409, patrolId: 'p7' } })
})

test('an unexpected error says only its id', async () => {
  const answer = await fixture.anonymous.get<{ errorId: string }>('tools/broken')
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
  expect(answer.body.errorId).toMatch(/^[0-9A-Z]{26}$/)
  expect(JSON.stringify(answer.body)).not.toContain('secret')
})

test('what is not there is a problem too', async () => {
  expect(await fixture.anonymous.get('nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('bodies that are too large or not JSON are refused', async () => {
  const officer = await fixture.as('officer')
  const large = await officer.send('POST', 'tools/t1/turn', { a: 'x'.repeat(300_000), b: 1 })
  expect(large).toMatchObject({ status: 413, body: { code: 'too-large' } })
  const response = await fetch(`${fixture.url}/api/v1/tools/t1/turn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${officer.token}` },
    body: '{"a":',
  })
  expect(response.status).toBe(400)
  expect(await officer.send('POST', 'tools/t1/turn')).toMatchObject({ status: 400, body: { code: 'bad-request' } })
})

test('a page of another origin cannot write with our cookie, and cannot open the live stream', async () => {
  const { token } = await fixture.as('officer')
  const write = (headers: Record<string, string>) =>
    fetch(`${fixture.url}/api/v1/tools/t1/turn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `vigil_session=${token}`, ...headers },
      body: JSON.stringify({ a: 'x', b: 1 }),
    }).then((response) => response.status)
  expect(await write({ origin: fixture.url })).toBe(200)
  expect(await write({})).toBe(200)
  expect(await write({ origin: 'http://elsewhere.example' })).toBe(403)
  expect(await write({ origin: 'null' })).toBe(403)
  expect(await write({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  const headers = { cookie: `vigil_session=${token}` }
  expect(await openDesk({ headers, origin: 'http://elsewhere.example' })).toBe(403)
  expect(await openDesk({ headers, origin: fixture.url })).toBe('hello')
  expect(await openDesk({})).toBe(401)
})

test('a crew has a stream, its own; an account of no patrol has none', async () => {
  const open = async (patrolId?: string) =>
    openDesk({
      headers: { authorization: `Bearer ${(await fixture.as('patrol', patrolId ? { patrolId } : {})).token}` },
    })
  expect(await open('p1')).toBe('hello')
  expect(await open()).toBe(404)
})

test('a live stream ends within five seconds after its session', async () => {
  const officer = await fixture.as('officer')
  const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/v1/events`, {
    headers: { authorization: `Bearer ${officer.token}` },
  })
  await new Promise((resolve) => socket.once('open', resolve))
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  expect((await officer.send('DELETE', 'session')).status).toBe(204)
  expect(await closed).toBe(4401)
  expect((await officer.get('me')).status).toBe(401)
})

test('answers carry the headers that keep a page from being framed or fed from elsewhere', async () => {
  const response = await fetch(`${fixture.url}/`)
  expect(await response.text()).toContain('<title>desk</title>')
  expect(response.headers.get('cache-control')).toBe('no-cache')
  const policy = response.headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'self'",
    "worker-src 'self' blob:",
    "media-src 'self' blob:",
    "frame-ancestors 'none'",
  ]) {
    expect(policy).toContain(part)
  }
  expect(response.headers.get('x-powered-by')).toBeNull()
})

test('files with hashed names live for ever, pages of the app are the app, missing files are missing', async () => {
  const asset = await fetch(`${fixture.url}/assets/app-1a2b3c.js`)
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(await (await fetch(`${fixture.url}/reports/today`)).text()).toContain('<title>desk</title>')
  expect((await fetch(`${fixture.url}/assets/other.js`)).status).toBe(404)
  expect((await fetch(`${fixture.url}/api/v1/reports-of-nothing`)).status).toBe(404)
  expect((await fetch(`${fixture.url}/..%2f..%2fetc%2fpasswd`)).status).toBe(404)
})

test('alive is not ready: what is not says why', async () => {
  expect((await fixture.anonymous.get('/healthz')).status).toBe(200)
  expect(await fixture.anonymous.get('/readyz')).toMatchObject({
    status: 503,
    body: { reasons: { database: 'starting' } },
  })
  databaseIsReady = true
  expect((await fixture.anonymous.get('/readyz')).status).toBe(200)
})

test('the OpenAPI document has every route, and every schema in it is one', async () => {
  const { body, status } = await fixture.anonymous.get<ReturnType<typeof openApiOf>>('openapi.json')
  expect(status).toBe(200)
  const paths = body['paths'] as Record<string, Record<string, Record<string, unknown>>>
  let visited = 0
  for (const route of fixture.routes) {
    const operation = paths[fullPathOf(route).replace(/:(\w+)/g, '{$1}')]?.[route.method]
    expect(operation, `${route.method} ${route.path}`).toBeDefined()
    expect(operation).toMatchObject({ summary: route.summary, 'x-vigil-action': route.action })
    visited++
  }
  expect(visited).toBeGreaterThan(40)
  const schemas: unknown[] = []
  const gather = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'schema') schemas.push(inner)
      else gather(inner)
    }
  }
  gather(paths)
  for (const schema of schemas) expect(() => z.fromJSONSchema(schema as never)).not.toThrow()
  expect(schemas.length).toBeGreaterThan(60)
})

function openDesk(options: { headers?: Record<string, string>; origin?: string }): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/v1/events?after=3`, options)
    socket.once('message', (text: Buffer) => {
      resolve(text.toString())
      socket.close()
    })
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.once('error', reject)
  })
}
