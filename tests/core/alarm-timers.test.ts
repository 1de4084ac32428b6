import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import { isCalled } from '../../domain/calls.ts'
import { toIso } from '../../domain/clock.ts'
import type { Role } from '../../domain/officer.ts'
import { acknowledgeAlarm, shelveAlarm, takeOverAlarm, unshelveAlarm } from '../../gateway/alarms/alarm-actions.ts'
import { Drills } from '../../gateway/alarms/drills.ts'
import { FloodWatch } from '../../gateway/alarms/flood-watch.ts'
import { SignalTaker } from '../../gateway/alarms/take-signals.ts'
import { setTimers } from '../../gateway/alarms/timer-rows.ts'
import { Timers } from '../../gateway/alarms/timers.ts'
import { insertPainted } from '../../gateway/live/rendered-rows.ts'
import { button, button2, CENTRE, officer, school, signal, startCore, take, type TestCore } from './harness.ts'

let core: TestCore
beforeEach(async () => {
  core = await startCore()
})
afterEach(async () => {
  await core.stop()
})

const alarmOf = (deviceId: string): Alarm => [...core.state.alarms.values()].find((one) => one.deviceId === deviceId)!
const who = (jurisdiction: string, role: Role = 'officer') => ({ role, jurisdiction })
const told = (action: string) => core.told.filter((event) => event.action === action)

/** The school belongs to a station; its devices inherit that. */
async function placeSchool(jurisdiction: string): Promise<void> {
  const body = { ...school, jurisdiction }
  await core.events.transact(async (tx) => {
    await tx.execute('update site set body = $2 where id = $1', [school.id, JSON.stringify(body)])
    await core.events.append(tx, { kind: 'site', action: 'changed', subjectId: school.id, actor: 'test', body })
  })
}

test('each step of an unanswered alarm calls further: neighbours, supervisors, everyone; its incident is shown to them, too', async () => {
  await placeSchool('city/east/s1')
  await take(core, [signal({ id: 'a', type: 'panic' })])
  const { id } = alarmOf('btn-1')
  await core.database.tx((tx) => insertPainted(tx, { alarmId: id, sessionId: 's', isOnDuty: true }))
  const timers = new Timers(core)
  const sees = (jurisdiction: string, role?: Role) => [
    isCalled(who(jurisdiction, role), alarmOf('btn-1')),
    isCalled(who(jurisdiction, role), [...core.state.incidents.values()][0]!),
  ]
  const no = [false, false]
  const yes = [true, true]
  expect([sees('city/east/s1'), sees('city/east'), sees(''), sees('city/east/s2')]).toEqual([yes, yes, yes, no])
  core.clock.advance(11_000)
  await timers.sweep()
  expect(alarmOf('btn-1')).toMatchObject({ escalation: 1 })
  expect(sees('city/east/s2')).toEqual(no)
  core.clock.advance(5_000)
  await timers.sweep()
  expect([sees('city/east/s2'), sees('city/west', 'supervisor'), sees('city/west')]).toEqual([yes, no, no])
  core.clock.advance(15_000)
  await timers.sweep()
  expect([sees('city/west', 'supervisor'), sees('city/west')]).toEqual([yes, no])
  core.clock.advance(30_000)
  await timers.sweep()
  expect(sees('city/west')).toEqual(yes)
  expect(alarmOf('btn-1').escalatedTo!.map(({ to }) => to)).toEqual(['neighbours', 'supervisors', 'everyone'])
  expect(told('called')).toEqual([])
})

