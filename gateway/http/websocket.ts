import type { IncomingMessage, Server } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { actorOf } from '../trust/audit.ts'
import { authorize } from '../trust/authorize.ts'
import type { Subject } from '../trust/policy.ts'
import type { RouteDeps } from './answer-route.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { refuseForeignOrigin } from './origin.ts'
import { faultOf, problemOf } from './problem.ts'

export const EVENTS_PATH = '/api/v1/events'
/** A desk says `rendered` and `duty`: a few hundred bytes. */
const MESSAGE_BYTES_MAX = 64 * 1024
/** Together with the session cache (5 s at most) a revoked session's socket ends within about 5 s. */
const RECHECK_MS = 1_000
/** Desks, phones and integrators of one district. */
const SOCKETS_MAX = 1_000
/** A closed socket that does not answer the close is cut. */
const CLOSE_MS = 1_000

/** One desk's live stream, without the package behind it. */
export interface DeskSocket {
  /** Text frame for a string, binary for bytes. Never throws; a closed socket drops it. */
  send(message: string | Uint8Array): void
  close(code: number, reason: string): void
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: number
  readonly isOpen: boolean
  /** Text frames of the desk; binary ones are dropped. */
  onMessage(listener: (text: string) => void): void
  onClose(listener: () => void): void
}

export interface DeskRequest {
  subject: Subject
  actor: string
  sessionId: string
  /** `?after=n`: the last event that the desk has; null: it has none. */
  after: number | null
}

export type OnDesk = (socket: DeskSocket, request: DeskRequest) => void

/** The one door to ws: `GET /api/v1/events` with Upgrade. Signed in, allowed, from our own page; closed when the session ends. */
export function attachDeskSockets(server: Server, deps: RouteDeps & { onDesk: OnDesk }): { close(): void } {
  const { auth, log, clock, metrics } = deps
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false })
  const open = new Map<WebSocket, string>()
  const refused = metrics.counter('vigil_desk_refused_total', 'Live streams refused, by reason')
  const gauge = metrics.gauge('vigil_desk_sockets', 'Open live streams').of()
  metrics.onRead(() => gauge.set(open.size))

  server.on('upgrade', (req, stream: Duplex, head) => {
    stream.on('error', (error) => log.debug('a live stream broke while opening', { reason: reasonOf(error) }))
    admit(req)
      .then((request) => {
        sockets.handleUpgrade(req, stream, head, (socket) => {
          open.set(socket, request.sessionId)
          socket.on('close', () => open.delete(socket))
          socket.on('error', (error) => log.debug('a live stream broke', { reason: reasonOf(error) }))
          deps.onDesk(wrap(socket), request)
        })
      })
      .catch((error: unknown) => {
        const fault = faultOf(error, `UPGRADE ${EVENTS_PATH}`, log, clock)
        refused.of({ code: fault.code }).add()
        refuse(stream, fault)
      })
  })

  async function admit(req: IncomingMessage): Promise<DeskRequest> {
    const url = new URL(req.url ?? '/', 'http://desk')
    if (url.pathname !== EVENTS_PATH) throw new Fault('not-found', `There is no live stream at ${url.pathname}.`)
    if (open.size >= SOCKETS_MAX) throw new Fault('too-many-requests', 'Too many live streams are open.')
    if (req.headers.authorization === undefined) refuseForeignOrigin(req)
    const { subject } = await auth.authenticate(req)
    const crew = subject.type === 'officer' && subject.me.role === 'patrol' ? subject.me : null
    // A crew's phone has a stream of its own, with nothing in it but its order.
    if (crew) authorize(subject, 'order.view', { kind: 'events', ...(crew.patrolId && { patrolId: crew.patrolId }) })
    else authorize(subject, 'desk.view', { kind: 'events' })
    const sessionId = subject.type === 'officer' ? subject.sessionId : 'centre'
    const after = /^\d{1,15}$/.exec(url.searchParams.get('after') ?? '')?.[0]
    return { subject, actor: actorOf(subject), sessionId, after: after === undefined ? null : Number(after) }
  }

  async function recheck(): Promise<void> {
    for (const [socket, sessionId] of open) {
      try {
        if (sessionId === 'centre' || (await auth.recheck(sessionId)) !== null) continue
        socket.close(CLOSE_CODES.signedOut, 'signed out')
        cutLater(socket)
      } catch (error) {
        log.warn('a session could not be checked', { reason: reasonOf(error) })
      }
    }
  }
  const timer = setInterval(() => void recheck(), RECHECK_MS)

  return {
    close: () => {
      clearInterval(timer)
      for (const socket of open.keys()) {
        socket.close(CLOSE_CODES.goingAway, 'the centre is restarting')
        cutLater(socket)
      }
    },
  }
}

function cutLater(socket: WebSocket): void {
  const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
  socket.once('close', () => clearTimeout(timer))
}

function wrap(socket: WebSocket): DeskSocket {
  return {
    // Whoever sends to a desk that is going away has nothing to do about it; `onClose` tells.
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(message, { binary: typeof message !== 'string' })
    },
    close: (code, reason) => {
      socket.close(code, reason)
      cutLater(socket)
    },
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    get isOpen() {
      return socket.readyState === socket.OPEN
    },
    onMessage: (listener) => {
      socket.on('message', (bytes: RawData, isBinary: boolean) => {
        if (!isBinary && Buffer.isBuffer(bytes)) listener(bytes.toString('utf8'))
      })
    },
    onClose: (listener) => {
      socket.on('close', listener)
    },
  }
}

function refuse(stream: Duplex, fault: Fault): void {
  const body = JSON.stringify(problemOf(fault))
  const head = [
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
