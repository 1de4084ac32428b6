import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Snapshot } from '../../../domain/wire/live.ts'
import { until } from '../../support/api.ts'
import { checkInvariants, untilStored, untilTimersFired } from './invariants.ts'
import type { Credential, Ledger } from './pressing.ts'
import type { WatchingDesk } from './watching-desk.ts'
import type { ProgramName, WholeCentre } from './whole-centre.ts'

const CATCH_UP_MS = 20_000

/** Every scenario ends like this: all is stored, seen, counted once, and no desk has missed or doubled anything. */
export async function settle(
  centre: WholeCentre,
  desks: readonly WatchingDesk[],
  ledger: Ledger,
  credentials: readonly Credential[] = [],
): Promise<{ signals: number; events: number }> {
  await untilStored(centre.database, ledger)
  await untilTimersFired(centre.database)
  await until('the desks have everything', CATCH_UP_MS, async () => {
    const { n } = await centre.admin.get<Snapshot>('snapshot')
    return desks.every((desk) => desk.lastN() >= n)
  })
  const counts = await checkInvariants(centre.database, ledger)
  for (const desk of desks) await checkPopUps(centre, desk)
  checkNoSecret(centre, credentials)
  return counts
}

/** I4: an alarm pops up once on each desk, whatever was shown provisionally before; nothing pops up that is no alarm. */
async function checkPopUps(centre: WholeCentre, desk: WatchingDesk): Promise<void> {
  expect(desk.outOfTurn, 'numbers that a desk got out of turn').toEqual([])
  const rows = await centre.database.query<{ id: string }>('select id from alarm')
  const known = new Set(rows.map(({ id }) => id))
  const ghosts = [...desk.popUps.keys()].filter((id) => !known.has(id) && !desk.takenBack.has(id))
  expect(ghosts, 'I4: pop-ups of alarms that do not exist').toEqual([])
  const twice = [...desk.popUps].filter(([, times]) => times !== 1)
  expect(twice, 'I4: an alarm that popped up twice on one desk').toEqual([])
  const raised = await centre.database.query<{ id: string }>(
    `select subject_id as id from event where kind = 'alarm' and action = 'raised' and n > $1 order by n`,
    [desk.firstN()],
  )
  const missed = raised.filter(({ id }) => !desk.popUps.has(id))
  expect(missed, 'I4: an alarm that never popped up').toEqual([])
}

/** I9: what opens a door stands in no log and in nothing that was printed. */
function checkNoSecret(centre: WholeCentre, credentials: readonly Credential[]): void {
  const folder = join(centre.dataDir, 'logs')
  const texts = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  expect(texts.length, 'logs to look into').toBeGreaterThan(2)
  const secrets = [...centre.secrets(), ...credentials.map(({ password }) => password)]
  for (const [name, text] of [...texts, ['the terminal', centre.output()] as const]) {
    for (const secret of secrets) expect(text.includes(secret), `I9: a secret in ${name}`).toBe(false)
  }
}

/** Memory and descriptors of the programs that must not grow. */
export interface Resources {
  rssMb: number
  descriptors: number
}

const WATCHED: readonly ProgramName[] = ['intake', 'core']

export function resourcesOf(centre: WholeCentre): Resources {
  let [rssKb, descriptors] = [0, 0]
  for (const program of WATCHED) {
    const pid = centre.pidOf(program)
    rssKb += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    descriptors += readdirSync(`/proc/${pid}/fd`).length
  }
  return { rssMb: Math.round(rssKb / 1024), descriptors }
}

/** A heap that has worked is larger than one that has just started; what has been in a storm gives back most, not all. */
const RSS_MORE_MB = 200
const DESCRIPTORS_MORE = 16
const BACK_MS = 60_000

/** I8: within a minute no more than the beginning's, with the margins above. @returns it in words */
export async function checkResources(centre: WholeCentre, before: Resources): Promise<string> {
  const look = async () => {
    const now = await Promise.resolve(resourcesOf(centre))
    const isBack = now.rssMb <= before.rssMb + RSS_MORE_MB && now.descriptors <= before.descriptors + DESCRIPTORS_MORE
    if (!isBack) throw new Error(`I8: ${words(before)} before, ${words(now)} now`)
    return now
  }
  return `${words(before)} before, ${words(await until('I8: memory and descriptors are back', BACK_MS, look, 500))} after`
}

const words = ({ rssMb, descriptors }: Resources) => `${rssMb} MB and ${descriptors} descriptors`
