import { join } from 'node:path'
import { systemClock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { createLog, type LogLevel } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { connectBroker } from '../broker/client.ts'
import { serveMetricsPage } from '../http/metrics-page.ts'
import { createDatabase } from '../store/database.ts'
import { consumeEvents } from './broker-consumer.ts'
import { BrokerDrops, RetainedEvents } from './broker-news.ts'
import { Conditions } from './conditions.ts'
import { Credentials } from './credentials.ts'
import type { TlsFiles } from './door.ts'
import { Edge } from './edge.ts'
import { FloodLane } from './flood-lane.ts'
import { CONDITIONS_TOPIC, PULSE_TOPIC } from './internal-topics.ts'
import { JournalHealth } from './journal-health.ts'
import { JournalWriter } from './journal/writer.ts'
import { Pacer } from './pacer.ts'
import { startSelfTest } from './self-test.ts'
import type { TakeEvent } from './take-event.ts'

/**
 * Program: intake. Devices come in, events are in the journal before they are acknowledged; nothing else happens in this process.
 * It waits for nothing: without a database it lets in the devices of its cache file. Environment: VIGIL_MQTT_HOST, VIGIL_MQTT_PORT, VIGIL_MQTTS_PORT,
 * VIGIL_TLS_CERT, VIGIL_TLS_KEY, VIGIL_MQTT_URL, VIGIL_DATA_DIR, VIGIL_JOURNAL_DIR, VIGIL_DATABASE_URL, VIGIL_CENTRE_MQTT_PASSWORD, VIGIL_PROGRAM_ID. Sends `{type:'ready', metricsPort,
 * mqttPort?, mqttsPort?}`; the journal's folder is `{journal folder}/{program}-{six digits}`, with an external broker `{program}-floods-{six digits}` beside it.
 */
const env = process.env
const program = env['VIGIL_PROGRAM_ID'] || 'intake-1'
const dataDir = env['VIGIL_DATA_DIR'] || './data'
const log = createLog(
  program,
  systemClock,
  (line) => process.stdout.write(line + '\n'),
  (env['VIGIL_LOG_LEVEL'] as LogLevel | undefined) ?? 'info',
)
const metrics = new Metrics()
const deps = { log, metrics, clock: systemClock }
/** Three seconds are allowed for a stop; what hangs after two is left behind. */
const STOP_MS = 2_000

async function main(): Promise<void> {
  const closers: (() => Promise<unknown>)[] = []
  const stop = stopper(closers)
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('the launcher is gone'))

  // The port first: a second intake on the same folder ends there, before it could touch the journal of the first.
  let opened = (_journal: JournalWriter) => {}
  const journalOpen = new Promise<JournalWriter>((resolve) => (opened = resolve))
  const names = { journal: program }
  const health = new JournalHealth(
    async (record) => (await journalOpen).append(record),
    () => names.journal,
    systemClock,
  )
  const { take } = health
  const brokerUrl = env['VIGIL_MQTT_URL']
  const edge = brokerUrl ? null : await openEdge(take, closers)
  edge?.conditions.addSource(() => health.conditions())

  const root = env['VIGIL_JOURNAL_DIR'] || join(dataDir, 'journal')
  const journal = await JournalWriter.open({ ...deps, root, program })
  names.journal = journal.journal
  opened(journal)
  closers.push(() => journal.close())
  const stopSelfTest = startSelfTest({ take, clock: systemClock, log })
  closers.unshift(() => Promise.resolve(stopSelfTest()))
  if (brokerUrl) {
    const floods = await JournalWriter.open({ ...deps, root, program: `${program}-floods` })
    closers.push(() => floods.close())
    closers.unshift(consumeExternal(brokerUrl, health, floods))
  }
  const { port: metricsPort } = await serveMetricsPage(metrics)
  const ports = { metricsPort, mqttPort: edge?.port, mqttsPort: edge?.tlsPort }
  log.info('intake ready', { journal: journal.journal, ...ports })
  process.send?.({ type: 'ready', ...ports })
  if (process.send && !process.connected) stop('the launcher is gone')
}

/** Events of an external broker; what stands here is told to the core over that broker, too. @returns how to end it */
function consumeExternal(url: string, health: JournalHealth, floods: JournalWriter): () => Promise<void> {
  const retained = new RetainedEvents()
  const pacer = new Pacer(deps)
  const { take } = new FloodLane({ ...deps, pacer, take: health.take, takeAside: (record) => floods.append(record) })
  const consumer = consumeEvents({ ...deps, url, clientId: `vigil-${program}`, take, retained })
  // A connection of its own: the other one is cut each time that the disk refuses.
  const news = connectBroker({ ...deps, url, clientId: `vigil-${program}-news`, protocolVersion: 5 })
  const drops = new BrokerDrops(news, systemClock)
  const publishOn = (topic: string, qos: 0 | 1) => (message: object) => {
    news.publish(topic, JSON.stringify(message), { qos }).catch((error: unknown) => {
      // Told again in ten seconds.
      log.debug('the core could not be told', { topic, reason: reasonOf(error) })
    })
  }
  const [publish, pulse] = [publishOn(CONDITIONS_TOPIC, 1), publishOn(PULSE_TOPIC, 0)]
  const conditions = new Conditions({ clock: systemClock, program, publish, pulse })
  for (const source of [health, pacer, retained, drops]) conditions.addSource(() => source.conditions())
  conditions.start()
  return async () => {
    conditions.stop()
    pacer.stop()
    await consumer.close()
    await news.close()
  }
}

async function openEdge(take: TakeEvent, closers: (() => Promise<unknown>)[]): Promise<Edge> {
  const centrePassword = env['VIGIL_CENTRE_MQTT_PASSWORD']
  if (!centrePassword)
    throw new Fault('config-invalid', 'VIGIL_CENTRE_MQTT_PASSWORD is not set: start Vigil with npm start')
  const url = env['VIGIL_DATABASE_URL']
  const database = url ? createDatabase({ ...deps, url, poolMax: 2 }) : null
  const credentials = new Credentials({
    ...deps,
    database,
    cacheFile: join(dataDir, 'intake', 'credentials.json'),
    onRevoked: (deviceId) => edge.disconnect(deviceId),
  })
  const edge = new Edge({
    ...deps,
    host: env['VIGIL_MQTT_HOST'] || '127.0.0.1',
    port: Number(env['VIGIL_MQTT_PORT'] ?? 1883),
    credentials,
    tls: tlsFiles(),
    centrePassword,
    program,
    take,
  })
  // The cache is read before the door opens; the database is followed from then on and not waited for.
  await credentials.start()
  await edge.listen()
  closers.unshift(async () => {
    await edge.close()
    await credentials.stop()
    await database?.close()
  })
  return edge
}

function tlsFiles(): TlsFiles | undefined {
  const [certPath, keyPath] = [env['VIGIL_TLS_CERT'], env['VIGIL_TLS_KEY']]
  return certPath && keyPath ? { certPath, keyPath, port: Number(env['VIGIL_MQTTS_PORT'] ?? 8883) } : undefined
}

function stopper(closers: readonly (() => Promise<unknown>)[]): (why: string) => void {
  let stopping = false
  return (why) => {
    if (stopping) return
    stopping = true
    log.info('intake stops', { why })
    setTimeout(() => process.exit(0), STOP_MS).unref()
    const closeAll = async () => {
      for (const close of closers) await close()
    }
    closeAll().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('intake did not stop cleanly', { reason: reasonOf(error) })
        process.exit(1)
      },
    )
  }
}

main().catch((error: unknown) => {
  log.error('intake could not start', { reason: reasonOf(error) })
  process.exit(1)
})
