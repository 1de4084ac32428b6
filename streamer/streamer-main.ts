import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../domain/clock.ts'
import { reasonOf } from '../domain/fault.ts'
import { createLog } from '../domain/log.ts'
import type { LogLevel } from '../domain/log.ts'
import { Metrics } from '../domain/metrics.ts'
import { Fleet } from './camera/fleet.ts'
import { CoreBeat } from './core-beat.ts'
import { createMetricsServer, listenOnLoopback } from './http/metrics-server.ts'
import { createWorkerServer } from './http/worker-server.ts'
import { flvSocketPath } from './push/flv-socket.ts'
import { RecordedRows } from './record/recorded-rows.ts'
import { Recorder } from './record/recorder.ts'
import { ReportRecorded } from './record/report-recorded.ts'

/** As long as farewells to cameras get; the launcher waits for longer than both. */
const RECORDER_STOP_MS = 1_000

/** One streamer worker: cameras in, parts out. All settings come from the environment, set by the launcher. */
async function main(): Promise<void> {
  const env = process.env
  const workerId = env['VIGIL_PROGRAM_ID'] ?? 'streamer-1'
  const log = createLog(
    workerId,
    systemClock,
    (line) => process.stdout.write(`${line}\n`),
    (env['VIGIL_LOG_LEVEL'] ?? 'info') as LogLevel,
  )
  const token = env['VIGIL_INTERNAL_TOKEN']
  const coreUrl = env['VIGIL_CORE_URL']
  if (!token || !coreUrl) {
    log.error('VIGIL_INTERNAL_TOKEN and VIGIL_CORE_URL must be set; the launcher does that')
    process.exitCode = 2
    return
  }
  const metrics = new Metrics()
  const push = { socketPath: flvSocketPath(resolve(env['VIGIL_DATA_DIR'] ?? 'data')), token }
  const memoryMaxBytes = Number(env['VIGIL_STREAMER_MEMORY_MB'] ?? Infinity) * 1024 * 1024
  const fleet = new Fleet({ clock: systemClock, log, metrics, push, memoryMaxBytes })
  const server = createWorkerServer({ fleet, token, log, metrics })
  const metricsServer = createMetricsServer(metrics)
  const [port, metricsPort] = await Promise.all([listenOnLoopback(server), listenOnLoopback(metricsServer)])
  const beat = new CoreBeat({
    coreUrl,
    workerId,
    token,
    baseUrl: `http://127.0.0.1:${port}`,
    metricsPort,
    fleet,
    log,
    metrics,
  })
  const rows = new RecordedRows({ log, metrics })
  // A folder of its own for each worker: nobody else reads again, or cuts, what it is still writing.
  const folder = join(resolve(env['VIGIL_RECORD_DIR'] ?? 'data/recordings'), workerId)
  const recorder = new Recorder({ fleet, folder, clock: systemClock, log, metrics, rows })
  const report = new ReportRecorded({ coreUrl, workerId, token, rows, log, metrics })
  const again = await rows.rebuild(folder).catch((error: unknown) => {
    // Live pictures come first; the recorder says what is wrong with its disk at the first write.
    log.error('earlier recordings could not be looked at', { folder, error: reasonOf(error) })
    return 0
  })
  if (again > 0) log.info('recordings of an earlier run were read again', { files: again })
  fleet.start()
  beat.start()
  recorder.start()
  report.start()
  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    beat.stop()
    report.stop()
    // Ends what is open, before the rings that it reads are cleared; a disk that hangs is not waited for.
    await Promise.race([recorder.stop(), sleep(RECORDER_STOP_MS)])
    fleet.stop()
    server.close()
    server.closeAllConnections()
    metricsServer.close()
    metricsServer.closeAllConnections()
    // Farewells to cameras are on their way; what is not out in a second never will be.
    setTimeout(() => process.exit(0), 1_000).unref()
    if (process.connected) process.disconnect()
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
  process.once('disconnect', () => void stop())
  process.send?.({ type: 'ready', metricsPort })
  log.info('streamer is ready', { port, metricsPort })
}

await main()