test('what no desk on duty has painted calls the parent after 5 s, everyone and a trouble after 10, each once, also after a restart', async () => {
  await placeSchool('city/east/s1')
  await take(core, [signal({ id: 'a', type: 'panic' })])
  const { id } = alarmOf('btn-1')
  // Painted, but nobody sits there.
  await core.database.tx((tx) => insertPainted(tx, { alarmId: id, sessionId: 's', isOnDuty: false }))
  core.clock.advance(5_000)
  await new Timers(core).sweep()
  expect(alarmOf('btn-1').escalatedTo).toMatchObject([{ to: 'parent', jurisdiction: 'city/east' }])
  expect(isCalled(who('city/east/s2'), alarmOf('btn-1'))).toBe(true)
  expect(isCalled(who('city/west'), alarmOf('btn-1'))).toBe(false)
  expect(core.state.troubles.size).toBe(0)
  core.clock.advance(600_000)
  await new Timers(core).sweep()
  await new Timers(core).sweep()
  expect(told('called').filter(({ kind }) => kind === 'alarm')).toHaveLength(2)
  expect([...core.state.troubles.values()]).toMatchObject([{ code: 'unseen', subjectId: 'btn-1' }])
})

test('with nobody on duty at all everyone is called at once; a desk on duty that painted it in time ends the timer', async () => {
  await take(core, [signal({ id: 'a', type: 'panic' }), signal({ id: 'b', type: 'panic' }, button2)])
  const painted = { alarmId: alarmOf('btn-2').id, sessionId: 's', isOnDuty: false }
  await core.database.tx((tx) => insertPainted(tx, painted))
  expect(await core.database.tx((tx) => insertPainted(tx, { ...painted, isOnDuty: true }))).toBe(false)
  core.clock.advance(5_000)
  await new Timers({ ...core, isAnybodyOnDuty: () => false }).sweep()
  expect(alarmOf('btn-1').escalatedTo).toMatchObject([{ to: 'everyone' }])
  expect(alarmOf('btn-2').escalatedTo).toBeUndefined()
  expect([...core.state.troubles.keys()]).toEqual(['device:btn-1:unseen'])
})

test('a second press within a minute raises the priority of alarm and incident by one, never above the first', async () => {
  const t0 = 1_790_000_000_000
  await take(core, [signal({ id: 'a', type: 'tamper' }, button, t0)])
  await acknowledgeAlarm(core, alarmOf('btn-1').id, 'li')
  await take(core, [signal({ id: 'b', type: 'tamper' }, button, t0 + 60_000)])
  expect(alarmOf('btn-1')).toMatchObject({ priority: 2, occurrences: 2, state: 'raised', owner: 'li', type: 'tamper' })
  expect([...core.state.incidents.values()]).toMatchObject([{ priority: 2 }])
  await take(core, [signal({ id: 'c', type: 'tamper' }, button, t0 + 120_001)])
  expect(alarmOf('btn-1')).toMatchObject({ priority: 2, occurrences: 3 })
  for (const id of ['d', 'e']) await take(core, [signal({ id, type: 'tamper' }, button, t0 + 130_000)])
  expect(alarmOf('btn-1')).toMatchObject({ priority: 1, occurrences: 5 })
  expect([...core.state.incidents.values()]).toMatchObject([{ priority: 1 }])
  await take(core, [signal({ id: 'f', type: 'test' }, button2, t0), signal({ id: 'g', type: 'test' }, button2, t0)])
  expect(alarmOf('btn-2'), 'a test that is repeated is still a test').toMatchObject({ priority: 4, incidentId: null })
})

