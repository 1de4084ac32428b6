import { createServer } from 'node:http'
import { join } from 'node:path'
import { systemClock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import { createLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { readCity } from '../city/read-city.ts'
import { forgetCredential, keepCredentials } from './credentials.ts'
import { startFleet } from './fleet.ts'
import { startPressSchedule } from './press-schedule.ts'
import { seededRandom } from './seeded-random.ts'

/** The program: buttons, taxis and patrols of the district in VIGIL_CITY on the real wire. */
async function main(): Promise<void> {
  const env = process.env
  const log = createLog('simulators-fleet', systemClock, (line) => process.stdout.write(line + '\n'))
  const metrics = new Metrics()
  const city = await readCity(env['VIGIL_CITY']!)
  const file = join(env['VIGIL_DATA_DIR']!, 'simulator', 'credentials.json')
  const ids = city.devices.filter(({ kind }) => ['button', 'taxi', 'patrol'].includes(kind)).map(({ id }) => id)
  const passwords = await keepCredentials(
    file,
    ids,
    env['VIGIL_CORE_URL']!,
    env['VIGIL_INTERNAL_TOKEN']!,
    (done, total) => process.send?.({ type: 'progress', text: 'devices get their credentials', done, total }),
  )
  const seed = 20_261_121
  const fleet = await startFleet({
    city,
    mqttUrl: env['VIGIL_MQTT_URL'] ?? `mqtt://127.0.0.1:${env['VIGIL_MQTT_PORT']}`,
    passwords,
    seed,
    clock: systemClock,
    log,
    metrics,
    onTakenOver: (id) => forgetCredential(file, passwords, id),
  })
  const stopPresses = startPressSchedule(
    fleet,
    Number(env['VIGIL_SIM_PRESS_EVERY_S'] ?? 0),
    seededRandom(seed + 1),
    log,
  )
  const page = createServer((_req, res) => res.writeHead(200, { 'content-type': 'text/plain' }).end(metrics.text()))
  page.listen(0, '127.0.0.1', () => {
    const address = page.address()
    process.send?.({ type: 'ready', metricsPort: typeof address === 'object' ? address?.port : undefined })
  })
  log.info('the city lives', {
    buttons: fleet.buttons.length,
    taxis: fleet.taxis.length,
    patrols: fleet.patrols.length,
  })

  const stop = () => {
    stopPresses()
    page.close()
    fleet.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('did not stop cleanly', { reason: reasonOf(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', () => process.exit(0))
}

main().catch((error: unknown) => {
  process.stderr.write(`${reasonOf(error)}\n`)
  process.exit(1)
})
