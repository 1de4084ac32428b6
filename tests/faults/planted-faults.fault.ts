import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { until } from '../support/api.ts'
import { askRun } from '../support/ask-run.ts'
import { tell } from './support/figures.ts'
import { checkInvariants, untilStored } from './support/invariants.ts'
import { connectPatiently, type Credential, credentialsOf, Ledger } from './support/pressing.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const PLANTED = join(process.cwd(), 'dist/tests/faults/planted/broken-core.js')

let folder: string
let centre: WholeCentre
let credentials: Credential[]
const ledger = new Ledger()
const plant = (fault: 'nothing' | 'escalation-lost' | 'twice') => writeFileSync(join(folder, 'planted'), fault)

beforeAll(async () => {
  // run.mjs has compiled everything.
  if (!process.env['VIGIL_FAULTS_FIGURES']) await askRun('/build/tests')
  folder = mkdtempSync(join(tmpdir(), 'vigil-planted-'))
  plant('nothing')
  centre = await startWholeCentre({
    NODE_OPTIONS: `--import ${pathToFileURL(PLANTED).href}`,
    VIGIL_FAULTS_PLANTED: join(folder, 'planted'),
  })
  credentials = await credentialsOf(centre.admin, 'taxi', ['taxi-001', 'taxi-002', 'taxi-003'])
})
afterAll(async () => {
  await centre?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The same message `times` times, as a device sends it that has not heard its PUBACK. */
async function press(credential: Credential, eventId: string, times = 1): Promise<void> {
  const { deviceId, kind } = credential
  const client = connectPatiently(centre.mqttPort, credential)
  const payload = JSON.stringify({ id: eventId, type: 'panic' })
  const pressedMs = performance.now()
  for (let i = 0; i < times; i++) await client.publishAsync(topicOf(kind, deviceId, 'event'), payload, { qos: 1 })
  ledger.promised.push({ deviceId, eventId, pressedMs, pubackMs: performance.now() })
  await client.endAsync(true)
  await untilStored(centre.database, ledger)
}

test('a core that keeps its promises passes', async () => {
  await press(credentials[0]!, 'good', 3)
  await checkInvariants(centre.database, ledger)
})

test('a core that loses its escalations is caught', async () => {
  plant('escalation-lost')
  await press(credentials[1]!, 'lost')
  // No desk is there either, so that I3 sees it first; I5 would, too.
  const caught = /I3: an alarm that no desk has painted and nothing escalates|I5: an alarm without its four escalations/
  await expect(checkInvariants(centre.database, ledger)).rejects.toThrow(caught)
  tell({ id: 'I5', promise: 'planted fault (escalations are not written) is caught', figure: 'found in 1 of 1 alarms' })
})

test('a core that takes a repeated message for a new one is caught', async () => {
  const [guard] = await centre.database.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = 'signal'::regclass and contype = 'u'`,
  )
  await centre.database.execute(`alter table signal drop constraint ${guard!.name}`)
  plant('twice')
  await press(credentials[2]!, 'doubled', 3)
  await until('the repetitions have had their effect', 10_000, async () => {
    const [row] = await centre.database.query<{ n: number }>(
      `select count(*)::int as n from signal where event_id = 'doubled'`,
    )
    return row!.n === 3
  })
  await expect(checkInvariants(centre.database, ledger)).rejects.toThrow(/I2: a signal twice/)
  tell({
    id: 'B3',
    promise: 'planted fault (a repetition is a new signal) is caught',
    figure: '3 signals of 1 press found',
  })
})
