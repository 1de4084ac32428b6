import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import { createLog, type LogLevel } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { startEmbedded } from './embedded.ts'

/**
 * Program: keeps the embedded database. Environment: VIGIL_DATA_DIR, VIGIL_LOG_LEVEL. Sends `{type:'ready', databaseUrl,
 * metricsPort}`; ends with status 1 when the server ends by itself, so that its supervisor starts it again.
 */
const log = createLog(
  'database-keeper',
  systemClock,
  (line) => process.stdout.write(line + '\n'),
  (process.env['VIGIL_LOG_LEVEL'] as LogLevel | undefined) ?? 'info',
)
const metrics = new Metrics()
const up = metrics.gauge('vigil_embedded_database_up', 'Whether the embedded database answers').of()

async function main(): Promise<void> {
  let stopping = false
  const server = await startEmbedded({
    dataDir: process.env['VIGIL_DATA_DIR'] ?? './data',
    log,
    onProgress: (text) => process.send?.({ type: 'progress', text }),
    onExit: (reason) => {
      log.error('the database server ended', { reason })
      process.exit(1)
    },
  })
  const stop = (why: string) => {
    if (stopping) return
    stopping = true
    log.info('stopping the database server', { why })
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('the database server did not stop cleanly', { reason: reasonOf(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('the launcher is gone'))
  // The launcher may have gone before the listener was there; then no event will come.
  if (process.send && !process.connected) return stop('the launcher is gone')
  up.set(1)
  const page = createServer((_req, res) => res.end(metrics.text()))
  page.listen(0, '127.0.0.1', () => {
    const { port } = page.address() as AddressInfo
    process.send?.({ type: 'ready', databaseUrl: server.url, metricsPort: port })
  })
}

main().catch((error: unknown) => {
  log.error('the embedded database could not be started', { reason: reasonOf(error) })
  process.exit(1)
})
