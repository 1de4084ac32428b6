import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askRun } from '../support/ask-run.ts'
import { until } from '../support/api.ts'
import { isLong, spread, tell } from './support/figures.ts'
import { type Credential, credentialsOf, Ledger, startPressing } from './support/pressing.ts'
import { settle } from './support/settle.ts'
import { type WatchingDesk, watchAsDesk } from './support/watching-desk.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const PLANTED = join(process.cwd(), 'dist/tests/faults/planted/at-a-step.js')
/** A press's way, step by step; the names are those of planted/at-a-step.ts. */
const INTAKE_STEPS = ['parse', 'append', 'fdatasync', 'puback'] as const
const CORE_STEPS = [
  'journal-read',
  'insert-signal',
  'insert-timer',
  'insert-event',
  'commit',
  'notify',
  'send',
  'rendered',
  'receipt',
  'mark-sent',
] as const
/** Where the server ends under the core's hands. */
const DATABASE_STEPS = ['insert-signal', 'insert-event', 'commit', 'rendered'] as const
const SIDES = ['before', 'after'] as const
/** Long form: at the first, second, … time that the step is reached. */
const TIMES = isLong ? [1, 2, 3, 4, 5] : [1]
/** A program killed again and again is started again after up to 2 s, and its step must come. */
const REACHED_WITHIN_MS = 30_000

let folder: string
let stepFile: string
let centre: WholeCentre
let desk: WatchingDesk
let credentials: Credential[]
let next = 0

beforeAll(async () => {
  // run.mjs has compiled everything.
  if (!process.env['VIGIL_FAULTS_FIGURES']) await askRun('/build/tests')
  folder = mkdtempSync(join(tmpdir(), 'vigil-steps-'))
  stepFile = join(folder, 'step.json')
  centre = await startWholeCentre({
    NODE_OPTIONS: `--import ${pathToFileURL(PLANTED).href}`,
    VIGIL_FAULTS_STEP: stepFile,
  })
  const count = SIDES.length * (INTAKE_STEPS.length + CORE_STEPS.length + DATABASE_STEPS.length)
  const ids = Array.from({ length: count }, (_, i) => `taxi-${String(i + 1).padStart(3, '0')}`)
  credentials = await credentialsOf(centre.admin, 'taxi', ids)
  desk = watchAsDesk(centre.httpUrl, centre.admin.token)
  await until('the desk is connected', 10_000, async () => desk.isConnected() && (await Promise.resolve(true)))
})
afterAll(async () => {
  desk?.close()
  await centre?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Whole at once: a program may look at any moment. */
function order(step: string, side: string, nth: number, victim: number | null): void {
  writeFileSync(`${stepFile}.new`, JSON.stringify({ step, side, nth, victim }))
  renameSync(`${stepFile}.new`, stepFile)
}

/** One kill at each step and side, each met by the presses of a device that has not pressed before. */
async function sweep(
  program: 'intake' | 'core',
  steps: readonly string[],
  victimOf: () => Promise<number | null>,
): Promise<{ kills: number; ledger: Ledger; backMs: number[] }> {
  const ledger = new Ledger()
  const backMs: number[] = []
  let kills = 0
  for (const step of steps) {
    for (const side of SIDES) {
      const credential = credentials[next++ % credentials.length]!
      for (const nth of TIMES) {
        const name = `${program}:${step}`
        order(name, side, nth, await victimOf())
        const pressing = startPressing(centre.mqttPort, [credential], `${step}-${side}-${nth}-${next}`, 100, ledger)
        await until(
          `${name} ${side}, time ${nth}`,
          REACHED_WITHIN_MS,
          async () => {
            await Promise.resolve()
            return !existsSync(stepFile)
          },
          10,
        )
        kills++
        const killedMs = performance.now()
        // The press that was under way, or one after it.
        await pressing.stop()
        backMs.push(performance.now() - killedMs)
        if (isLong) await settle(centre, [desk], ledger, credentials)
      }
    }
  }
  await settle(centre, [desk], ledger, credentials)
  return { kills, ledger, backMs }
}

test('a kill before and after each step in the intake loses nothing and doubles nothing', async () => {
  const { kills, ledger, backMs } = await sweep('intake', INTAKE_STEPS, () => Promise.resolve(null))
  expect(kills).toBe(INTAKE_STEPS.length * SIDES.length * TIMES.length)
  tell({
    id: 'C3',
    promise: `kill -9 of the intake before and after: ${INTAKE_STEPS.join(', ')}`,
    figure: `${kills} kills, ${ledger.promised.length} promised, 0 lost, 0 twice; a press is promised again ${spread(backMs)}`,
  })
})

test('a kill before and after each step in the core loses nothing and doubles nothing', async () => {
  const { kills, ledger } = await sweep('core', CORE_STEPS, () => Promise.resolve(null))
  expect(kills).toBe(CORE_STEPS.length * SIDES.length * TIMES.length)
  tell({
    id: 'C3',
    promise: `kill -9 of the core before and after: ${CORE_STEPS.join(', ')}`,
    figure: `${kills} kills, ${ledger.promised.length} promised, 0 lost, 0 twice`,
  })
})

test('the database server killed before and after each step of a transaction loses nothing and doubles nothing', async () => {
  const { kills, ledger } = await sweep('core', DATABASE_STEPS, () => centre.databasePid())
  expect(kills).toBe(DATABASE_STEPS.length * SIDES.length * TIMES.length)
  tell({
    id: 'C3',
    promise: `kill -9 of the database server before and after: ${DATABASE_STEPS.join(', ')}`,
    figure: `${kills} kills, ${ledger.promised.length} promised, 0 lost, 0 twice`,
  })
})
