import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { systemClock } from '../domain/clock.ts'
import { Fault, reasonOf } from '../domain/fault.ts'
import { createLog, type LogLevel } from '../domain/log.ts'
import { Metrics } from '../domain/metrics.ts'
import { connectBroker } from './broker/client.ts'
import { StreamerFleet } from './cameras/streamer-fleet.ts'
import { loadCity } from './city/known-city.ts'
import { decisionsDirOf } from './core/answering.ts'
import { createCore } from './core/compose.ts'
import { readCoreSettings, type CoreSettings } from './core/core-settings.ts'
import { isSeeded, seedCity } from './core/seed.ts'
import { serveCentre } from './core/serve.ts'
import { serveMetricsPage } from './http/metrics-page.ts'
import { startRecordings } from './recordings/start-recordings.ts'
import { createDatabase } from './store/database.ts'
import { watchHistories } from './store/histories.ts'
import { migrate } from './store/migrate.ts'
import { ensureAdmin } from './trust/first-start.ts'
import { createPasswordHasher } from './trust/password-hasher.ts'
import { createSecretBox } from './trust/secret-box.ts'

/**
 * Program: core. Follows the journals, keeps the event log, dispatches, serves API and desks. Settings come from the environment,
 * see core-settings.ts. Sends `{type:'ready', metricsPort}`, `progress` and on a first start `{type:'sign-in-link', url}`.
 */
const VERSION = '0.1.0'
const clock = systemClock
const log = createLog(
  'core',
  clock,
  (line) => process.stdout.write(line + '\n'),
  (process.env['VIGIL_LOG_LEVEL'] as LogLevel | undefined) ?? 'info',
)
const metrics = new Metrics()
const STATIC_DIR = fileURLToPath(new URL('../command-ui/', import.meta.url))
/** Three seconds are allowed for a stop; what hangs after two and a half is left behind. */
const STOP_MS = 2_500
/** A database that starts beside us. */
const DATABASE_AGAIN_MS = 500

const closers: { name: string; close: () => unknown }[] = []
let stopping = false

function stop(why: string, code = 0): void {
  if (stopping) return
  stopping = true
  log.info('core stops', { why })
  setTimeout(() => process.exit(code), STOP_MS).unref()
  const closeAll = async () => {
    // Last opened, first closed.
    for (const { name, close } of closers.toReversed()) {
      try {
        await close()
      } catch (error) {
        log.warn('a part did not close', { part: name, reason: reasonOf(error) })
      }
    }
  }
  void closeAll().then(() => process.exit(code))
}

function progress(text: string): void {
  process.send?.({ type: 'progress', text })
}

async function main(): Promise<void> {
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('the launcher is gone'))
  const own = readCoreSettings(process.env)
  const page = await serveMetricsPage(metrics)
  closers.push({ name: 'metrics', close: () => page.close() })

  progress('reading the city')
  // The picture layers matter on the first start only: then everything is checked.
  const [city] = await Promise.all([loadCity({ ...own, log }), migrated(own.databaseUrl)])
  const database = createDatabase({ url: own.databaseUrl, log, metrics })
  closers.push({ name: 'database', close: () => database.close() })
  const box = createSecretBox(own.secretKey)
  const { settings } = own
  const simulated = {
    rtspPort: settings.VIGIL_SIM_RTSP_PORT,
    onvifPort: settings.VIGIL_SIM_ONVIF_PORT,
    password: own.simCameraPassword,
  }
  if (!(await isSeeded(database))) await checkWhole(own.cityDir)
  await seedCity(database, city.places, box, simulated, log)
  closers.push({ name: 'histories', close: watchHistories({ database, clock, log, metrics }) })

  const broker = connectBroker({ ...own.broker, clientId: 'vigil-core', log, metrics, clock })
  closers.push({ name: 'broker', close: () => broker.close() })
  progress('building the roads')
  let fleet: StreamerFleet | null = null
  const core = await createCore({
    database,
    broker,
    clock,
    log,
    metrics,
    city,
    journalDir: own.journalDir,
    decisionsDir: decisionsDirOf(own.dataDir),
    recordDir: own.recordDir,
    photoDir: join(own.dataDir, 'photos'),
    version: VERSION,
    mqtt: own.devicesAt,
    testEveryDays: settings.VIGIL_TEST_EVERY_D,
    video: () => fleet?.health() ?? { video: 'away', camerasOnline: 0, camerasWanted: 0 },
  })
  closers.push({ name: 'core', close: () => core.stop() })
  const { events, troubles } = core
  const recordings = await startRecordings({ ...own, core, database, clock, log, metrics })
  closers.push({ name: 'recordings', close: () => recordings.stop() })
  fleet = new StreamerFleet({
    database,
    events,
    troubles,
    clock,
    log,
    metrics,
    box,
    expectedWorkers: own.expectedWorkers,
    recordOf: (cameraId) => (core.disk.mayRecord() ? recordings.spans.recordOf(cameraId) : null),
  })
  await fleet.start()
  closers.push({ name: 'streamer fleet', close: () => fleet.stop() })
  const hasher = createPasswordHasher({ log, metrics })
  closers.push({ name: 'password hasher', close: () => hasher.close() })

  // Before the door opens: the first sign-in must find its account.
  const { linkToken } = await ensureAdmin({ database, hasher, clock, adminPassword: own.settings.VIGIL_ADMIN_PASSWORD })
  const server = await serveCentre({
    ...own,
    core,
    database,
    fleet,
    keeper: recordings.keeper,
    box,
    hasher,
    clock,
    log,
    metrics,
    staticDir: STATIC_DIR,
    readiness: {
      database: () => (database.isAway() ? 'the database is away' : null),
      broker: () => (broker.isConnected() ? null : 'the message broker is away'),
    },
  })
  closers.push({ name: 'http', close: () => server.close() })
  if (linkToken !== null) sendLink(own, linkToken, server.port)
  log.info('core ready', {
    port: server.port,
    metricsPort: page.port,
    roads: city.graph.edgeCount,
    fromFile: city.isFromFile,
  })
  process.send?.({ type: 'ready', metricsPort: page.port })
  if (process.send && !process.connected) stop('the launcher is gone')
}

/** Reads the picture layers too. @throws Fault `city-invalid` */
async function checkWhole(cityDir: string): Promise<void> {
  const { readCity } = await import('./city/read-city.ts')
  await readCity(cityDir)
}

/** Waits for the database as long as it takes: without it nothing is known about the city. */
async function migrated(url: string): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      await migrate({ url, log, metrics, clock, onProgress: progress })
      return
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'database-away') throw error
      if (isFirst) {
        log.warn('waiting for the database', { reason: reasonOf(error) })
        progress('waiting for the database')
      }
      await sleep(DATABASE_AGAIN_MS)
    }
  }
}

/** The one-time link goes to the terminal by the launcher, never into a log. */
function sendLink({ settings }: CoreSettings, linkToken: string, port: number): void {
  const url = `${settings.VIGIL_TLS_CERT ? 'https' : 'http'}://localhost:${port}/#/sign-in?link=${linkToken}`
  process.send?.({ type: 'sign-in-link', url })
}

main().catch((error: unknown) => {
  const isFault = error instanceof Fault
  log.error('core could not start', { reason: reasonOf(error), code: isFault ? error.code : 'internal' })
  process.stderr.write(`core could not start: ${isFault ? reasonOf(error) : String((error as Error).stack ?? error)}\n`)
  stop('failed start', 1)
})
