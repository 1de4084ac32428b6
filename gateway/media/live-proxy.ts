import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { MediaRoom, pour } from './media-room.ts'
import { isWhole, SharedAnswers, type WholeAnswer, type WorkerAnswer } from './shared-answers.ts'

/** A playlist request waits for the next part, three target durations at most; a cold camera's first one 8 s. */
const UPSTREAM_MS = 20_000
/** Each waiting playlist holds one connection: 200 officers with walls of nine. Beyond it requests queue. */
const UPSTREAM_SOCKETS_MAX = 2_000
const GIVE_UP_EVERY_MS = 500
/** Who has read nothing for so long is cut off; a player that is behind by this much begins anew anyway. */
const STALLED_MS = 20_000
/** The only headers of the worker that reach a player. */
const PASSED_HEADERS = ['content-type', 'content-length', 'retry-after'] as const

const EMPTY = Buffer.alloc(0)

export interface LiveRequest {
  baseUrl: string
  cameraId: string
  /** index.m3u8, loop.m3u8, or a part, segment or init by its name. */
  file: string
  /** Goes to the worker as it is, with its `?`; of a player only what `liveQuery` has let through. */
  query: string
  /** Who looks: what one may have on the way is bounded. */
  viewer: string
  /** Put behind every address in a playlist, for players without cookies. */
  ticket: string | null
}

export interface LiveProxyDeps {
  internalToken: string
  /** Whether this worker still reports. */
  isLive: (baseUrl: string) => boolean
  clock: Clock
  log: Log
  metrics: Metrics
  /** For tests. */
  stalledMs?: number
}

export interface LiveProxy {
  /** Resolves when the answer has ended or the player has gone. @throws Fault `streamer-away`, `too-many-requests` before the first byte */
  serve(live: LiveRequest, res: ServerResponse): Promise<void>
  close(): void
}

/**
 * From the streamer worker to the players: one answer of the worker for all who ask the same, and what is larger with backpressure. Nothing of a
 * player's own login goes further than here.
 */
export function createLiveProxy(deps: LiveProxyDeps): LiveProxy {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: UPSTREAM_SOCKETS_MAX,
    maxFreeSockets: 256,
    scheduling: 'lifo',
  })
  const bytesOut = deps.metrics.counter('vigil_media_bytes_total', 'Bytes of media passed on to players').of()
  const saved = deps.metrics
    .counter(
      'vigil_media_shared_total',
      'Media requests that were answered with what the worker had told another player',
    )
    .of()
  const shared = new SharedAnswers(deps.clock.monotonicMs, () => saved.add())
  const failed = deps.metrics
    .counter('vigil_media_failed_total', 'Media requests that the streamer did not answer')
    .of()
  const refused = deps.metrics.counter('vigil_media_refused_total', 'Media requests refused or cut off, by reason')
  const room = new MediaRoom((reason) => refused.of({ reason }).add())
  const unread = deps.metrics.gauge('vigil_media_unread_bytes', 'Media that is held until players have read it').of()
  deps.metrics.onRead(() => unread.set(room.bytes))

  // A worker that has frozen holds its readers; as soon as another one serves its cameras they shall ask that one.
  const timer = setInterval(() => shared.giveUp((baseUrl) => !deps.isLive(baseUrl)), GIVE_UP_EVERY_MS)

  function open(path: string, baseUrl: string, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${deps.internalToken}` }
    return new Promise((resolve, reject) => {
      const upstream = request(new URL(path, baseUrl), { agent, headers, signal, timeout: UPSTREAM_MS }, resolve)
      upstream.on('timeout', () => upstream.destroy(new Error('no answer in time')))
      upstream.on('error', reject)
      upstream.end()
    })
  }

  async function ask({ baseUrl, cameraId, file, query }: LiveRequest, gone: AbortSignal): Promise<WorkerAnswer> {
    const path = `/live/${cameraId}/${file}${query}`
    return await shared.get(baseUrl, path, (signal) => open(path, baseUrl, signal), gone)
  }

  return {
    serve: async (live, res) => {
      const place = room.enter(live.viewer)
      const gone = new AbortController()
      const leave = () => gone.abort()
      res.once('close', leave)
      try {
        const answer = await ask(live, gone.signal)
        if (isWhole(answer)) {
          const body = bodyFor(live, answer)
          place.hold(body)
          head(res, answer.status, answer.headers)
          res.setHeader('content-length', body.length)
          bytesOut.add(body.length)
          const isRead = await pour(res.req?.method === 'HEAD' ? EMPTY : body, res, deps.stalledMs ?? STALLED_MS)
          if (!isRead) refused.of({ reason: 'not-read' }).add()
        } else {
          head(res, answer.statusCode ?? 502, answer.headers)
          await passOn(answer, res, (bytes) => bytesOut.add(bytes))
        }
      } catch (error) {
        if (gone.signal.aborted) return
        if (error instanceof Fault) throw error
        failed.add()
        deps.log.debug('a streamer did not answer', { camera: live.cameraId, reason: reasonOf(error) })
        throw new Fault('streamer-away', 'The streamer of this camera does not answer.', { id: live.cameraId }, error)
      } finally {
        res.off('close', leave)
        place.leave()
      }
    },
    close: () => {
      clearInterval(timer)
      agent.destroy()
    },
  }
}

function head(res: ServerResponse, status: number, headers: IncomingMessage['headers']): void {
  res.statusCode = status
  for (const name of PASSED_HEADERS) {
    const value = headers[name]
    if (value !== undefined) res.setHeader(name, value)
  }
  // A browser's cache gives its bytes to whoever sits at the desk next, without a session and without a trace in the audit.
  res.setHeader('cache-control', 'no-store')
}

/** The worker's bytes, the very same for everyone; only a player that shows a ticket gets it into its playlists. */
function bodyFor({ ticket, file }: LiveRequest, { status, body }: WholeAnswer): Buffer {
  if (ticket === null || status !== 200 || !file.endsWith('.m3u8')) return body
  return Buffer.from(withTicket(body.toString('utf8'), ticket))
}

/** `pipeline` would destroy the answer's socket on a player's normal end; this keeps it for the next request. */
function passOn(from: IncomingMessage, to: ServerResponse, count: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    from.on('data', (chunk: Buffer) => {
      count(chunk.length)
      if (to.write(chunk)) return
      from.pause()
      to.once('drain', () => from.resume())
    })
    from.on('end', () => {
      to.end()
      resolve()
    })
    from.on('error', reject)
    from.on('close', () => (from.complete ? undefined : reject(new Error('the streamer broke off'))))
  })
}

/** Relative addresses in a playlist do not inherit its query: every line and every URI="…" gets the ticket. */
export function withTicket(playlist: string, ticket: string): string {
  const add = (uri: string) => `${uri}${uri.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`
  return playlist
    .split('\n')
    .map((line) => {
      if (line.startsWith('#')) return line.replace(/URI="([^"]+)"/g, (_all, uri: string) => `URI="${add(uri)}"`)
      return line.trim() === '' ? line : add(line.trim())
    })
    .join('\n')
}
