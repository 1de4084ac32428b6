import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { askRun } from '../support/ask-run.ts'
import { isLong, pause, spread, tell } from './support/figures.ts'
import { keysOf, lostOf } from './support/invariants.ts'
import { type LoneIntake, loneIntake } from './support/journal-intake.ts'
import { mayTrace, STRACE } from './support/privileges.ts'
import { type Ledger, startPressing } from './support/pressing.ts'
import { violationsOf } from './support/syscalls.ts'

const isTraced = mayTrace()
if (!isTraced) process.stdout.write('C4 is skipped: strace is not there, or this machine does not permit it\n')

let folder: string
let intake: LoneIntake | null = null
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-order-'))
  // run.mjs has compiled everything.
  if (!process.env['VIGIL_FAULTS_FIGURES']) await askRun('/build/tests')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  await intake?.remove()
  intake = null
})

async function trace(which: 'product' | 'planted'): Promise<{ checked: number; violations: string[] }> {
  const file = join(folder, `${which}.strace`)
  const calls = 'trace=read,write,writev,pwrite64,pwritev,sendto,sendmsg,fdatasync,fsync'
  intake = await loneIntake(which, 4)
  await intake.start([STRACE!, '-f', '-e', calls, '-e', 'signal=none', '-s', '16384', '-o', file])
  const pressing = startPressing(intake.port, intake.credentials, 'order', 5)
  await pause(isLong ? 15_000 : 4_000)
  await pressing.stop()
  await pause(300)
  await intake.kill()
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  return violationsOf(
    text,
    pressing.ledger.promised.map((one) => one.eventId),
  )
}

/** kill -9 while devices press; @returns what was promised and is not in the journal */
async function killed(which: 'product' | 'planted', rounds: number): Promise<{ lost: string[]; ledger: Ledger }> {
  intake = await loneIntake(which, 8)
  await intake.start()
  const pressing = startPressing(intake.port, intake.credentials, 'kill', 2)
  for (let round = 0; round < rounds; round++) {
    await pause(300 + Math.random() * 300)
    await intake.kill()
    await intake.start()
  }
  await pause(300)
  await pressing.stop()
  await pause(200)
  await intake.kill()
  return { lost: lostOf(keysOf(pressing.ledger), await intake.kept()), ledger: pressing.ledger }
}

describe.skipIf(!isTraced)('seen from the kernel', () => {
  test('the journal is synced before the PUBACK of each press', async () => {
    const { checked, violations } = await trace('product')
    expect(violations).toEqual([])
    expect(checked).toBeGreaterThan(50)
    tell({
      id: 'C4',
      promise: 'fdatasync of the journal before the PUBACK, by strace',
      figure: `${checked} presses looked at, 0 out of order`,
    })
  })

  test('an intake that acknowledges first is caught', async () => {
    const { checked, violations } = await trace('planted')
    expect(checked).toBeGreaterThan(20)
    expect(violations.length).toBeGreaterThan(checked / 2)
    tell({
      id: 'C4',
      promise: 'planted fault (PUBACK before append) is caught by strace',
      figure: `${violations.length} of ${checked} presses found out of order`,
    })
  })
})

describe('kill -9 of an intake alone, pressed as fast as it answers', () => {
  test('loses nothing that was promised', async () => {
    const { lost, ledger } = await killed('product', isLong ? 100 : 6)
    expect(lost).toEqual([])
    tell({
      id: 'C1',
      promise: 'kill -9 of an intake alone, under load',
      figure: `${ledger.promised.length} promised, 0 lost; press → PUBACK ${spread(ledger.promised.map((one) => one.pubackMs - one.pressedMs))}`,
    })
  })

  test('an intake that acknowledges first is caught', async () => {
    const { lost, ledger } = await killed('planted', 6)
    expect(lost.length).toBeGreaterThan(0)
    tell({
      id: 'C1',
      promise: 'planted fault (PUBACK before append) is caught by kill -9',
      figure: `${lost.length} of ${ledger.promised.length} promised signals found missing`,
    })
  })
})
