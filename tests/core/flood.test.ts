import { afterEach, beforeEach, expect, test } from 'vitest'
import { button, button2, signal, startCore, take, type TestCore } from './harness.ts'

let core: TestCore
beforeEach(async () => {
  core = await startCore()
})
afterEach(async () => {
  await core.stop()
})
const told = (action: string) =>
  core.told.filter((event) => event.kind === 'alarm' && event.action === action && event.body['deviceId'] === button.id)

test('of a jammed button every signal is a row and counts, the desks hear five repetitions and then one a second', async () => {
  let n = 0
  const press = async (count: number) => {
    const batch = Array.from({ length: count }, () => signal({ id: `j${n++}`, type: 'panic' }))
    await take(core, batch)
  }
  await press(200)
  expect(told('raised')).toHaveLength(1)
  expect(told('repeated')).toHaveLength(5)
  await core.taker.repeats.tellDue()
  expect(told('repeated')).toHaveLength(5)
  core.clock.advance(1_000)
  await core.taker.repeats.tellDue()
  expect(told('repeated')).toHaveLength(6)
  expect(told('repeated').at(-1)!.body['occurrences']).toBe(200)
  // Ten seconds of it, twenty a second.
  for (let s = 0; s < 10; s++) {
    await press(20)
    core.clock.advance(1_000)
    await core.taker.repeats.tellDue()
  }
  expect(told('repeated').length).toBeLessThanOrEqual(6 + 10 + 5)
  expect(told('repeated').at(-1)!.body['occurrences']).toBe(400)
  const [rows] = await core.database.query<{ signals: number; counted: number; receipts: number }>(
    `select (select count(*)::int from signal) as signals, (select (body->>'occurrences')::int from alarm) as counted,
            (select count(*)::int from outbox where payload->>'stage' = 'stored') as receipts`,
  )
  expect(rows).toEqual({ signals: 400, counted: 400, receipts: 400 })
  expect(core.metrics.text()).toMatch(/vigil_repeats_coalesced_total [1-9]/)
  await core.taker.repeats.tellDue()
  expect(told('repeated').at(-1)!.body['occurrences']).toBe(400)
})

test('a jammed button does not put off its own escalation, a press after the acknowledgement is told at once', async () => {
  let n = 0
  const press = async () => take(core, [signal({ id: `e${n++}`, type: 'panic' })])
  for (let i = 0; i < 6; i++) await press()
  const dueAt = async () => {
    const [row] = await core.database.query<{ due: string }>(
      `select due_at as due from timer where kind = 'escalate' and step = 1`,
    )
    return row!.due
  }
  const before = await dueAt()
  core.clock.advance(500)
  await press()
  expect(await dueAt()).toBe(before)
  await core.database.execute(
    `update alarm set state = 'acknowledged', body = body || '{"state":"acknowledged","owner":"li"}'`,
  )
  const heard = told('repeated').length
  await press()
  expect(told('repeated')).toHaveLength(heard + 1)
  expect(told('repeated').at(-1)!.body).toMatchObject({ state: 'raised', owner: 'li', occurrences: 8 })
  expect(await dueAt()).not.toBe(before)
})

test('one device’s flood changes nothing for another', async () => {
  await take(core, [
    ...Array.from({ length: 100 }, (_, i) => signal({ id: `f${i}`, type: 'panic' })),
    ...Array.from({ length: 4 }, (_, i) => signal({ id: `o${i}`, type: 'panic' }, button2)),
  ])
  const others = core.told.filter((event) => event.kind === 'alarm' && event.body['deviceId'] === button2.id)
  expect(others.map((event) => event.action)).toEqual(['raised', 'repeated', 'repeated', 'repeated'])
})

test('a test press is known to the desks: when the device was tested last', async () => {
  await take(core, [signal({ id: 't1', type: 'test' })])
  expect(core.state.devices.get(button.id)!.testedAt).not.toBeNull()
  expect(core.told.some((event) => event.kind === 'device' && event.action === 'tested')).toBe(true)
})