test('an answered alarm is shelved with reason and end, comes back by its timer, and a new press sounds at once', async () => {
  await take(core, [signal({ id: 'a', type: 'tamper' })])
  const { id } = alarmOf('btn-1')
  const nowMs = core.clock.nowMs()
  const shelve = (untilMs: number) => shelveAlarm(core, id, officer('li'), { untilMs, why: '门磁抖动' })
  await expect(shelve(nowMs + 60_000)).rejects.toMatchObject({ code: 'state-changed' })
  await acknowledgeAlarm(core, id, 'li')
  await expect(shelve(nowMs + 8 * 3_600_000 + 60_000)).rejects.toMatchObject({ code: 'bad-request' })
  await expect(shelve(nowMs - 1)).rejects.toMatchObject({ code: 'bad-request' })
  expect((await shelve(nowMs + 60_000)).shelved).toEqual({ until: toIso(nowMs + 60_000), by: 'li', why: '门磁抖动' })
  core.clock.advance(59_000)
  await new Timers(core).sweep()
  expect(alarmOf('btn-1').shelved).toBeTruthy()
  core.clock.advance(1_000)
  await new Timers(core).sweep()
  expect(alarmOf('btn-1')).toMatchObject({ shelved: null, state: 'acknowledged' })
  await shelve(core.clock.nowMs() + 60_000)
  expect((await unshelveAlarm(core, id, officer('wu'))).shelved).toBeNull()
  await shelve(core.clock.nowMs() + 60_000)
  await take(core, [signal({ id: 'b', type: 'tamper' }, button, core.clock.nowMs())])
  expect(alarmOf('btn-1')).toMatchObject({ shelved: null, state: 'raised', occurrences: 2 })
  core.clock.advance(60_000)
  await new Timers(core).sweep()
  expect(told('unshelved')).toHaveLength(2)
  const rows = await core.database.query<{ reason: string | null; actor: string }>(
    `select reason, actor from audit where action = 'alarm.shelve' order by n`,
  )
  expect(rows.map(({ actor, reason }) => [actor, reason !== null])).toEqual([
    ['li', true],
    ['li', true],
    ['wu', false],
    ['li', true],
  ])
})

test('the first priority is never shelved, and who takes an alarm over leaves a reason, an audit row and a word for its owner', async () => {
  await take(core, [signal({ id: 'a', type: 'panic' })])
  const { id } = alarmOf('btn-1')
  await acknowledgeAlarm(core, id, 'li')
  const wanted = { untilMs: core.clock.nowMs() + 60_000, why: 'x' }
  await expect(shelveAlarm(core, id, officer('li'), wanted)).rejects.toMatchObject({ code: 'state-changed' })
  await takeOverAlarm(core, id, officer('wu'), '交接班')
  expect(told('taken-from')).toMatchObject([{ body: { from: 'li', by: 'wu', text: '交接班', alarmId: id } }])
  const rows = await core.database.query(`select actor, reason, object_id from audit where action = 'alarm.take-over'`)
  expect(rows).toEqual([{ actor: 'wu', reason: '交接班', object_id: id }])
})

test('more than ten alarms in ten minutes are told once, and once that it is over', async () => {
  const watch = new FloodWatch({ ...core, jurisdictions: () => new Set(['', 'city/east']) })
  watch.start()
  await placeSchool('city/west')
  let presses = 0
  const raise = async (n: number) => {
    for (let i = 0; i < n; i++) {
      await take(core, [signal({ id: `f${++presses}`, type: 'test' }, button, core.clock.nowMs())])
      await core.database.execute(`update alarm set closed_at = now(), state = 'closed'`)
    }
  }
  await raise(10)
  await watch.look()
  expect(core.state.troubles.size).toBe(0)
  await raise(2)
  for (let i = 0; i < 3; i++) await watch.look()
  expect([...core.state.troubles.keys()], 'not in the east').toEqual(['city:centre:alarm-flood'])
  core.clock.advance(600_001)
  await watch.look()
  expect(core.state.troubles.size).toBe(0)
  expect(core.told.filter(({ kind }) => kind === 'trouble').map(({ action }) => action)).toEqual(['raised', 'restored'])
  watch.stop()
})

