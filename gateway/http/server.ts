import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import express from 'express'
import { Fault } from '../../domain/fault.ts'
import { answerRoute, fullPathOf, type RouteDeps } from './answer-route.ts'
import { healthRoutes, type Readiness } from './health.ts'
import { openApiRoute } from './openapi.ts'
import { faultOf, sendFault } from './problem.ts'
import type { Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import { attachDeskSockets, type OnDesk } from './websocket.ts'

/** Largest JSON body. A zone with 5,000 corners is 200 KB; nothing else comes near. */
export const BODY_BYTES_MAX = 256 * 1024
/** A desk holds one, a wall up to six; 5,000 are a city. Beyond it the kernel's queue waits instead of our memory. */
const CONNECTIONS_MAX = 5_000

export interface HttpServerOptions extends RouteDeps {
  routes: readonly Route[]
  host: string
  /** 0: any free one. */
  port: number
  /** The built command-ui; absent or not there: API only. */
  staticDir?: string
  /** Files; both or neither. */
  tls?: { certPath: string; keyPath: string }
  /** Parts that must work before anybody is sent here, by name; null = ready, else the reason. */
  readiness: Readiness
  /** A desk has opened the live stream; it is signed in and allowed. */
  onDesk: OnDesk
}

export interface HttpServer {
  port: number
  /** Stops listening, ends sockets, resolves when all are gone (at most 1 s). */
  close(): Promise<void>
}

/**
 * The one door to express. Routes are data: everything that this server answers is in the list, or is a file of the command-ui.
 * @throws when the port is taken or the certificate cannot be read
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const routes = [...healthRoutes(options.readiness), ...options.routes]
  const app = createApp({ ...options, routes: [...routes, openApiRoute(routes)] })
  const { tls } = options
  const server: Server = tls
    ? createTlsServer({ cert: readFileSync(tls.certPath), key: readFileSync(tls.keyPath), minVersion: 'TLSv1.2' }, app)
    : createServer(app)
  // A slow client must not hold a socket for long; live streams and uploads are not limited by these.
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 65_000
  server.maxConnections = CONNECTIONS_MAX
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const desks = attachDeskSockets(server, options)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      desks.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // An LL-HLS playlist may be waiting for its next part; nobody waits for it when we go.
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 1_000)
      await closed
      clearTimeout(timer)
    },
  }
}

function createApp(options: HttpServerOptions): (req: IncomingMessage, res: ServerResponse) => void {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(securityHeaders(options.tls !== undefined))
  for (const route of options.routes) {
    const answer = answerRoute(route, options)
    const readBody = express.json({ limit: route.bodyBytesMax ?? BODY_BYTES_MAX, strict: false })
    app[route.method](fullPathOf(route), readBody, (req, res) =>
      answer({ req, res, params: req.params as Record<string, string>, query: req.query, body: req.body as unknown }),
    )
  }
  if (options.staticDir !== undefined) serveCommandUi(app, options.staticDir)
  app.use((req, _res, next) => next(new Fault('not-found', `There is nothing at ${req.path}.`, { path: req.path })))
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, req: express.Request, res: express.Response, _next: express.NextFunction) =>
    sendFault(res, faultOf(error, `${req.method} ${req.path}`, options.log, options.clock)),
  )
  return app
}

/** Files by hashed names live for ever; the page that names them is asked for each time. Paths without a dot are pages of the app. */
function serveCommandUi(app: express.Express, staticDir: string): void {
  app.use(
    express.static(staticDir, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      setHeaders: (res, path) => {
        const isHashed = /[/\\]assets[/\\]/.test(path)
        res.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    }),
  )
  app.get(/^\/(?!api\/|live\/|healthz|readyz)[^.]*$/, (_req, res, next) => {
    res.setHeader('cache-control', 'no-cache')
    res.sendFile('index.html', { root: staticDir, cacheControl: false }, (error?: Error) => {
      if (!error || res.headersSent) return
      next(new Fault('not-found', 'The command-ui has not been built; run npm run build.'))
    })
  })
}
