import { join } from 'node:path'
import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { Credentials } from '../../../gateway/intake/credentials.ts'
import { Edge } from '../../../gateway/intake/edge.ts'
import { JournalWriter } from '../../../gateway/intake/journal/writer.ts'

/**
 * An intake with a planted fault, for the test of the catalogue itself: it acknowledges first and appends afterwards, as a busy disk
 * would make of `void append()`. The parts are the product's own; only `take` lies.
 */
const deps = { log: silentLog, metrics: new Metrics(), clock: systemClock }
const LATE_MS = 20
const dataDir = process.env['VIGIL_DATA_DIR']!
const journal = await JournalWriter.open({ ...deps, root: process.env['VIGIL_JOURNAL_DIR']!, program: 'intake-1' })
const credentials = new Credentials({
  ...deps,
  database: null,
  cacheFile: join(dataDir, 'intake', 'credentials.json'),
  onRevoked: () => undefined,
})
await credentials.start()
const edge = new Edge({
  ...deps,
  host: '127.0.0.1',
  port: Number(process.env['VIGIL_MQTT_PORT']),
  credentials,
  centrePassword: 'centre',
  take: (record) => {
    setTimeout(() => void journal.append(record), LATE_MS)
    return Promise.resolve()
  },
})
await edge.listen()
