import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { systemClock } from '../../domain/clock.ts'
import { createLog, type LogLevel } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import type { SimulatedCamera } from './camera.ts'
import { createCameraFarm } from './camera-farm.ts'
import { readSimulatedCameras } from './cameras-csv.ts'

/** The program: the cameras of VIGIL_CITY/cameras.csv that are marked as simulated, until SIGTERM or the launcher goes. */
const clock = systemClock
const level = (process.env['VIGIL_LOG_LEVEL'] ?? 'info') as LogLevel
const log = createLog('cameras', clock, (line) => process.stdout.write(`${line}\n`), level)
const metrics = new Metrics()

function ask(key: string): string {
  const value = process.env[key]
  if (value) return value
  log.error(`${key} must be set`)
  return process.exit(1)
}

/** A city without cameras.csv still shows four. */
function fallbackCameras(): SimulatedCamera[] {
  const names = ['滨海小学正门', '人民路与海滨路路口', '中心广场', '火车站出站口']
  return names.map((name, i) => ({ id: `cam-00${i + 1}`, name, ptz: i === 2 }))
}

function readCameras(): SimulatedCamera[] {
  const path = join(ask('VIGIL_CITY'), 'cameras.csv')
  if (existsSync(path)) return readSimulatedCameras(readFileSync(path, 'utf8'))
  log.warn('the city has no cameras.csv: four cameras are made up', { path })
  return fallbackCameras()
}

const farm = await createCameraFarm({
  cameras: readCameras(),
  rtspPort: Number(process.env['VIGIL_SIM_RTSP_PORT'] ?? 8554),
  onvifPort: Number(process.env['VIGIL_SIM_ONVIF_PORT'] ?? 8555),
  password: ask('VIGIL_SIM_CAMERA_PASSWORD'),
  clock,
  log,
  metrics,
})
const metricsServer = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  response.end(metrics.text())
})
await new Promise<void>((resolve) => metricsServer.listen(0, '127.0.0.1', resolve))
const address = metricsServer.address()
const metricsPort = typeof address === 'object' && address ? address.port : 0
log.info('cameras are up', { rtspPort: farm.rtspPort, onvifPort: farm.onvifPort, metricsPort })
process.send?.({ type: 'ready', metricsPort, rtspPort: farm.rtspPort, onvifPort: farm.onvifPort })

let isStopping = false
function stop(reason: string): void {
  if (isStopping) return
  isStopping = true
  log.info('stopping', { reason })
  // Nothing here is worth waiting longer for.
  setTimeout(() => process.exit(0), 2500).unref()
  metricsServer.close()
  farm.close().then(
    () => process.exit(0),
    (error: unknown) => {
      log.error('stopping failed', { reason: String(error) })
      process.exit(1)
    },
  )
}
process.on('SIGTERM', () => stop('SIGTERM'))
process.on('SIGINT', () => stop('SIGINT'))
process.on('disconnect', () => stop('the launcher is gone'))
