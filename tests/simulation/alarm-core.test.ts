import { expect, test } from 'vitest'
import type { Device } from '../../domain/device.ts'
import { isOpenAssignment } from '../../domain/assignment-transitions.ts'
import { Fault } from '../../domain/fault.ts'
import { canDispatch } from '../../domain/incident-transitions.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { tell } from '../faults/support/figures.ts'
import { checkHealed, checkNow } from './check-small-centre.ts'
import { Seeded } from './seeded.ts'
import { type Fate, SmallCentre } from './small-centre.ts'

/** `VIGIL_SEED=17` replays one seed; `VIGIL_SEEDS=10000` (or the long form of the fault catalogue) runs more, from `VIGIL_SEEDS_FROM` on. */
const ONE = process.env['VIGIL_SEED']
const COUNT = Number(process.env['VIGIL_SEEDS'] ?? (process.env['VIGIL_FAULTS_LONG'] === '1' ? 10_000 : 200))
const FROM = Number(process.env['VIGIL_SEEDS_FROM'] ?? 1)
const STEPS = 250

const device = (i: number): Device => ({
  id: `d${i}`,
  kind: 'button',
  name: `d${i}`,
  siteId: i < 3 ? 'school' : null,
  spot: null,
  lng: 114.3,
  lat: 22.7,
  power: 'mains',
  state: 'ready',
  lastSeenAt: null,
  batteryPct: null,
  hasCredential: true,
  testedAt: null,
})
const DEVICES = Array.from({ length: 6 }, (_, i) => device(i))
const BODIES = ['panic', 'panic', 'panic', 'fire', 'tamper', 'restore', 'cancel'] as const

/** One schedule of presses, officers, patrols, crashes and outages, all from the seed. @returns what happened, for the figures */
function run(
  seed: number,
  plant: 'nothing' | 'forgets signals' = 'nothing',
): { presses: number; crashes: number; outages: number; races: number; answers: number } {
  const chance = new Seeded(seed)
  const centre = new SmallCentre(DEVICES, plant === 'forgets signals')
  const counts = { presses: 0, crashes: 0, outages: 0, races: 0, answers: 0 }
  const fate = (): Fate => chance.pick(['committed', 'committed', 'committed', 'refused', 'committed, unheard'])
  const write = (deviceId: string, payload: string) =>
    centre.journal.push({
      receivedAtMs: centre.clock.nowMs(),
      kind: 'button',
      deviceId,
      topic: topicOf('button', deviceId, 'event'),
      payload: Buffer.from(payload),
      number: centre.journal.length + 1,
      truncated: false,
    })
  const actions: (() => void)[] = [
    () => {
      counts.presses++
      const id = `s${counts.presses}`
      write(
        chance.pick(DEVICES).id,
        chance.chance(0.1) ? `broken ${id}` : JSON.stringify({ id, type: chance.pick(BODIES) }),
      )
    },
    () => {
      const again = centre.journal.length > 0 ? chance.pick(centre.journal) : null
      if (again) write(again.deviceId, again.payload.toString())
    },
    () => centre.tail(1 + chance.below(5), fate()),
    () => centre.tail(1 + chance.below(5), fate()),
    () => centre.sweep(fate()),
    () => centre.isDatabaseUp && centre.isCoreUp && centre.hear(),
    () => centre.clock.advance(chance.below(20_000)),
    () => answer(centre, chance, fate, counts),
    () => answerWithout(centre, chance, counts),
    () => centre.mergeAnswers(fate()),
    () => shelve(centre, chance, fate),
    () => dispatch(centre, chance, fate),
    () => {
      const open = [...centre.state.incidents.keys()]
      if (open.length > 0 && chance.chance(0.3)) orRefused(() => centre.close(chance.pick(open), fate()))
    },
    () => {
      if (chance.chance(0.7)) return
      counts.outages++
      centre.isDatabaseUp = !centre.isDatabaseUp
      if (centre.isDatabaseUp && !centre.isCoreUp) centre.startCore()
    },
    () => {
      if (chance.chance(0.7)) return
      counts.crashes++
      centre.isCoreUp = false
      // A core waits for its database before it does anything.
      if (centre.isDatabaseUp) centre.startCore()
    },
  ]
  for (let step = 0; step < STEPS; step++) {
    const { tables } = centre
    chance.pick(actions)()
    if (centre.tables !== tables) checkNow(centre)
  }
  centre.isDatabaseUp = true
  if (!centre.isCoreUp) centre.startCore()
  for (let round = 0; round <= centre.journal.length; round++) centre.tail(5, 'committed')
  centre.mergeAnswers('committed')
  centre.clock.advance(8 * 3_600_000)
  centre.sweep('committed')
  checkNow(centre)
  checkHealed(centre)
  return counts
}

