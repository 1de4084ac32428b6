import { expect, test } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { Metrics } from '../../domain/metrics.ts'
import { SelfWatch } from '../../gateway/alarms/self-watch.ts'
import { SELF_TEST_ID } from '../../gateway/intake/self-test.ts'
import { button, signal, startCore, take } from '../core/harness.ts'
import { device } from './edge-harness.ts'

const nobody = { ...button, id: SELF_TEST_ID }

function watch() {
  const clock = manualClock()
  const standing = new Set<string>()
  const troubles = {
    raiseNow: async ({ subjectId }: { subjectId: string }) => void standing.add(await Promise.resolve(subjectId)),
    restoreNow: async (_kind: string, subjectId: string) => void standing.delete(await Promise.resolve(subjectId)),
  }
  const self = new SelfWatch({ troubles, clock, metrics: new Metrics() })
  self.start()
  self.stop()
  const arrive = (lateMs: number) =>
    self.taken('intake-1', [signal({ id: 'x', type: 'test' }, nobody, clock.nowMs() - lateMs)])
  return { clock, standing, self, arrive }
}

test('a self-test that comes in time keeps the watch calm, one that is missing for 70 s is a trouble until the next', async () => {
  const { clock, standing, self, arrive } = watch()
  await arrive(20)
  clock.advance(69_000)
  await self.look()
  expect([...standing]).toEqual([])
  clock.advance(2_000)
  await self.look()
  expect([...standing]).toEqual(['intake-1'])
  await arrive(20)
  expect([...standing]).toEqual([])
})

test('one that was more than 10 s under way does not calm the watch', async () => {
  const { clock, standing, self, arrive } = watch()
  await arrive(20)
  clock.advance(60_000)
  await arrive(11_000)
  clock.advance(11_000)
  await self.look()
  expect([...standing]).toEqual(['intake-1'])
})

test('an intake of which nothing is ever heard is a trouble, too', async () => {
  const { clock, standing, self } = watch()
  clock.advance(71_000)
  await self.look()
  expect([...standing]).toEqual(['intake'])
})

test('it is never an alarm, and moves the journal’s cursor', async () => {
  const core = await startCore()
  const batch = [signal({ id: 'x', type: 'test' }, nobody), signal({ id: 'y', type: 'panic' })]
  await take(core, batch)
  expect(await core.database.query('select device_id from signal')).toEqual([{ device_id: button.id }])
  const last = [signal({ id: 'z', type: 'test' }, nobody)]
  await take(core, last)
  expect(await core.database.query('select record from journal_cursor')).toEqual([{ record: last[0]!.number }])
  expect(core.told.filter((event) => event.action === 'raised')).toHaveLength(1)
  await core.stop()
})

test('nobody may sign in under its name', async () => {
  await expect(device(SELF_TEST_ID, { password: 'x' })).rejects.toThrow()
})
