import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { until } from '../support/api.ts'
import { isLong, pause, spread, tell } from './support/figures.ts'
import { checkInvariants } from './support/invariants.ts'
import { type Credential, credentialsOf, type Ledger, startPressing } from './support/pressing.ts'
import { settle } from './support/settle.ts'
import { pressToDeskMs, untilAllSeen, type WatchingDesk, watchAsDesk } from './support/watching-desk.ts'
import { listens, type ProgramName, startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const DEVICES = 8
/** A child presses two or three times a second at most; eight of them give 30 presses a second. */
const PRESS_EVERY_MS = 150
const ROUNDS = isLong ? 100 : 5
const AWAY_MS = 10_000

const WORDS: Record<Exclude<ProgramName, 'streamer'>, string> = {
  intake: 'kill -9 of the intake',
  core: 'kill -9 of the core',
  keeper: 'kill -9 and immediate stop of the database server, by turns',
}

let centre: WholeCentre
let desk: WatchingDesk
let credentials: Credential[]
/** Occurrences that each device's alarm had before the scenario. */
let before: Map<string, number>
let kills = 0
let promised = 0

beforeAll(async () => {
  centre = await startWholeCentre()
  const ids = Array.from({ length: DEVICES }, (_, i) => `taxi-${String(i + 1).padStart(3, '0')}`)
  credentials = await credentialsOf(centre.admin, 'taxi', ids)
  desk = watchAsDesk(centre.httpUrl, centre.admin.token)
  await until('the desk is connected', 5_000, async () => desk.isConnected() && (await Promise.resolve(true)))
})
afterAll(async () => {
  desk?.close()
  await centre?.stop()
})

async function settleAll(ledger: Ledger) {
  const counts = await settle(centre, [desk], ledger, credentials)
  promised += ledger.promised.length
  return counts
}

async function noteOccurrences(): Promise<void> {
  const { items } = await centre.admin.get<{ items: Alarm[] }>('alarms?limit=200')
  before = new Map(items.filter((one) => one.closedAt === null).map((one) => [one.deviceId, one.occurrences]))
  // Else a desk counts the first presses of the next scenario as the last of the one before.
  await until('the desk knows every count', 5_000, async () =>
    (await Promise.resolve([...before])).every(([deviceId, count]) => desk.seen.has(`${deviceId} ${count}`)),
  )
}

function figuresOf(ledger: Ledger): string {
  const puback = ledger.promised.map((one) => one.pubackMs - one.pressedMs)
  return `press → PUBACK ${spread(puback)}; press → desk ${spread(pressToDeskMs(desk.seen, ledger.pressedMs, before))}`
}

async function underKills(
  id: string,
  name: keyof typeof WORDS,
  restart: (round: number) => Promise<void>,
): Promise<void> {
  await noteOccurrences()
  const pressing = startPressing(centre.mqttPort, credentials, `${id}-${name}`, PRESS_EVERY_MS)
  const backMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await pause(300 + Math.random() * 900)
    const killedMs = performance.now()
    await restart(round)
    kills++
    backMs.push(performance.now() - killedMs)
  }
  await pause(500)
  await pressing.stop()
  const { ledger } = pressing
  const { signals, events } = await settleAll(ledger)
  tell({
    id,
    promise: WORDS[name],
    figure: `${ROUNDS} kills, ${ledger.promised.length} promised, 0 lost, 0 twice (${signals} signals, ${events} events, chain whole); works again ${spread(backMs)}; ${figuresOf(ledger)}`,
  })
}

test('kill -9 of the intake loses nothing that was promised', async () => {
  await underKills('C1', 'intake', async () => {
    const pid = centre.pidOf('intake')
    process.kill(pid, 'SIGKILL')
    await until(
      'another intake listens',
      20_000,
      async () => centre.pidOf('intake') !== pid && (await listens(centre.mqttPort)),
      20,
    )
  })
})

test('kill -9 of the core loses nothing that was promised, and the desk misses no event', async () => {
  await underKills('C1', 'core', async () => {
    centre.kill('core')
    await pause(50)
    await centre.untilReady(30_000)
    const had = desk.events.length
    await until(
      'the desk hears of presses again',
      10_000,
      async () => (await Promise.resolve(desk)).events.length > had,
      10,
    )
  })
})

test('kill -9 of the database server, and an immediate stop of it, lose nothing that was promised', async () => {
  await underKills('C5', 'keeper', async (round) => {
    const pid = await centre.databasePid()
    // Every other time as `pg_ctl -m immediate stop` does it.
    process.kill(pid, round % 2 === 0 ? 'SIGKILL' : 'SIGQUIT')
    await until('another server answers', 30_000, async () => {
      await centre.database.query('select 1')
      return (await centre.databasePid()) !== pid
    })
  })
})

