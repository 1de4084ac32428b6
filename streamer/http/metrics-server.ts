import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from '../../domain/metrics.ts'
import { sendJson } from './answer.ts'

/** Prometheus text on a port of its own. */
export function createMetricsServer(metrics: Metrics): Server {
  const listener: RequestListener = (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/healthz') return sendJson(res, 200, { ok: true })
    res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics.text())
  }
  return http.createServer(listener)
}

/** @returns the free port on loopback that the kernel chose */
export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}
