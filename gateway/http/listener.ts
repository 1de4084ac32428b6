import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createSecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  type Http2SecureServer,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'

export type RequestListener = (req: IncomingMessage, res: ServerResponse) => void

/** A desk holds one, a wall up to six; 5,000 are a city. Beyond it the kernel's queue waits instead of our memory. */
const CONNECTIONS_MAX = 5_000
/** An LL-HLS playlist may be waiting for its next part; nobody waits for it when we go. */
const CLOSE_MS = 1_000

export interface TlsFiles {
  certPath: string
  keyPath: string
}

export interface Listener {
  /** Emits `upgrade` for WebSockets, which come by HTTP/1.1 also with TLS. */
  server: Server
  port: number
  close(): Promise<void>
}

/**
 * HTTP/1.1, or with TLS HTTPS with HTTP/2 (and HTTP/1.1 for who does not speak it): browsers open six connections to an
 * HTTP/1.1 origin, and a wall of nine cameras needs more at once.
 * @param onHttp2 like `onRequest`, for the request and response classes of HTTP/2
 * @throws when the port is taken or the certificate cannot be read
 */
export async function openListener(
  onRequest: RequestListener,
  onHttp2: RequestListener,
  { host, port, tls }: { host: string; port: number; tls?: TlsFiles },
): Promise<Listener> {
  const server = tls ? secureServer(onRequest, onHttp2, tls) : createServer(onRequest)
  // A slow client must not hold a socket for long; live streams are not limited by these.
  Object.assign(server, { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 })
  server.maxConnections = CONNECTIONS_MAX
  const sockets = new Set<Socket>()
  const sessions = new Set<ServerHttp2Session>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    server: server as Server,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      for (const session of sessions) session.close()
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

function secureServer(onRequest: RequestListener, onHttp2: RequestListener, tls: TlsFiles): Http2SecureServer {
  const cert = readFileSync(tls.certPath)
  const key = readFileSync(tls.keyPath)
  return createSecureServer({ cert, key, minVersion: 'TLSv1.2', allowHTTP1: true }, (req, res) => {
    const isHttp2 = req.httpVersionMajor === 2
    // A body of HTTP/2 needs no length; who reads bodies looks for one of these two headers to know that there is one.
    if (isHttp2 && req.headers['content-length'] === undefined && !req.stream.endAfterHeaders) {
      req.headers['transfer-encoding'] = 'chunked'
    }
    const listener = isHttp2 ? onHttp2 : onRequest
    listener(req as unknown as IncomingMessage, res as unknown as ServerResponse)
  })
}

/**
 * Express gives each request and response a prototype of its own that ends in the classes of HTTP/1.1, on which HTTP/2 has none of its
 * methods. The same prototypes, ending in the classes of HTTP/2.
 */
export function http2Prototypes<Req extends object, Res extends object>(request: Req, response: Res): [Req, Res] {
  const rebased = <T extends object>(own: T, base: object): T =>
    Object.create(base, Object.getOwnPropertyDescriptors(own)) as T
  return [rebased(request, Http2ServerRequest.prototype), rebased(response, Http2ServerResponse.prototype)]
}
