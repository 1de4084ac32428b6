import { timingSafeEqual } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { NmsSession } from 'node-media-server'
import NodeMediaServer from 'node-media-server'
import nmsLogger from 'node-media-server/src/core/logger.js'
import { systemClock } from '../../domain/clock.ts'
import { createLog } from '../../domain/log.ts'
import type { LogLevel } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createMetricsServer, listenOnLoopback } from '../http/metrics-server.ts'
import { isPublishKey } from '../../devices/camera/publish-key.ts'
import { flvSocketPath } from './flv-socket.ts'

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

  // node-media-server writes plain lines with console.log; every program here writes JSON lines.
  console.log = (line: unknown) => log.debug(String(line))
  const server = new NodeMediaServer({
    bind: env['VIGIL_RTMP_HOST'] ?? '127.0.0.1',
    rtmp: { port },
    http: { port: socketPath },
    webadmin: { enable: false },
    record: { auto: false },
    store: { path: storePath },
  })
  // Its constructor sets `debug`, whatever was configured.
  nmsLogger.level = 'warn'
  server.on('prePublish', (session) => {
    const isAllowed = isPublishKey(secretKey, session.streamPath, session.streamQuery?.['key'])
    published.of({ outcome: isAllowed ? 'accepted' : 'refused' }).add()
    if (isAllowed) return log.info('publish accepted', { streamPath: session.streamPath, from: session.ip })
    log.warn('publish refused: the key does not fit the path', { streamPath: session.streamPath, from: session.ip })
    refuse(session)
  })
  server.on('prePlay', (session) => {
    if (session.protocol === 'flv' && isSame(session.streamQuery?.['token'] ?? '', token)) return
    log.warn('play refused: pictures are served by the streamer only', { from: session.ip })
    refuse(session)
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

/** Closing alone lets the server go on with what it was about to do. */
function refuse(session: NmsSession): void {
  session.close()
  session.socket?.destroy()
  session.req?.socket.destroy()
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

await main()
