import { expect, it } from 'vitest'
import { ServerClock } from '../../command-ui/data/clock.ts'
import { Store } from '../../command-ui/data/store.ts'
import type { Alarm } from '../../domain/alarm.ts'
import { FixtureCentre } from './fixture-centre.ts'

const alarm = new FixtureCentre().raise('btn-1')
const answered: Alarm = { ...alarm, state: 'acknowledged', owner: 'li', acknowledgedAt: alarm.raisedAt }

/** The desk after these, the first one as the database has it. */
function deskAfter(stored: Alarm, ...told: Alarm[]): Alarm {
  const store = new Store(new ServerClock())
  store.alarms.upsert(stored)
  for (const one of told) store.follow({ type: 'provisional', alarm: one })
  return store.alarms.get(stored.id)!
}

it('what officers do without the database is shown over what is stored, in the order in which it is told', () => {
  const taken = { ...answered, owner: 'wu' }
  const sent = { ...taken, radioOrders: [{ patrolId: 'p01', by: 'wu', at: alarm.raisedAt }] }
  expect(deskAfter(alarm, answered)).toMatchObject({ owner: 'li', state: 'acknowledged', provisional: true })
  expect(deskAfter(answered, taken)).toMatchObject({ owner: 'wu', state: 'acknowledged', provisional: true })
  expect(deskAfter(answered, taken, sent)).toMatchObject({ owner: 'wu', radioOrders: [{ patrolId: 'p01' }] })
  expect(deskAfter(answered, taken, answered)).toMatchObject({ owner: 'li' })
})

it('what is older than what is stored changes nothing: fewer presses, or one that nobody has answered yet', () => {
  const twice = { ...answered, occurrences: 2 }
  expect(deskAfter(twice, { ...answered, owner: 'wu' })).toEqual(twice)
  expect(deskAfter(answered, alarm)).toEqual(answered)
  expect(deskAfter(answered, { ...answered, owner: null })).toEqual(answered)
})
