import express from 'express'
import { Fault } from '../../domain/fault.ts'
import { answerRoute, fullPathOf, type RouteDeps } from './answer-route.ts'
import { healthRoutes, type Readiness } from './health.ts'
import { http2Prototypes, openListener, type RequestListener, type TlsFiles } from './listener.ts'
import { openApiRoute } from './openapi.ts'
import { faultOf, sendFault } from './problem.ts'
import type { Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import { attachDeskSockets, type OnDesk } from './websocket.ts'

/** Largest JSON body. A zone with 5,000 corners is 200 KB; nothing else comes near. */
export const BODY_BYTES_MAX = 256 * 1024

export interface HttpServerOptions extends RouteDeps {
  routes: readonly Route[]
  host: string
  /** 0: any free one. */
  port: number
  /** The built command-ui; absent or not there: API only. */
  staticDir?: string
  /** Files; both or neither. */
  tls?: TlsFiles
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
  const all = { ...options, routes: [...routes, openApiRoute(routes)] }
  const listener = await openListener(createApp(all, 1), createApp(all, 2), options)
  const desks = attachDeskSockets(listener.server, options)
  return {
    port: listener.port,
    close: async () => {
      desks.close()
      await listener.close()
    },
  }
}

function createApp(options: HttpServerOptions, httpVersion: 1 | 2): RequestListener {
  const app = express()
  if (httpVersion === 2) {
    const [request, response] = http2Prototypes(express.request, express.response)
    app.request = Object.create(request, { app: { value: app } }) as express.Request
    app.response = Object.create(response, { app: { value: app } }) as express.Response
  }
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(securityHeaders(options.tls !== undefined))
  for (const route of options.routes) {
    const answer = answerRoute(route, options)
    const limit = route.bodyBytesMax ?? BODY_BYTES_MAX
    const readBody = route.bodyTypes
      ? express.raw({ limit, type: [...route.bodyTypes] })
      : express.json({ limit, strict: false })
    app[route.method](fullPathOf(route), (req, res) =>
      answer({
        req,
        res,
        params: req.params as Record<string, string>,
        query: req.query,
        readBody: () =>
          new Promise((resolve, reject) => {
            readBody(req, res, (error?: unknown) => (error === undefined ? resolve(req.body) : reject(error as Error)))
          }),
      }),
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
  app.get(/^\/(?!api\/|live\/|recordings\/|healthz|readyz)[^.]*$/, (_req, res, next) => {
    res.setHeader('cache-control', 'no-cache')
    res.sendFile('index.html', { root: staticDir, cacheControl: false }, (error?: Error) => {
      if (!error || res.headersSent) return
      next(new Fault('not-found', 'The command-ui has not been built; run npm run build.'))
    })
  })
}
