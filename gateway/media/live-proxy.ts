import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'

/** A playlist request waits for the next part, three target durations at most; a cold camera's first one 8 s. */
const UPSTREAM_MS = 20_000
/** Each waiting playlist holds one connection: 200 officers with walls of nine. Beyond it requests queue. */
const UPSTREAM_SOCKETS_MAX = 2_000
/** The only headers of the worker that reach a player. */
const PASSED_HEADERS = [
  'content-type',
  'content-length',
  'cache-control',
  'etag',
  'last-modified',
  'retry-after',
] as const
/** A playlist of a 30 s loop is about 20 KB. */
const PLAYLIST_BYTES_MAX = 1024 * 1024

export interface LiveRequest {
  baseUrl: string
  cameraId: string
  /** index.m3u8, loop.m3u8, or a part, segment or init by its name. */
  file: string
  /** Query of the player without any ticket, as it is sent on. */
  query: URLSearchParams
  /** One viewer for the worker's count. */
  viewer: string
  /** Put behind every address in a playlist, for players without cookies. */
  ticket: string | null
}

export interface LiveProxy {
  /** Resolves when the answer has ended or the player has gone. @throws Fault `streamer-away` before the first byte */
  serve(live: LiveRequest, res: ServerResponse): Promise<void>
  close(): void
}

/** From the streamer worker to the player with backpressure; nothing of the player's own login goes further than here. */
export function createLiveProxy(deps: { internalToken: string; log: Log; metrics: Metrics }): LiveProxy {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: UPSTREAM_SOCKETS_MAX,
    maxFreeSockets: 256,
    scheduling: 'lifo',
  })
  const bytesOut = deps.metrics.counter('vigil_media_bytes_total', 'Bytes of media passed on to players').of()
  const failed = deps.metrics
    .counter('vigil_media_failed_total', 'Media requests that the streamer did not answer')
    .of()

  function open(live: LiveRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const query = live.query.toString()
    const url = new URL(`/live/${live.cameraId}/${live.file}${query === '' ? '' : `?${query}`}`, live.baseUrl)
    const headers = { authorization: `Bearer ${deps.internalToken}`, 'x-vigil-viewer': live.viewer }
    return new Promise((resolve, reject) => {
      const upstream = request(url, { agent, headers, signal, timeout: UPSTREAM_MS }, resolve)
      upstream.on('timeout', () => upstream.destroy(new Error('no answer in time')))
      upstream.on('error', reject)
      upstream.end()
    })
  }

  return {
    serve: async (live, res) => {
      const gone = new AbortController()
      const leave = () => gone.abort()
      res.once('close', leave)
      try {
        const answer = await open(live, gone.signal)
        res.statusCode = answer.statusCode ?? 502
        for (const name of PASSED_HEADERS) {
          const value = answer.headers[name]
          if (value !== undefined) res.setHeader(name, value)
        }
        const isRewritten = live.ticket !== null && live.file.endsWith('.m3u8') && answer.statusCode === 200
        if (isRewritten) await sendRewritten(answer, res, live.ticket!)
        else await passOn(answer, res, (bytes) => bytesOut.add(bytes))
      } catch (error) {
        if (gone.signal.aborted) return
        failed.add()
        deps.log.debug('a streamer did not answer', { camera: live.cameraId, reason: reasonOf(error) })
        throw new Fault('streamer-away', 'The streamer of this camera does not answer.', { id: live.cameraId }, error)
      } finally {
        res.off('close', leave)
      }
    },
    close: () => agent.destroy(),
  }
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

async function sendRewritten(from: IncomingMessage, to: ServerResponse, ticket: string): Promise<void> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of from as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > PLAYLIST_BYTES_MAX) throw new Error('the playlist is too large')
  }
  const text = Buffer.from(withTicket(Buffer.concat(chunks).toString('utf8'), ticket))
  to.setHeader('content-length', text.length)
  to.end(text)
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
