import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { systemClock } from '../../domain/clock.ts'
import { createLog } from '../../domain/log.ts'
import type { LogLevel } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createMetricsServer, listenOnLoopback } from '../http/metrics-server.ts'
import { isPublishKey } from '../../devices/camera/publish-key.ts'
import { flvSocketPath } from './flv-socket.ts'
import { createRtmpServer } from './rtmp-server.ts'

/**
 * RTMP push from body and vehicle cameras: node-media-server in a process of its own, because it exits on a taken port and
 * keeps its state in module variables. Web console, REST and recording are off; nobody publishes without the key of the path,
 * and only our own streamers read (a socket of the file system, with the internal token): viewers get pictures from the streamer, after
 * `authorize()`. The server has no back-pressure, so nobody else may ever be its reader.
 */
async function main(): Promise<void> {
  const env = process.env
  const programId = env['VIGIL_PROGRAM_ID'] ?? 'rtmp'
  const level = (env['VIGIL_LOG_LEVEL'] ?? 'info') as LogLevel
  const log = createLog(programId, systemClock, (line) => process.stdout.write(`${line}\n`), level)
  const secretKey = env['VIGIL_SECRET_KEY']
  const port = Number(env['VIGIL_RTMP_PORT'] ?? 1935)
  const token = env['VIGIL_INTERNAL_TOKEN']
  const dataDir = resolve(env['VIGIL_DATA_DIR'] ?? './data')
  if (!secretKey || !token || !Number.isInteger(port) || port < 1 || port > 65535) {
    log.error(
      'VIGIL_SECRET_KEY and VIGIL_INTERNAL_TOKEN must be set and VIGIL_RTMP_PORT be 1–65535; the launcher does that',
    )
    process.exitCode = 2
    return
  }
  const metrics = new Metrics()
  const published = metrics.counter('vigil_rtmp_publishes_total', 'RTMP publishes by outcome')
  const storePath = join(dataDir, 'rtmp')
  mkdirSync(storePath, { recursive: true })
  const socketPath = flvSocketPath(dataDir)
  // Left behind by a run that was killed; the data folder's lock says that no other runs.
  rmSync(socketPath, { force: true })

  const server = createRtmpServer({
    host: env['VIGIL_RTMP_HOST'] ?? '127.0.0.1',
    port,
    socketPath,
    token,
    storePath,
    log,
    isKey: (streamPath, key) => isPublishKey(secretKey, streamPath, key),
    onPublish: (isAccepted) => published.of({ outcome: isAccepted ? 'accepted' : 'refused' }).add(),
  })
  await server.run()

  const metricsServer = createMetricsServer(metrics)
  const metricsPort = await listenOnLoopback(metricsServer)
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    // Its store may take its time to close; there is nothing in it that we need.
    setTimeout(() => process.exit(0), 1_000).unref()
    void server.stop().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.once('disconnect', stop)
  process.send?.({ type: 'ready', metricsPort })
  log.info('RTMP push is ready', { port })
}

await main()
