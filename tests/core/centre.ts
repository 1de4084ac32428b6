import { createHash, timingSafeEqual } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { systemClock } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import type { ServerMessage } from '../../domain/wire/live.ts'
import { connectBroker } from '../../gateway/broker/client.ts'
import { loadCity } from '../../gateway/city/known-city.ts'
import { createCore } from '../../gateway/core/compose.ts'
import { seedCity } from '../../gateway/core/seed.ts'
import { createHttpServer } from '../../gateway/http/server.ts'
import { Edge } from '../../gateway/intake/edge.ts'
import { JournalWriter } from '../../gateway/intake/journal/writer.ts'
import { withJurisdiction } from '../../gateway/live/route-jurisdiction.ts'
import { thingRoutes } from '../../gateway/registry/routes.ts'
import { createDatabase, type Database } from '../../gateway/store/database.ts'
import { createAuth } from '../../gateway/trust/authenticate.ts'
import { createSecretBox } from '../../gateway/trust/secret-box.ts'
import { Sessions } from '../../gateway/trust/sessions.ts'
import { createTickets } from '../../gateway/trust/tickets.ts'
import { readUserByName } from '../../gateway/trust/user-rows.ts'
import { testDatabase } from '../support/database.ts'

export const DEMO_CITY = fileURLToPath(new URL('../../simulators/city/demo/', import.meta.url))
/** Accounts of crews' phones and their patrols. */
export const CREWS: Record<string, string> = { crew1: 'patrol-01', crew2: 'patrol-02' }
const CENTRE_PASSWORD = 'centre-password'
/** Every device of these tests has the sha256 of its id as its password. */
export const passwordOf = (id: string) => createHash('sha256').update(id).digest('hex')

export interface Answer<T> {
  status: number
  body: T
}

export interface Desk {
  messages: ServerMessage[]
  dots: number
  send(message: object): void
  close(): void
}

