import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from '../../domain/metrics.ts'

/** How finely a blocked event loop is seen, ms. */
const LOOP_RESOLUTION_MS = 20

/**
 * Prometheus text of one program on a free loopback port, its event loop's delay included.
 * @returns the port, for the launcher, and how to end it
 */
export async function serveMetricsPage(metrics: Metrics): Promise<{ port: number; close(): void }> {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  delay.enable()
  const gauge = metrics
    .gauge('vigil_event_loop_delay_p99_seconds', 'p99 of the event loop delay since the last reading')
    .of()
  metrics.onRead(() => {
    gauge.set(delay.percentile(99) / 1e9)
    delay.reset()
  })
  const server = createServer((_req, res) =>
    res.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics.text()),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
