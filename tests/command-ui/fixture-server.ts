import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemClock, toIso } from '../../domain/clock.ts'
import { encodeDots } from '../../domain/wire/dots.ts'
import type { ReportBy } from '../../domain/wire/reports.ts'
import { registerAnswerOf } from './fixture-registers.ts'
import { FixtureCentre } from './fixture-centre.ts'
import { ME, type MadeUpDistrict } from './fixture-district.ts'
import { manyAnswerOf } from './fixture-many.ts'
import { madeUpCoverage, madeUpResponseTimes } from './fixture-reports.ts'
import { answerOf, layerOf } from './fixture-answers.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/mp4',
  '.mp4': 'video/mp4',
}

export interface Fixture {
  url: string
  centre: FixtureCentre
  /** Stops pulses and events while the sockets stay open, as a half-dead server would. */
  setSilent(isSilent: boolean): void
  /** Cuts all sockets; new ones are refused until called with false. */
  setAway(isAway: boolean): void
  /** Answers that the next request of this path (below /api/v1) gets instead of its own. */
  answerNext(path: string, status: number, body: unknown): void
  isSignedIn: boolean
  mustSetPassword: boolean
  desks: Set<WebSocket>
  close(): Promise<void>
}

/** Serves dist/command-ui and a made-up centre that speaks the contract, for tests and for looking. */
export async function startFixture(
  options: { hasVideo?: boolean; port?: number; uiDir?: string; district?: MadeUpDistrict } = {},
): Promise<Fixture> {
  const centre = new FixtureCentre(options.district)
  const overrides = new Map<string, { status: number; body: unknown }>()
  const video = options.hasVideo ? await startVideo() : null
  const desks = new Set<WebSocket>()
  let isSilent = false
  let isAway = false
  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => send(res, 500, { code: 'internal', detail: String(error) }))
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, stream, head) => {
    if (isAway || !fixture.isSignedIn) return stream.destroy()
    sockets.handleUpgrade(req, stream, head, (socket) => {
      desks.add(socket)
      const after = Number(new URL(req.url ?? '/', 'http://x').searchParams.get('after') ?? -1)
      const say = (message: unknown) => socket.send(JSON.stringify(message))
      say({ type: 'hello', n: centre.n, at: toIso(systemClock.nowMs()), program: 'fixture', version: '0' })
      for (const event of centre.log) if (event.n > after) say({ type: 'event', event })
      socket.on('close', () => desks.delete(socket))
      socket.on('message', (raw) => {
        const message = JSON.parse((raw as Buffer).toString()) as { type: string; alarmId: string; atMs: number }
        if (message.type === 'rendered') centre.rendered.push(message)
      })
    })
  })
  const toAll = (message: string | Uint8Array) => {
    if (!isSilent) for (const socket of desks) socket.send(message)
  }
  centre.onEvent((event) => toAll(JSON.stringify({ type: 'event', event })))
  centre.onProvisional((alarm) => toAll(JSON.stringify({ type: 'provisional', alarm })))
  const pulse = setInterval(() => {
    const { health } = centre.snapshot()
    toAll(JSON.stringify({ type: 'pulse', at: toIso(systemClock.nowMs()), n: centre.n, health }))
  }, 1000)
  const dots = setInterval(
    () => toAll(encodeDots(systemClock.nowMs(), centre.district.dots(systemClock.nowMs()))),
    1000,
  )

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://x')
    if (url.pathname.startsWith('/api/v1/')) return answerApi(req, res, url)
    if (url.pathname.startsWith('/live/')) return sendVideo(res, video?.dir ?? null, url.pathname)
    const file = join(
      options.uiDir ?? 'dist/command-ui',
      normalize(url.pathname === '/' ? '/index.html' : url.pathname),
    )
    if (!existsSync(file) || !statSync(file).isFile()) return send(res, 404, { code: 'not-found' })
    res.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    res.end(readFileSync(file))
  }

  async function answerApi(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.slice('/api/v1/'.length)
    const body = (await bodyOf(req, url)) as Record<string, string>
    const override = overrides.get(path)
    if (override) {
      overrides.delete(path)
      return send(res, override.status, override.body)
    }
    if (path === 'session' && req.method === 'POST') {
      if (body['password'] === 'wrong' || body['link'] === 'used') {
        return send(res, 401, { code: 'wrong-credential', detail: 'wrong' })
      }
      fixture.isSignedIn = true
      return send(res, 200, { token: 't', me: { ...ME, mustSetPassword: fixture.mustSetPassword } })
    }
    if (!fixture.isSignedIn) return send(res, 401, { code: 'not-signed-in', detail: 'sign in' })
    const [, layer] = /^city\/(\w+)\.geojson$/.exec(path) ?? []
    if (layer) return send(res, 200, await layerOf(centre, layer))
    if (path.endsWith('/plan')) {
      res.writeHead(200, { 'content-type': 'image/svg+xml' })
      return void res.end('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>')
    }
    if (path.startsWith('reports/')) return sendReport(res, path, url.searchParams)
    const method = req.method ?? 'GET'
    if (path.endsWith('/register.csv'))
      return sendText(res, `\ufeffid,name\r\n${[...centre.devices.keys()].join(',x\r\n')}`)
    const found =
      manyAnswerOf(centre, path, method, body) ??
      registerAnswerOf(centre, path, method, body) ??
      answerOf(centre, path, method, body)
    if (found === undefined) return send(res, 404, { code: 'not-found', detail: path })
    return send(res, 200, found)
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const address = server.address()
  const fixture: Fixture = {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    centre,
    desks,
    isSignedIn: true,
    mustSetPassword: false,
    setSilent: (next) => {
      isSilent = next
    },
    setAway: (next) => {
      isAway = next
      if (next) for (const socket of desks) socket.terminate()
    },
    answerNext: (path, status, body) => overrides.set(path, { status, body }),
    close: async () => {
      clearInterval(pulse)
      clearInterval(dots)
      for (const socket of desks) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await video?.stop()
    },
  }
  return fixture
}

