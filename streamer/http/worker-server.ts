import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import http from 'node:http'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { mainIdOf, type Fleet } from '../camera/fleet.ts'
import { sendJson, sendProblem } from './answer.ts'
import { serveLive } from './live-routes.ts'
import { serveProbe } from './probe-route.ts'
import { serveSnapshot } from './snapshot-routes.ts'

/** Longer than the core's own keep-alive, so that it never writes into a connection that we are closing. */
const KEEP_ALIVE_MS = 65_000

export interface WorkerServerOptions {
  fleet: Fleet
  token: string
  log: Log
  metrics: Metrics
}

/** The worker's HTTP on loopback; everything but `/healthz` needs the bearer token that the centre's programs share. */
export function createWorkerServer(options: WorkerServerOptions): Server {
  const { fleet, token, log, metrics } = options
  const requests = metrics.counter('vigil_http_requests_total', 'HTTP requests by route')
  const failures = metrics.counter('vigil_http_errors_total', 'requests that ended in an internal error').of()
  const server = http.createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://worker')
    const [, first = '', second = '', third = '', fourth = ''] = url.pathname.split('/')
    if (first === 'healthz') return sendJson(res, 200, { ok: true })
    if (!isAllowed(req, token)) return sendProblem(res, 'not-signed-in', 'The bearer token is missing or wrong.')
    const failed = (error: unknown) => {
      failures.add()
      log.error('a request ended in an internal error', { path: url.pathname, error: reasonOf(error) })
      sendProblem(res, 'internal', 'Internal error.')
    }
    try {
      if (first === 'probe' && req.method === 'POST') {
        requests.of({ route: 'probe' }).add()
        serveProbe(fleet.clock, req, res).catch(failed)
      } else if (req.method !== 'GET' && req.method !== 'HEAD') sendProblem(res, 'not-found', 'There is no such path.')
      else if (first === 'live' && third !== '') {
        requests.of({ route: 'live' }).add()
        if (fourth === '') serveLive(fleet, req, res, second, third, url.searchParams).catch(failed)
        else if (third === 'main') serveLive(fleet, req, res, mainIdOf(second), fourth, url.searchParams).catch(failed)
        else sendProblem(res, 'not-found', 'There is no such path.')
      } else if (first === 'snapshot' && second !== '') {
        requests.of({ route: 'snapshot' }).add()
        const kind = second.endsWith('.jpg') ? 'jpg' : 'mp4'
        const isAtOnce = url.searchParams.has('at-once')
        serveSnapshot(fleet, req, res, second.replace(/\.(jpg|mp4)$/, ''), kind, isAtOnce)
      } else sendProblem(res, 'not-found', 'There is no such path.')
    } catch (error) {
      failed(error)
    }
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return server
}

function isAllowed(req: IncomingMessage, token: string): boolean {
  const given = Buffer.from(req.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
