import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformWithOxc } from 'vite'
import { systemClock } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import { readSettings } from '../../domain/config.ts'
import { silentLog } from '../../domain/log.ts'
import type { Role } from '../../domain/officer.ts'
import { createOnvifDoor } from '../../devices/camera/onvif-door.ts'
import { createAllowedAddresses } from '../../gateway/cameras/allowed-address.ts'
import { publishKeyRoute } from '../../gateway/cameras/push-route.ts'
import { cameraRoutes } from '../../gateway/cameras/routes.ts'
import { StreamerFleet } from '../../gateway/cameras/streamer-fleet.ts'
import { settingsRoute } from '../../gateway/core/settings-route.ts'
import type { Route } from '../../gateway/http/route.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../gateway/http/server.ts'
import { EventLog } from '../../gateway/live/event-log.ts'
import { Troubles } from '../../gateway/live/troubles.ts'
import { createLiveProxy } from '../../gateway/media/live-proxy.ts'
import { mediaRoutes } from '../../gateway/media/routes.ts'
import { KeepRecordings } from '../../gateway/recordings/keep-recordings.ts'
import { recordingRoutes } from '../../gateway/recordings/routes.ts'
import { registryRoutes } from '../../gateway/registry/routes.ts'
import { WatchAudit } from '../../gateway/trust/audit.ts'
import { createAuth } from '../../gateway/trust/authenticate.ts'
import { createPasswordHasher } from '../../gateway/trust/password-hasher.ts'
import { sessionRoutes } from '../../gateway/trust/routes.ts'
import { createSecretBox } from '../../gateway/trust/secret-box.ts'
import { Sessions } from '../../gateway/trust/sessions.ts'
import { createTickets } from '../../gateway/trust/tickets.ts'
import { readUserByName } from '../../gateway/trust/user-rows.ts'
import { testDatabase } from '../support/database.ts'

export const INTERNAL_TOKEN = 'test-token'
const SECRET_KEY = '5a'.repeat(32)

/** The hashing program needs no build to be tested: one file without imports of its own, types taken off. */
export async function scryptProgram(): Promise<{ path: string; remove(): void }> {
  const source = readFileSync(new URL('../../gateway/trust/scrypt-main.ts', import.meta.url), 'utf8')
  const { code } = await transformWithOxc(source, 'scrypt-main.ts', {})
  const dir = mkdtempSync(join(tmpdir(), 'vigil-scrypt-'))
  const path = join(dir, 'scrypt-main.mjs')
  writeFileSync(path, code)
  return { path, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

export interface FixtureOptions {
  routes?: (parts: Parts) => Route[]
  server?: Partial<HttpServerOptions>
  networks?: string
  loopbackPorts?: number[]
  cityDir?: string
}

export type Parts = Awaited<ReturnType<typeof createParts>>

async function createParts(options: FixtureOptions) {
  const { database, metrics, drop } = await testDatabase()
  const program = await scryptProgram()
  const clock = systemClock
  const log = silentLog
  const events = new EventLog({ database, clock, log, metrics })
  await events.start()
  const troubles = new Troubles({ events, database, clock, log })
  await troubles.start()
  const box = createSecretBox(SECRET_KEY)
  const sessions = new Sessions({ database, clock })
  const tickets = createTickets(box, clock)
  const hasher = createPasswordHasher({ log, metrics, program: program.path })
  const auth = createAuth({ sessions, tickets, internalToken: INTERNAL_TOKEN })
  const fleet = new StreamerFleet({ database, events, troubles, clock, log, metrics, box, expectedWorkers: [] })
  await fleet.start()
  const watches = new WatchAudit(database, clock.monotonicMs)
  const proxy = createLiveProxy({
    internalToken: INTERNAL_TOKEN,
    isLive: (baseUrl) => fleet.isLive(baseUrl),
    clock,
    log,
    metrics,
  })
  const allowed = createAllowedAddresses(options.networks ?? '10.0.0.0/8', options.loopbackPorts ?? [])
  const onvif = createOnvifDoor()
  const recordDir = mkdtempSync(join(tmpdir(), 'vigil-recordings-'))
  const keeper = new KeepRecordings({
    database,
    troubles,
    clock,
    log,
    metrics,
    recordDir,
    daysDefault: 30,
    bytesMax: null,
  })
  const parts = { database, metrics, clock, log, events, troubles, box, sessions, tickets, hasher, auth, fleet }
  const end = async () => {
    fleet.stop()
    events.stop()
    proxy.close()
    hasher.close()
    program.remove()
    rmSync(recordDir, { recursive: true, force: true })
    await drop()
  }
  return { ...parts, watches, proxy, allowed, onvif, recordDir, keeper, end }
}

/** No order, no picture. */
const crewSees = () => false

/** The routes of this part of the product, as the core composes them. */
export function ownRoutes(parts: Parts, cityDir: string, hasTls = false): Route[] {
  const deps = { ...parts, internalToken: INTERNAL_TOKEN, isSimulating: false, hasTls, cityDir, crewSees }
  return [
    ...sessionRoutes(deps),
    ...cameraRoutes(deps),
    publishKeyRoute({ ...deps, secretKey: SECRET_KEY, rtmpPort: 1935 }),
    ...mediaRoutes(deps),
    ...recordingRoutes(deps),
    ...registryRoutes(deps),
    settingsRoute({ settings: readSettings({}).settings!, isSimulating: false }),
  ]
}

export interface Fixture extends Parts {
  server: HttpServer
  url: string
  routes: Route[]
  /** A signed-in client of that role; the account is made when it is first asked for. */
  as(role: Role, more?: { patrolId?: string; jurisdiction?: string }): Promise<Client>
  anonymous: Client
  program: Client
  close(): Promise<void>
}

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}
export interface Client {
  token: string
  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>>
  send<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>
}

/** The real server on a free port, on a real database. */
export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const parts = await createParts(options)
  const routes =
    options.routes?.(parts) ?? ownRoutes(parts, options.cityDir ?? tmpdir(), options.server?.tls !== undefined)
  const server = await createHttpServer({
    ...parts,
    routes,
    host: '127.0.0.1',
    port: 0,
    readiness: {},
    onDesk: (socket) => socket.send('hello'),
    ...options.server,
  })
  const url = `http://127.0.0.1:${server.port}`
  return {
    ...parts,
    server,
    routes,
    url,
    anonymous: clientOf(url, ''),
    program: clientOf(url, INTERNAL_TOKEN),
    as: async (role, more = {}) => {
      const username = `${role}${more.patrolId ?? ''}${more.jurisdiction?.length ?? ''}`.toLowerCase()
      await parts.database.execute(
        `insert into users (id, username, display_name, role, jurisdiction, patrol_id)
         values ($1, $2, $2, $3, $4, $5) on conflict do nothing`,
        [newId(parts.clock.nowMs()), username, role, more.jurisdiction ?? '', more.patrolId ?? null],
      )
      const user = await readUserByName(parts.database, username)
      const { token } = await parts.sessions.open(user!)
      return clientOf(url, token)
    },
    close: async () => {
      await server.close()
      await parts.end()
    },
  }
}

export function clientOf(url: string, token: string): Client {
  const send = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const full = path.startsWith('/') ? `${url}${path}` : `${url}/api/v1/${path}`
    const response = await fetch(full, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T }
  }
  return { token, send, get: (path) => send('GET', path) }
}
