import { afterEach, beforeEach, expect, test } from 'vitest'
import { button2, signal, startCore, take, taxi, type TestCore } from './harness.ts'

let core: TestCore
beforeEach(async () => {
  core = await startCore()
})
afterEach(async () => {
  await core.stop()
})

test('a press raises an alarm and opens an incident with zone, goal, four timers and two of “nobody saw it”', async () => {
  await take(core, [signal({ id: 'a1', type: 'panic' })])
  const [alarm] = [...core.state.alarms.values()]
  const [incident] = [...core.state.incidents.values()]
  expect(alarm).toMatchObject({ deviceId: 'btn-1', type: 'panic', priority: 1, state: 'raised', occurrences: 1 })
  expect(alarm!.place.name).toBe('第一小学 · 校门')
  expect(incident).toMatchObject({
    zoneId: 'busy',
    goalS: 180,
    alarmIds: [alarm!.id],
    state: 'open',
    siteId: 'school-1',
  })
  expect(incident!.number).toMatch(/^\d{8}-0001$/)
  expect(alarm!.incidentId).toBe(incident!.id)
  const timers = await core.database.query<{ due: string }>(
    `select kind || ' ' || step as due from timer order by kind, step`,
  )
  expect(timers.map((t) => t.due)).toEqual([
    'escalate 1',
    'escalate 2',
    'escalate 3',
    'escalate 4',
    'unseen 1',
    'unseen 2',
  ])
  const outbox = await core.database.query('select channel, payload from outbox')
  expect(outbox).toEqual([{ channel: 'receipt', payload: { id: 'a1', stage: 'stored', alarmId: alarm!.id } }])
  expect(core.told.map((e) => `${e.kind} ${e.action}`)).toEqual(['alarm raised', 'incident opened'])
})

test('the same event id is one signal forever, also within one batch', async () => {
  const press = { id: 'same', type: 'panic' }
  await take(core, [signal(press), signal(press)])
  await take(core, [signal(press)])
  expect([...core.state.alarms.values()].map((a) => a.occurrences)).toEqual([1])
  expect(await core.database.query('select id from signal')).toHaveLength(1)
  const receipts = await core.database.query('select id from outbox')
  expect(receipts).toHaveLength(3)
})

test('a new id of an open alarm is an occurrence that sounds again and keeps the graver priority', async () => {
  await take(core, [signal({ id: 'n1', type: 'panic' })])
  await take(core, [signal({ id: 'n2', type: 'tamper' })])
  const [alarm] = [...core.state.alarms.values()]
  expect(alarm).toMatchObject({ occurrences: 2, type: 'panic', priority: 1, state: 'raised' })
  expect(core.told.at(-1)).toMatchObject({ kind: 'alarm', action: 'repeated' })
  expect(core.state.incidents.size).toBe(1)
})

test('what a known device says and nobody can read is a priority-1 alarm with its bytes kept', async () => {
  await take(core, [signal('\u0000not json'), signal({ id: 'x9', type: 'nonsense' }, button2)])
  expect([...core.state.alarms.values()].map((a) => [a.deviceId, a.type, a.priority])).toEqual([
    ['btn-1', 'unreadable', 1],
    ['btn-2', 'unreadable', 1],
  ])
  const rows = await core.database.query<{ event_id: string; readable: boolean; raw: Buffer }>(
    'select event_id, readable, raw from signal order by id',
  )
  expect(rows[0]!.event_id).toMatch(/^sha256:/)
  expect(rows[0]!.raw.toString()).toBe('\u0000not json')
  expect(rows[1]).toMatchObject({ event_id: 'x9', readable: false })
})

test('a batch that is offered twice takes effect once', async () => {
  const batch = [signal({ id: 'c1', type: 'panic' }), signal('garbage without id', button2)]
  await take(core, batch)
  const before = core.told.length
  await take(core, batch)
  await take(core, [...batch, signal({ id: 'c2', type: 'panic' }, taxi)])
  expect(core.told.slice(before).map((e) => e.subjectId)).toEqual([
    core.state.alarms.get([...core.state.alarms.keys()].at(-1)!)!.id,
    expect.any(String),
  ])
  expect(core.state.alarms.size).toBe(3)
  const cursor = await core.database.query<{ record: number }>('select record from journal_cursor')
  expect(cursor).toHaveLength(1)
})

test('a crash before the commit leaves neither the rows nor the cursor', async () => {
  const batch = [signal({ id: 'k1', type: 'panic' })]
  await core.database.execute('alter table incident rename to incident_gone')
  await expect(take(core, batch)).rejects.toThrow(/incident/)
  await core.database.execute('alter table incident_gone rename to incident')
  expect(await core.database.query('select id from signal')).toHaveLength(0)
  await take(core, batch)
  expect(core.state.alarms.size).toBe(1)
})

test('two buttons of one school within ten minutes are one incident, a taxi another', async () => {
  await take(core, [signal({ id: 'b1', type: 'panic' }), signal({ id: 'b2', type: 'panic' }, button2)])
  await take(core, [signal({ id: 't1', type: 'panic', lng: 114.31, lat: 22.71 }, taxi)])
  const incidents = [...core.state.incidents.values()]
  expect(incidents.map((i) => [i.alarmIds.length, i.vehicleId, i.number.slice(-4)])).toEqual([
    [2, null, '0001'],
    [1, 'taxi-1', '0002'],
  ])
  expect(incidents[1]!.place).toMatchObject({ lng: 114.31, lat: 22.71 })
  const commands = await core.database.query(
    `select payload->>'name' as name, payload->'args' as args from outbox where channel = 'command'`,
  )
  expect(commands).toEqual([{ name: 'track', args: { intervalS: 2, forS: 600 } }])
})

test('a low battery is a trouble until it is restored, a test opens nothing, a cancel closes nothing', async () => {
  await take(core, [signal({ id: 'l1', type: 'low-battery' })])
  expect([...core.state.troubles.keys()]).toEqual(['device:btn-1:low-battery'])
  expect(core.state.alarms.size).toBe(0)
  await take(core, [signal({ id: 'l2', type: 'restore' }), signal({ id: 'l3', type: 'test' })])
  expect(core.state.troubles.size).toBe(0)
  expect([...core.state.alarms.values()]).toMatchObject([{ type: 'test', priority: 4, incidentId: null }])
  expect(core.state.incidents.size).toBe(0)
  await take(core, [signal({ id: 'l4', type: 'duress' }), signal({ id: 'l5', type: 'cancel' })])
  expect([...core.state.alarms.values()]).toMatchObject([
    { type: 'duress', priority: 1, state: 'raised', occurrences: 2 },
  ])
  expect(core.state.incidents.size).toBe(1)
  const [device] = await core.database.query<{ tested_at: string | null }>(
    `select tested_at from device where id = 'btn-1'`,
  )
  expect(device!.tested_at).not.toBeNull()
})

test('a poisonous record never stops the others', async () => {
  const first = signal({ id: 'p0', type: 'panic' })
  const poison = { ...signal({ id: 'p1', type: 'panic' }), deviceId: 'a\u0000b' }
  await take(core, [first, poison, signal({ id: 'p2', type: 'panic' }, button2)])
  expect(core.state.alarms.size).toBe(2)
  expect([...core.state.troubles.keys()]).toEqual(['journal:j:poison'])
})