/** An expected "no" of the rules is a fine answer; anything else is not. */
function orRefused(work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** One or two officers answer an alarm; of two in the same moment exactly one may win. */
function answer(centre: SmallCentre, chance: Seeded, fate: () => Fate, counts: { races: number }): void {
  const open = [...centre.tables.alarms.values()].filter(({ state }) => state !== 'closed')
  if (open.length === 0) return
  const alarm = chance.pick(open)
  const at = centre.at
  switch (chance.below(3)) {
    case 0: {
      const wasRaised = centre.shownAs(alarm.id)?.state === 'raised' && alarm.state === 'raised'
      let wins = 0
      for (const by of chance.chance(0.5) ? ['li', 'wu'] : ['wu', 'li']) {
        orRefused(() => {
          if (centre.acknowledge(alarm.id, by, 'committed')) wins++
        })
      }
      if (wasRaised && centre.isCoreUp) {
        expect(wins, 'one winner').toBe(1)
        counts.races++
      }
      return
    }
    case 1:
      orRefused(() => centre.act(alarm.id, { do: 'take-over', at, by: 'wu' }, 'wu', fate()))
      return
    default:
      orRefused(() => centre.act(alarm.id, { do: 'classify', at, disposition: 'false' }, 'li', fate()))
  }
}

/** While the database is away: of two officers one has it at once, on every desk, and keeps it. */
function answerWithout(centre: SmallCentre, chance: Seeded, counts: { answers: number }): void {
  if (centre.isDatabaseUp || !centre.isCoreUp) return
  const known = [...centre.state.alarms.values(), ...centre.provisional.alarms].map(({ id }) => centre.shownAs(id)!)
  const raised = known.filter(({ state }) => state === 'raised')
  if (raised.length === 0) return
  const { id } = chance.pick(raised)
  const winners = chance.chance(0.5) ? ['li', 'wu'] : ['wu', 'li']
  const won = winners.filter((by) => {
    let mine = false
    orRefused(() => (mine = centre.acknowledge(id, by, 'refused')))
    return mine
  })
  expect(won, 'the first one has it').toEqual([winners[0]])
  expect(centre.shownAs(id), 'and every desk shows it').toMatchObject({ state: 'acknowledged', owner: winners[0] })
  counts.answers++
}

function shelve(centre: SmallCentre, chance: Seeded, fate: () => Fate): void {
  const open = [...centre.tables.alarms.values()].filter(({ state }) => state !== 'closed')
  if (open.length === 0) return
  const { id, shelved } = chance.pick(open)
  if (shelved && chance.chance(0.5)) orRefused(() => centre.act(id, { do: 'unshelve' }, 'li', fate()))
  else orRefused(() => centre.shelve(id, 1 + chance.below(60_000), 'committed'))
}

function dispatch(centre: SmallCentre, chance: Seeded, fate: () => Fate): void {
  const orders = [...centre.tables.assignments.values()].filter((one) => isOpenAssignment(one))
  if (orders.length > 0 && chance.chance(0.6)) {
    const order = chance.pick(orders)
    const at = centre.at
    const action = chance.pick([
      { do: 'accept', at } as const,
      { do: 'en-route', at } as const,
      { do: 'on-scene', at, arrival: 'detected' } as const,
      { do: 'clear', at } as const,
      { do: 'decline', at, reason: null } as const,
      { do: 'cancel', at, reason: null } as const,
    ])
    orRefused(() => centre.step(order.id, action, fate()))
    return
  }
  const incidents = [...centre.tables.incidents.values()].filter((one) => canDispatch(one))
  if (incidents.length > 0) centre.order(chance.pick(incidents).id, `p${chance.below(4)}`, fate())
}

test(`the alarm core keeps every promise through crashes, outages and repetitions (${ONE ? `seed ${ONE}` : `${COUNT} seeds`})`, () => {
  const seeds = ONE ? [Number(ONE)] : Array.from({ length: COUNT }, (_, i) => FROM + i)
  const sum = { presses: 0, crashes: 0, outages: 0, races: 0, answers: 0 }
  const began = performance.now()
  for (const seed of seeds) {
    try {
      const counts = run(seed)
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += counts[key]
    } catch (error) {
      throw new Error(`seed ${seed} (VIGIL_SEED=${seed} replays it): ${String(error)}`, { cause: error })
    }
  }
  if (ONE) return
  tell({
    id: 'S1',
    promise: 'alarm core as pure state machines, seeded, virtual time',
    figure: `${seeds.length} seeds from ${FROM} of ${STEPS} steps: ${sum.presses} presses, ${sum.crashes} crashes, ${sum.outages} changes of the database, ${sum.races} races, ${sum.answers} answers without the database, 0 invariants broken (${((performance.now() - began) / 1000).toFixed(1)} s)`,
  })
  expect(sum.crashes).toBeGreaterThan(seeds.length / 10)
}, 600_000)

test('a core that forgets which signals it has taken is caught by one of five seeds', () => {
  const caught = [1, 2, 3, 4, 5].filter((seed) => {
    try {
      run(seed, 'forgets signals')
      return false
    } catch (error) {
      return /occurrences|I2/.test(String(error))
    }
  })
  expect(caught.length).toBeGreaterThan(0)
})
