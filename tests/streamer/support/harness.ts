import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import type { CameraOrder } from '../../../streamer/camera/camera.ts'
import { Fleet, type FleetOptions } from '../../../streamer/camera/fleet.ts'
import { listenOnLoopback } from '../../../streamer/http/metrics-server.ts'
import { createWorkerServer } from '../../../streamer/http/worker-server.ts'

export const WORKER_TOKEN = 'test-token'

export interface Worker {
  fleet: Fleet
  metrics: Metrics
  get(path: string, token?: string): Promise<Response>
  post(path: string, body: unknown): Promise<Response>
  baseUrl: string
  stop(): void
}

/** A whole worker on a free port, without its core. */
export async function startWorker(
  orders: (Partial<CameraOrder> & { id: string; url: string })[] = [],
  options: Partial<FleetOptions> = {},
): Promise<Worker> {
  const metrics = new Metrics()
  const fleet = new Fleet({ clock: systemClock, log: silentLog, metrics, ...options })
  const server = createWorkerServer({ fleet, token: WORKER_TOKEN, log: silentLog, metrics })
  const baseUrl = `http://127.0.0.1:${await listenOnLoopback(server)}`
  fleet.start()
  fleet.assign(orders.map((order) => ({ name: order.id, username: null, password: null, warm: false, ...order })))
  const headers = (token: string) => ({ authorization: `Bearer ${token}` })
  return {
    fleet,
    metrics,
    baseUrl,
    get: (path, token = WORKER_TOKEN) => fetch(baseUrl + path, { headers: headers(token) }),
    post: (path, body) =>
      fetch(baseUrl + path, { method: 'POST', body: JSON.stringify(body), headers: headers(WORKER_TOKEN) }),
    stop: () => {
      fleet.stop()
      server.close()
      server.closeAllConnections()
    },
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits until it is true; throws with what was last seen. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, timeoutMs = 8_000): Promise<void> {
  const turns = timeoutMs / 20
  for (let i = 0; i < turns; i++) {
    if (await isTrue()) return
    await sleep(20)
  }
  throw new Error(`did not happen within ${timeoutMs} ms: ${what}`)
}