/** Edge, journal, core and HTTP in this process, on free ports, with the demo district and a real database. */
export async function startCentre() {
  const test = await testDatabase()
  const clock = systemClock
  const log = silentLog
  const metrics = new Metrics()
  const folder = mkdtempSync(join(tmpdir(), 'vigil-core-'))
  const journalDir = join(folder, 'journal')
  const journal = await JournalWriter.open({ root: journalDir, program: 'intake-1', log, metrics, clock })
  const edge = new Edge({
    host: '127.0.0.1',
    port: 0,
    centrePassword: CENTRE_PASSWORD,
    take: (record) => journal.append(record),
    credentials: { verify: async (id, password) => await verdictOf(id, password) },
    log,
    metrics,
    clock,
  })
  const mqttPort = await edge.listen()
  const cable = await startCable(test.url)
  const database = createDatabase({ url: cable.url, log, metrics })
  const box = createSecretBox('11'.repeat(32))
  const city = await loadCity({ cityDir: DEMO_CITY, dataDir: folder, log })
  await city.written
  await seedCity(database, city.places, box, { rtspPort: 8554, onvifPort: 8555, password: 'x' }, log)
  const broker = connectBroker({
    url: `mqtt://127.0.0.1:${mqttPort}`,
    clientId: 'core',
    username: 'vigil-centre',
    password: CENTRE_PASSWORD,
    log,
    metrics,
    clock,
  })
  const video = () => ({ video: 'ok' as const, camerasOnline: 1, camerasWanted: 1 })
  const core = await createCore({
    database,
    broker,
    clock,
    log,
    metrics,
    city,
    journalDir,
    decisionsDir: join(folder, 'decisions'),
    recordDir: join(folder, 'recordings'),
    photoDir: join(folder, 'photos'),
    version: 'test',
    mqtt: { host: null, port: mqttPort, isTls: false },
    video,
  })
  const sessions = new Sessions({ database, clock })
  const auth = createAuth({ sessions, tickets: createTickets(box, clock), internalToken: 'internal' })
  const server = await createHttpServer({
    auth,
    log,
    metrics,
    clock,
    routes: [...core.routes, ...thingRoutes({ database, clock, events: core.events })].map((route) =>
      withJurisdiction(route, { state: core.state, database }),
    ),
    host: '127.0.0.1',
    port: 0,
    readiness: {},
    onDesk: core.onDesk,
  })
  // Building the roads may hold this process up for longer than a new connection is waited for.
  await untilItAnswers(database)
  await database.execute(
    `insert into users (id, username, display_name, role) values ($1, 'li', '李', 'officer'), ($2, 'wu', '吴', 'officer')`,
    [newId(clock.nowMs()), newId(clock.nowMs())],
  )
  for (const [name, patrolId] of Object.entries(CREWS)) {
    await database.execute(
      `insert into users (id, username, display_name, role, patrol_id) values ($1, $2, $2, 'patrol', $3)`,
      [newId(clock.nowMs()), name, patrolId],
    )
  }
  const tokens: Record<string, string> = {}
  const signIn = async (name: string) => {
    const user = await readUserByName(database, name)
    tokens[name] = (await sessions.open(user!)).token
  }
  for (const name of ['li', 'wu', ...Object.keys(CREWS)]) await signIn(name)
  const url = `http://127.0.0.1:${server.port}`
  const desks: Desk[] = []
  return {
    /** Pulls and plugs the cable to the database. */
    cable,
    /** Straight to the database, whatever the cable does. */
    straight: test.database,
    httpUrl: url,
    mqttPort,
    core,
    city,
    metrics,
    database,
    /** One more officer, signed in. */
    officer: async (name: string, jurisdiction: string, role = 'officer') => {
      await database.execute(
        'insert into users (id, username, display_name, role, jurisdiction) values ($1, $2, $2, $3, $4)',
        [newId(clock.nowMs()), name, role, jurisdiction],
      )
      await signIn(name)
    },
    api: async <T = Record<string, unknown>>(
      method: string,
      path: string,
      body?: unknown,
      who = 'li',
    ): Promise<Answer<T>> => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${tokens[who]}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: (await answer.json()) as T }
    },
    /** Bytes instead of JSON. */
    upload: async <T = Record<string, unknown>>(
      path: string,
      type: string,
      bytes: Uint8Array<ArrayBuffer>,
      who: string,
    ): Promise<Answer<T>> => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens[who]}`, 'content-type': type },
        body: bytes,
      })
      return { status: answer.status, body: (await answer.json()) as T }
    },
    download: (path: string, who: string) =>
      fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${tokens[who]}` } }),
    desk: async (after: number | null = null, who = 'li'): Promise<Desk> => {
      const query = after === null ? '' : `?after=${after}`
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events${query}`, {
        headers: { authorization: `Bearer ${tokens[who]}` },
      })
      const desk: Desk = {
        messages: [],
        dots: 0,
        send: (message) => socket.send(JSON.stringify(message)),
        close: () => socket.close(),
      }
      socket.on('message', (frame: Buffer, isBinary: boolean) => {
        if (isBinary) desk.dots++
        else desk.messages.push(JSON.parse(frame.toString()) as ServerMessage)
      })
      await new Promise<void>((resolve, reject) => {
        socket.on('open', resolve)
        socket.on('error', reject)
      })
      desks.push(desk)
      return desk
    },
    stop: async () => {
      for (const desk of desks) desk.close()
      await server.close()
      await core.stop()
      await broker.close()
      await edge.close()
      await journal.close()
      await database.close()
      await cable.close()
      await test.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type TestCentre = Awaited<ReturnType<typeof startCentre>>

async function untilItAnswers(database: Database): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await database.query('select 1')
      return
    } catch (error) {
      if (tries === 40) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

/** A cable between the core and its database that can be pulled: connections break, new ones are refused. */
async function startCable(databaseUrl: string) {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const pairs = new Map<Socket, Socket>()
  let pulled = false
  let frozen = false
  const server = createServer((inside) => {
    if (pulled) return inside.destroy()
    const outside = connect(Number(target.port), target.hostname)
    for (const [a, b] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(a)
      pairs.set(a, b)
      if (!frozen) a.pipe(b)
      a.on('error', () => b.destroy())
      a.on('close', () => {
        sockets.delete(a)
        pairs.delete(a)
        b.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const cut = () => sockets.forEach((socket) => socket.destroy())
  return {
    url: url.href,
    pull: () => {
      pulled = true
      cut()
    },
    plug: () => {
      pulled = false
    },
    /** Connections stand, and nothing goes through: a server that hangs. */
    freeze: () => {
      frozen = true
      for (const [a, b] of pairs) a.unpipe(b)
    },
    thaw: () => {
      frozen = false
      for (const [a, b] of pairs) a.pipe(b)
    },
    close: () => {
      cut()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function verdictOf(id: string, password: Buffer) {
  const { kind } = /^(?<kind>button|taxi|patrol)-/.exec(id)?.groups ?? {}
  if (kind === undefined) return { outcome: 'unknown-device' as const }
  const right = Buffer.from(passwordOf(id))
  const same = password.length === right.length && timingSafeEqual(password, right)
  return same ? { outcome: 'ok' as const, kind: kind as 'button' } : { outcome: 'wrong-credential' as const }
}

/** Looks every 10 ms until it is there. */
export async function until<T>(what: string, look: () => T | undefined | null | false, withinMs = 5_000): Promise<T> {
  const endMs = performance.now() + withinMs
  for (;;) {
    const found = look()
    if (found) return found
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
