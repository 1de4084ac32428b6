import { afterAll, beforeAll, expect, test } from 'vitest'
import { quantile } from '../bench/figures.ts'
import { until } from '../support/api.ts'
import { isLong, pause, spread, tell } from './support/figures.ts'
import { type Credential, credentialsOf, pressOnce, startPressing } from './support/pressing.ts'
import { openRealDesk } from './support/real-desk.ts'
import { checkResources, resourcesOf, settle } from './support/settle.ts'
import { pressToDeskMs, type WatchingDesk, watchAsDesk } from './support/watching-desk.ts'
import { type ProgramName, startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const RANDOM_FOR_MS = isLong ? 30 * 60_000 : 24_000
const KILL_EVERY_MS = 2_000
const DATABASE_EVERY_MS = 5_000
const FROZEN_MS = isLong ? 30_000 : 6_000
/** Of an escalation, see gateway/alarms/effects.ts. */
const FIRST_STEP_MS = 10_000
const PROGRAMS = ['intake', 'core', 'streamer', 'keeper'] as const

let centre: WholeCentre
let desk: WatchingDesk
let credentials: Credential[]
const taxi = (n: number) => `taxi-${String(n).padStart(3, '0')}`

beforeAll(async () => {
  centre = await startWholeCentre()
  credentials = await credentialsOf(
    centre.admin,
    'taxi',
    Array.from({ length: 40 }, (_, i) => taxi(i + 1)),
  )
  desk = watchAsDesk(centre.httpUrl, centre.admin.token)
  await until('the desk is connected', 10_000, async () => desk.isConnected() && (await Promise.resolve(true)))
})
afterAll(async () => {
  desk?.close()
  await centre?.stop()
})

/** One that was killed a moment ago is not there: then somebody else's turn comes sooner. */
function tryToKill(program: ProgramName): boolean {
  try {
    centre.kill(program)
    return true
  } catch (error) {
    if (/no .* runs below|ESRCH/.test(String(error))) return false
    throw error
  }
}

test('kill -9 of any program every 2 s while the database crashes loses nothing and doubles nothing', async () => {
  const before = resourcesOf(centre)
  const pressing = startPressing(centre.mqttPort, credentials.slice(0, 8), 'C2', 150)
  const endMs = performance.now() + RANDOM_FOR_MS
  const kills: Record<string, number> = { database: 0 }
  let databaseAtMs = performance.now() + DATABASE_EVERY_MS
  while (performance.now() < endMs) {
    const program = PROGRAMS[Math.floor(Math.random() * PROGRAMS.length)]!
    if (tryToKill(program)) kills[program] = (kills[program] ?? 0) + 1
    if (performance.now() > databaseAtMs) {
      databaseAtMs = performance.now() + DATABASE_EVERY_MS
      // Immediate stop and kill -9 by turns; while it is being started again there is nobody to stop.
      const pid = await centre.databasePid().catch(() => 0)
      if (pid > 1 && endIt(pid, kills['database']! % 2 === 0 ? 'SIGQUIT' : 'SIGKILL')) kills['database']!++
    }
    await pause(KILL_EVERY_MS)
  }
  await centre.untilReady(60_000)
  await pressing.stop()
  const { ledger } = pressing
  await settle(centre, [desk], ledger, credentials)
  const puback = ledger.promised.map((one) => one.pubackMs - one.pressedMs)
  tell({
    id: 'C2',
    promise: `kill -9 of any program every 2 s while the database crashes every 5 s, ${RANDOM_FOR_MS / 1000} s`,
    figure: `${Object.entries(kills)
      .map(([name, n]) => `${name} ${n}`)
      .join(
        ', ',
      )}; ${ledger.promised.length} promised, 0 lost, 0 twice; press → PUBACK ${spread(puback)}; press → desk ${spread(pressToDeskMs(desk.seen, ledger.pressedMs, new Map()))}; ${await checkResources(centre, before)}`,
  })
  expect(Object.values(kills).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(RANDOM_FOR_MS / KILL_EVERY_MS / 2)
  expect(ledger.promised.length).toBeGreaterThan(100)
})

function endIt(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Each step that has fired has one event; @returns how late the first was, s */
async function escalatedOnce(deviceId: string): Promise<number> {
  // As of one moment: between two reads the next step may come due.
  const { steps, events } = await centre.database.tx(
    async (tx) => ({
      steps: await tx.query<{ step: number; late: number }>(
        `select step, extract(epoch from fired_at - due_at)::float8 as late from timer
          where kind = 'escalate' and fired_at is not null and subject_id = (select id from alarm where device_id = $1) order by step`,
        [deviceId],
      ),
      events: await tx.query<{ step: number }>(
        `select (body->>'escalation')::int as step from event
          where kind = 'alarm' and action = 'escalated' and body->>'deviceId' = $1 order by n`,
        [deviceId],
      ),
    }),
    { isolation: 'repeatable read' },
  )
  expect(steps.length).toBeGreaterThan(0)
  expect(events.map(({ step }) => step)).toEqual(steps.map(({ step }) => step))
  return steps[0]!.late
}

test.each(['intake', 'core', 'streamer', 'keeper'] as const)(
  `%s frozen for ${FROZEN_MS / 1000} s: everything catches up, nothing fires twice`,
  async (program) => {
    await centre.untilReady(30_000)
    const real = openRealDesk(centre.httpUrl, centre.admin.token)
    await until('the desk is live', 10_000, async () => (await Promise.resolve(real)).state() === 'live')
    const first = 10 + PROGRAMS.indexOf(program) * 5
    const mine = credentials.slice(first, first + 4)
    const pressing = startPressing(centre.mqttPort, mine, `C6-${program}`, 300)
    await until('a press of each', 20_000, async () => {
      await Promise.resolve()
      return new Set(pressing.ledger.promised.map(({ deviceId }) => deviceId)).size === mine.length
    })
    const lonely = credentials[first + 4]!
    await pressOnce(centre.mqttPort, lonely, `C6-lonely-${program}`, pressing.ledger)
    // Raised before the ice and never answered: in it the first step of its escalation comes due, after 10 s.
    if (program === 'core') await pause(FIRST_STEP_MS - FROZEN_MS / 2)
    const pid = centre.pidOf(program)
    process.kill(pid, 'SIGSTOP')
    const stoppedMs = performance.now()
    let blindAfterMs = NaN
    let deafAfterMs = NaN
    try {
      if (program === 'core') {
        await until(
          'the desk says "not receiving"',
          6_000,
          async () => (await Promise.resolve(real)).state() === 'blind',
          20,
        )
        blindAfterMs = performance.now() - stoppedMs
      }
      if (program === 'intake') {
        await until(
          'the desk says that the intake does not receive',
          5_000,
          async () => (await Promise.resolve(real)).store.health.get()?.intake === 'away',
          20,
        )
        deafAfterMs = performance.now() - stoppedMs
      }
      await pause(Math.max(0, FROZEN_MS - (performance.now() - stoppedMs)))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    const wentOnMs = performance.now()
    await pause(500)
    await pressing.stop()
    const { ledger } = pressing
    await settle(centre, [desk], ledger, credentials)
    await until('the desk is live and has everything', 15_000, async () => {
      await Promise.resolve()
      return real.state() === 'live' && real.lastN() >= desk.lastN() - 5
    })
    const backMs = performance.now() - wentOnMs
    await until(
      'the intake receives',
      10_000,
      async () => (await Promise.resolve(real)).store.health.get()?.intake === 'ok',
    )
    const lateS = program === 'core' ? await escalatedOnce(lonely.deviceId) : NaN
    const twice = [...real.popUps].filter(([, times]) => times > 1)
    expect(twice, 'I4: pop-ups twice').toEqual([])
    real.close()
    const meanwhile = ledger.promised.filter(({ pressedMs }) => pressedMs >= stoppedMs && pressedMs <= wentOnMs)
    const puback = meanwhile.map((one) => one.pubackMs - one.pressedMs)
    // Presses that the program on the ice does not hold up are as quick as ever.
    if (program !== 'intake') expect(quantile(puback, 0.99)).toBeLessThan(2_000)
    tell({
      id: 'C6',
      promise: `${program} frozen for ${FROZEN_MS / 1000} s (SIGSTOP), then goes on`,
      figure: `${ledger.promised.length} promised, 0 lost, 0 twice, no timer twice; ${Number.isNaN(deafAfterMs) ? '' : `the desk says that the intake does not receive after ${deafAfterMs.toFixed(0)} ms; `}${Number.isNaN(blindAfterMs) ? '' : `the desk says “not receiving” after ${blindAfterMs.toFixed(0)} ms; the step that came due meanwhile fired once, ${lateS.toFixed(1)} s late; `}all is caught up ${backMs.toFixed(0)} ms after it goes on; meanwhile press → PUBACK ${spread(puback)}`,
    })
  },
)