test('a press in a planned drill is marked and rings; a second device, duress or somebody who insists takes the mark away', async () => {
  const drills = new Drills(core)
  await drills.start()
  const nowMs = core.clock.nowMs()
  const plan = (fromMs: number, toMs: number) =>
    drills.plan(school.id, officer('zhang', '', 'supervisor'), {
      from: toIso(fromMs),
      to: toIso(toMs),
      why: '消防演练',
    })
  await expect(plan(nowMs, nowMs + 5 * 3_600_000)).rejects.toMatchObject({ code: 'bad-request' })
  const drill = await plan(nowMs + 1_000, nowMs + 3_600_000)
  const taker = new SignalTaker({ ...core, centre: CENTRE, drillAt: (site, at) => drills.at(site, at) })
  const press = async (id: string, type: string, device = button, atMs = nowMs + 2_000) => {
    const record = signal({ id, type }, device, atMs)
    await taker.take('j', [record], { segment: 1, byteOffset: record.number * 100, record: record.number })
  }
  const closeAll = async () => {
    for (const { id } of core.state.alarms.values()) {
      await core.database.execute('delete from alarm where id = $1', [id])
      core.state.alarms.delete(id)
    }
  }
  await press('before', 'panic', button, nowMs)
  expect(alarmOf('btn-1').drill).toBeUndefined()
  await closeAll()
  await press('a', 'panic')
  expect(alarmOf('btn-1')).toMatchObject({ drill: { id: drill.id, why: '消防演练' }, state: 'raised', priority: 1 })
  expect(await core.database.query(`select 1 from timer where kind = 'escalate' and fired_at is null`)).not.toEqual([])
  await press('b', 'panic', button2)
  expect([alarmOf('btn-1').drill, alarmOf('btn-2').drill]).toEqual([null, undefined])
  expect(told('drill-dropped')).toMatchObject([{ subjectId: alarmOf('btn-1').id }])
  await closeAll()
  await press('c', 'duress')
  expect(alarmOf('btn-1').drill).toBeUndefined()
  await closeAll()
  await press('d', 'panic')
  await press('e', 'panic', button, nowMs + 62_001)
  expect(alarmOf('btn-1').drill, 'a minute later: still the drill').toBeTruthy()
  await press('f', 'panic', button, nowMs + 62_002)
  expect(alarmOf('btn-1').drill).toBeNull()
  await closeAll()
  await drills.cancel(school.id, drill.id, officer('zhang', '', 'supervisor'))
  await press('g', 'panic')
  expect(alarmOf('btn-1').drill).toBeUndefined()
  expect(await drills.ofSite(school.id)).toMatchObject([{ id: drill.id, cancelledAt: toIso(nowMs) }])
  const audits = await core.database.query(`select actor, reason from audit where action = 'drill.plan'`)
  const row = { actor: 'zhang', reason: '消防演练' }
  expect(audits).toEqual([row, row])
  drills.stop()
})

test('what came due while nobody swept comes in its order, of all alarms in one sweep, and an alarm that is gone keeps no other', async () => {
  await placeSchool('city/east/s1')
  await take(core, [signal({ id: 'a', type: 'panic' })])
  await take(core, [signal({ id: 'b', type: 'panic' }, button2)])
  const lost = { kind: 'escalate' as const, subjectId: 'nobody', step: 1, dueAtMs: core.clock.nowMs() }
  await core.database.tx((tx) => setTimers(tx, [lost]))
  core.clock.advance(61_000)
  expect(await new Timers(core).sweep()).toBe(13)
  for (const deviceId of ['btn-1', 'btn-2']) {
    const { id, escalation } = alarmOf(deviceId)
    const steps = told('escalated').flatMap(({ subjectId, body }) =>
      subjectId === id ? (body as Alarm).escalation : [],
    )
    expect(steps).toEqual([1, 2, 3, 4])
    const [row] = await core.database.query<{ body: Alarm }>('select body from alarm where id = $1', [id])
    expect([escalation, row!.body]).toEqual([4, alarmOf(deviceId)])
  }
  const [incident] = [...core.state.incidents.values()]
  const [stored] = await core.database.query<{ body: unknown }>('select body from incident where id = $1', [
    incident!.id,
  ])
  expect(stored!.body).toEqual(incident)
  expect(isCalled(who('city/west'), incident!)).toBe(true)
})