test(`with the database away for ${AWAY_MS / 1000} s presses are acknowledged, shown within a second, and merged with nothing twice`, async () => {
  await noteOccurrences()
  const keeper = centre.pidOf('keeper')
  // A stopped keeper does not see its server end, so nobody starts another until it goes on.
  process.kill(keeper, 'SIGSTOP')
  process.kill(await centre.databasePid(), 'SIGQUIT')
  const provisionalBefore = desk.provisional.length
  await until('the strip says so', 5_000, async () => {
    const { health } = await centre.admin.get<Snapshot>('snapshot')
    return health.database === 'away'
  })
  const pressing = startPressing(centre.mqttPort, credentials, 'D1', PRESS_EVERY_MS * 4)
  await pause(1_000)
  const shown = await until('a provisional alarm', 5_000, async () =>
    (await Promise.resolve(desk.provisional))
      .slice(provisionalBefore)
      .find((one) => one.deviceId === credentials[0]!.deviceId),
  )
  const refused = await centre.admin.post(`alarms/${shown.id}/acknowledge`).then(
    () => 'works',
    (error: unknown) => `refused (${/"code":"([a-z-]+)"/.exec(String(error))?.[1] ?? String(error)})`,
  )
  await pause(AWAY_MS - 1_000)
  const whileAway = desk.provisional.length - provisionalBefore
  process.kill(keeper, 'SIGCONT')
  const backMs = performance.now()
  await pressing.stop()
  const { ledger } = pressing
  await settleAll(ledger)
  const mergedMs = performance.now() - backMs
  const toDesk = await untilAllSeen(desk, ledger.pressedMs, before)
  const { alarms } = await centre.admin.get<Snapshot>('snapshot')
  expect(alarms.filter((one) => one.provisional)).toEqual([])
  const twice = (await centre.admin.get<{ items: Alarm[] }>('alarms?limit=200')).items.filter(
    (one) => one.deviceId === shown.deviceId,
  )
  expect(twice.filter((one) => one.closedAt === null)).toHaveLength(1)
  expect(twice.some((one) => one.id === shown.id)).toBe(true)
  tell({
    id: 'D1',
    promise: `database away for ${AWAY_MS / 1000} s`,
    figure: `${ledger.promised.length} promised, 0 lost, 0 twice; ${whileAway} occurrences shown provisionally; all merged ${mergedMs.toFixed(0)} ms after it came back; ${figuresOf(ledger)}; acknowledging meanwhile: ${refused}`,
  })
  expect(toDesk.toSorted((a, b) => a - b)[Math.floor(toDesk.length / 2)]).toBeLessThan(1_000)
})

test('escalations of a raised alarm fire once each, although the core is killed in between', async () => {
  const [credential] = await credentialsOf(centre.admin, 'taxi', ['taxi-090'])
  const pressing = startPressing(centre.mqttPort, [credential!], 'I5', 60_000)
  await until('promised', 5_000, async () => (await Promise.resolve(pressing.ledger.promised)).length === 1)
  const pressedMs = performance.now()
  await pause(8_500)
  centre.kill('core')
  await centre.untilReady(20_000)
  await pause(Math.max(0, 17_000 - (performance.now() - pressedMs)))
  const steps = await centre.database.query<{ step: number; late: number }>(
    `select step, extract(epoch from fired_at - due_at)::float8 as late from timer
      where kind = 'escalate' and subject_id = (select id from alarm where device_id = 'taxi-090') and fired_at is not null order by step`,
  )
  expect(steps.map(({ step }) => step)).toEqual([1, 2])
  await checkInvariants(centre.database, pressing.ledger)
  kills++
  tell({
    id: 'I5',
    promise: 'escalation after 10 and 15 s, once each, across a kill -9 of the core',
    figure: `fired ${steps.map(({ step, late }) => `step ${step} ${(late * 1000).toFixed(0)} ms late`).join(', ')}`,
  })
})

test('the self-test walks the whole way', async () => {
  const page = await until('a self-test', 70_000, async () => {
    const address = /Metrics: (\S+)/.exec(centre.output())?.[1]
    const text = await (await fetch(address!)).text()
    return /vigil_self_tests_total\{program="core"\} [1-9]/.test(text) && text
  })
  const [sum, count] = ['sum', 'count'].map((word) =>
    Number(new RegExp(`vigil_self_test_seconds_${word}\\{program="core"\\} (\\S+)`).exec(page)?.[1]),
  )
  tell({
    id: 'P13',
    promise: 'self-test from the intake to the commit, once a minute',
    figure: `${count} since the last restart of the core, ${((sum! / count!) * 1000).toFixed(0)} ms on average`,
  })
  expect(count).toBeGreaterThan(0)
})

test('the whole run', () => {
  tell({
    id: 'all',
    promise: 'kills and promises of this run',
    figure: `${kills} kills, ${promised} promised signals, 0 lost`,
  })
  expect(promised).toBeGreaterThan(100)
})