async function bodyOf(req: IncomingMessage, url: URL): Promise<unknown> {
  let text = ''
  for await (const chunk of req) text += String(chunk)
  if (req.headers['content-type'] === 'text/csv') {
    return { csv: text, isWrite: url.searchParams.get('write') === 'true' }
  }
  return text === '' ? {} : JSON.parse(text)
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(body))
}

function sendText(res: ServerResponse, text: string): void {
  res.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' })
  res.end(text)
}

function sendReport(res: ServerResponse, path: string, query: URLSearchParams): void {
  const span = [query.get('from') ?? '', query.get('to') ?? ''] as const
  if (query.get('format') === 'csv') {
    return sendText(res, `\ufefffrom,${span[0]},to,${span[1]}\r\n`)
  }
  const by = (query.get('by') ?? 'zone') as ReportBy
  send(res, 200, path === 'reports/coverage' ? madeUpCoverage(...span) : madeUpResponseTimes(by, ...span))
}

function sendVideo(res: ServerResponse, dir: string | null, path: string): void {
  const name = path.split('/').at(-1) ?? ''
  const file = dir === null ? null : join(dir, name === 'loop.m3u8' ? 'clip.m3u8' : name)
  if (!file || !existsSync(file)) return send(res, 404, { code: 'no-picture', detail: 'no picture' })
  res.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'video/mp4', 'cache-control': 'no-store' })
  res.end(readFileSync(file))
}

/** A test pattern as live HLS, by ffmpeg, which only this fixture needs. */
async function startVideo(): Promise<{ dir: string; stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'vigil-fixture-'))
  const source = '-v error -re -f lavfi -i testsrc2=size=640x360:rate=12'
  const codec = '-c:v libx264 -preset ultrafast -tune zerolatency -g 12 -pix_fmt yuv420p'
  const hls = '-f hls -hls_segment_type fmp4 -hls_time 1'
  const words = (text: string) => text.split(' ')
  await promisify(execFile)('ffmpeg', [
    ...words(`${source.replace(' -re', '')} -t 6 ${codec} ${hls} -hls_playlist_type vod`),
    '-hls_fmp4_init_filename',
    'clip-init.mp4',
    '-hls_segment_filename',
    join(dir, 'clip%d.m4s'),
    join(dir, 'clip.m3u8'),
  ])
  const live: ChildProcess = spawn('ffmpeg', [
    ...words(`${source} ${codec} ${hls} -hls_list_size 6 -hls_flags delete_segments+program_date_time`),
    '-hls_segment_filename',
    join(dir, 'seg%d.m4s'),
    join(dir, 'index.m3u8'),
  ])
  return {
    dir,
    stop: async () => {
      live.kill('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 100))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
