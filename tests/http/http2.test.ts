import { connect, type ClientHttp2Session } from 'node:http2'
import { request } from 'node:https'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startFixture, type Fixture } from './fixture.ts'

let fixture: Fixture
let session: ClientHttp2Session
let token = ''
const staticDir = mkdtempSync(join(tmpdir(), 'vigil-static-'))
const file = (name: string) => fileURLToPath(new URL(`./tls/${name}`, import.meta.url))

beforeAll(async () => {
  writeFileSync(join(staticDir, 'index.html'), '<!doctype html><title>desk</title>')
  fixture = await startFixture({
    server: { staticDir, tls: { certPath: file('cert.pem'), keyPath: file('key.pem') } },
  })
  session = connect(`https://127.0.0.1:${fixture.server.port}`, { rejectUnauthorized: false })
  token = (await fixture.as('admin')).token
})
afterAll(async () => {
  session.close()
  await fixture.close()
  rmSync(staticDir, { recursive: true })
})

function ask(method: string, path: string, body?: object): Promise<{ status: number; text: string; cookie: string }> {
  return new Promise((resolve, reject) => {
    const headers = { ':method': method, ':path': path, authorization: `Bearer ${token}` }
    const stream = session.request({ ...headers, ...(body ? { 'content-type': 'application/json' } : {}) })
    let status = 0
    let cookie = ''
    let text = ''
    stream.on('response', (got) => {
      status = Number(got[':status'])
      cookie = String(got['set-cookie'] ?? '')
    })
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    stream.on('end', () => resolve({ status, text, cookie }))
    stream.on('error', reject)
    stream.end(body ? JSON.stringify(body) : undefined)
  })
}

test('with a certificate the same routes, files and problems come by HTTP/2', async () => {
  expect(session.alpnProtocol ?? 'h2').toBe('h2')
  expect(JSON.parse((await ask('GET', '/api/v1/me')).text)).toMatchObject({ username: 'admin' })
  expect((await ask('GET', '/')).text).toContain('<title>desk</title>')
  expect((await ask('GET', '/index.html')).text).toContain('<title>desk</title>')
  expect(JSON.parse((await ask('GET', '/api/v1/nothing')).text)).toMatchObject({ code: 'not-found' })
  const site = {
    id: 's1',
    name: '小学',
    nameEn: null,
    kind: 'school',
    address: '',
    lng: 114,
    lat: 22,
    contacts: [],
    cameraIds: [],
    notes: null,
  }
  expect((await ask('POST', '/api/v1/sites', site)).status).toBe(201)
  expect((await ask('DELETE', '/api/v1/sites/s1')).status).toBe(204)
  expect((await ask('DELETE', '/api/v1/session')).cookie).toContain('Secure')
  token = (await fixture.as('admin')).token
  const many = await Promise.all(Array.from({ length: 40 }, () => ask('GET', '/api/v1/devices')))
  expect(new Set(many.map((answer) => answer.status))).toEqual(new Set([200]))
})

test('who speaks only HTTP/1.1 is served too, and live streams open', async () => {
  const status = await new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: fixture.server.port, path: '/healthz', rejectUnauthorized: false }
    request(options, (res) => resolve(res.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(200)
  const socket = new WebSocket(`wss://127.0.0.1:${fixture.server.port}/api/v1/events`, {
    rejectUnauthorized: false,
    headers: { authorization: `Bearer ${token}` },
  })
  const first = await new Promise((resolve, reject) => {
    socket.once('message', (text: Buffer) => resolve(text.toString()))
    socket.once('error', reject)
  })
  socket.close()
  expect(first).toBe('hello')
})
