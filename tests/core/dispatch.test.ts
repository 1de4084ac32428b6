import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Fix } from '../../domain/fix.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import { acknowledgeAlarm, classifyAlarm, takeOverAlarm } from '../../gateway/alarms/alarm-actions.ts'
import { closeIncident } from '../../gateway/alarms/close-incident.ts'
import { readIncidentDetail } from '../../gateway/alarms/incident-detail.ts'
import { Timers } from '../../gateway/alarms/timers.ts'
import { Arrivals } from '../../gateway/dispatch/arrivals.ts'
import { orderPatrol } from '../../gateway/dispatch/order-patrol.ts'
import { readResponseTimes } from '../../gateway/dispatch/response-times.ts'
import { stepAssignment } from '../../gateway/dispatch/step-assignment.ts'
import { officer, signal, startCore, take, type TestCore } from './harness.ts'

let core: TestCore
let incident: Incident
let alarmId: string
/** Both patrols may go, p-1 is nearer. */
const recommend = (of: Incident): Recommendation => ({
  incidentId: of.id,
  at: toIso(core.clock.nowMs()),
  goalS: of.goalS,
  zoneId: of.zoneId,
  sceneOffRoadM: 3,
  candidates: ['p-1', 'p-2'].map((patrolId, i) => ({
    patrolId,
    callsign: patrolId,
    status: 'free' as const,
    etaS: 60 + i * 60,
    etaSpreadS: 0,
    distanceM: 500 + i * 500,
    insideGoal: true,
    fixAgeS: 1,
    canBeSent: true,
    reasons: [],
    route: [
      [114.31, 22.7],
      [114.3, 22.7],
    ] as [number, number][],
  })),
  chosen: 'p-1',
  shortfall: null,
  circles: [],
  computedInMs: 1,
})
const deps = () => ({ ...core, recommend })

beforeEach(async () => {
  core = await startCore()
  await take(core, [signal({ id: 'a1', type: 'panic' })])
  incident = [...core.state.incidents.values()][0]!
  alarmId = incident.alarmIds[0]!
})
afterEach(async () => {
  await core.stop()
})

function order(patrolId: string, reason: string | null = null, actor = 'li') {
  return orderPatrol(deps(), { incidentId: incident.id, patrolId, reason, actor })
}

test('of two officers one owns the alarm and the other is told who', async () => {
  const results = await Promise.allSettled([
    acknowledgeAlarm(core, alarmId, 'li'),
    acknowledgeAlarm(core, alarmId, 'wu'),
  ])
  const won = results.filter((r) => r.status === 'fulfilled')
  const lost = results.filter((r) => r.status === 'rejected')
  expect([won.length, lost.length]).toEqual([1, 1])
  const owner = won[0]!.value.owner
  const fault = lost[0]!.reason as Fault
  expect(fault.code).toBe('already-acknowledged')
  expect(fault.facts).toMatchObject({ owner, at: won[0]!.value.acknowledgedAt })
  const n = core.events.n
  await acknowledgeAlarm(core, alarmId, owner!)
  expect(core.events.n).toBe(n)
  expect(core.state.incidents.get(incident.id)!.owner).toBe(owner)
  const taken = await takeOverAlarm(core, alarmId, officer('zhao'), '交接班')
  expect(taken.owner).toBe('zhao')
  const timers = await core.database.query('select id from timer where cancelled_at is null')
  expect(timers).toHaveLength(0)
})

test('an unacknowledged alarm escalates from rows, once each, and stops when acknowledged', async () => {
  const timers = new Timers(core)
  expect(await timers.sweep()).toBe(0)
  core.clock.advance(16_000)
  // Two steps, and two looks for a desk that has painted it.
  expect(await timers.sweep()).toBe(4)
  expect(core.state.alarms.get(alarmId)!.escalation).toBe(2)
  expect(await timers.sweep()).toBe(0)
  await acknowledgeAlarm(core, alarmId, 'li')
  core.clock.advance(60_000)
  expect(await timers.sweep()).toBe(0)
  await take(core, [signal({ id: 'a2', type: 'panic' })])
  expect(core.state.alarms.get(alarmId)).toMatchObject({ state: 'raised', occurrences: 2, escalation: 0 })
  core.clock.advance(10_000)
  expect(await timers.sweep()).toBe(1)
})

test('order, accept, en route, detected arrival, classify, close: every time stands on the timeline', async () => {
  await acknowledgeAlarm(core, alarmId, 'li')
  core.clock.advance(2_000)
  const ordered = await order('p-1')
  expect(ordered).toMatchObject({ state: 'ordered', etaS: 60, insideGoal: true, goalS: 180, orderedBy: 'li' })
  expect(core.state.incidents.get(incident.id)!.state).toBe('dispatched')
  expect(core.told.at(-1)).toMatchObject({ kind: 'patrol', action: 'ordered', subjectId: 'p-1' })
  for (const step of ['accept', 'en-route'] as const) {
    core.clock.advance(3_000)
    await stepAssignment(core, ordered.id, { do: step }, 'device:p-1')
  }
  expect(core.state.incidents.get(incident.id)!.state).toBe('enRoute')

  const arrived: string[] = []
  const arrivals = new Arrivals(core.state, {
    onScene: ({ id }) => arrived.push(id),
    atPost: ({ id }) => arrived.push(id),
  })
  const fix = (lng: number, speedMps: number, flags = 0, lateMs = 0): Fix => {
    core.clock.advance(5_000)
    const nowMs = core.clock.nowMs() - lateMs
    return {
      vehicleId: 'p-1',
      lng,
      lat: 22.7,
      speedMps,
      bearingDeg: 0,
      accuracyM: 3,
      takenAtMs: nowMs,
      receivedAtMs: nowMs,
      flags,
    }
  }
  // What a terminal kept while it had no network, from before the order, does not arrive.
  for (let i = 0; i < 4; i++) arrivals.take(fix(114.3, 0, 0, 600_000))
  expect(arrived).toEqual([])
  arrivals.take(fix(114.31, 15))
  arrivals.take(fix(114.3, 0, 16))
  arrivals.take(fix(114.31, 15))
  arrivals.take(fix(114.3003, 1))
  arrivals.take(fix(114.3002, 0))
  expect(arrived).toEqual([])
  arrivals.take(fix(114.3001, 0))
  expect(arrived).toEqual([ordered.id])
  await stepAssignment(core, ordered.id, { do: 'on-scene', arrival: 'detected' }, 'centre')
  expect(core.state.incidents.get(incident.id)!.state).toBe('onScene')

  await classifyAlarm(core, alarmId, 'li', 'real', null)
  const closed = await closeIncident(core, incident.id, 'li', 'real', '已处置')
  expect(closed).toMatchObject({ state: 'closed', disposition: 'real' })
  expect(await closeIncident(core, incident.id, 'li', 'real', null)).toEqual(closed)
  await expect(closeIncident(core, incident.id, 'wu', 'false', null)).rejects.toMatchObject({ code: 'state-changed' })
  expect(core.state.incidents.size + core.state.alarms.size + core.state.assignments.size).toBe(0)

  const detail = await readIncidentDetail({ ...core, recommend }, incident.id)
  expect(detail.timeline.map((e) => `${e.kind} ${e.action}`)).toEqual([
    'alarm raised',
    'incident opened',
    'alarm acknowledged',
    'incident owned',
    'assignment ordered',
    'incident dispatched',
    'assignment accepted',
    'assignment en-route',
    'incident enRoute',
    'assignment on-scene',
    'incident onScene',
    'alarm classified',
    'assignment cleared',
    'alarm closed',
    'note written',
    'incident closed',
  ])
  expect(detail.assignments[0]).toMatchObject({ state: 'cleared', arrival: 'detected' })
  expect(detail.recommendation?.chosen).toBe('p-1')
  const outbox = await core.database.query<{ channel: string; word: string }>(
    `select channel, coalesce(payload->>'stage', payload->>'name') as word from outbox order by id`,
  )
  expect(outbox.map((row) => row.word)).toEqual([
    'stored',
    'acknowledged',
    'order',
    'dispatched',
    'arrived',
    'message',
    'closed',
  ])
  const report = await readResponseTimes(core.database, {
    fromMs: 0,
    toMs: core.clock.nowMs() + 1000,
    by: 'patrol',
    zones: [...core.state.zones.values()],
    nameOf: (key) => key ?? '',
    who: { role: 'officer', jurisdiction: '' },
  })
  expect(report.n).toBe(1)
  expect(report.zones.find((zone) => zone.zoneId === 'busy')).toMatchObject({ n: 1, insideShare: 1, turnoutS: [6, 6] })
})

test('another than the recommended patrol needs a reason, a busy one names its incident, the same order again is one', async () => {
  await expect(order('p-2')).rejects.toMatchObject({ code: 'reason-needed', facts: { recommended: 'p-1' } })
  const first = await order('p-2', '更熟悉学校')
  expect((await order('p-2', '更熟悉学校')).id).toBe(first.id)
  const support = await order('p-1')
  expect(support.id).not.toBe(first.id)
  await take(core, [signal({ id: 't1', type: 'panic', lng: 114.32, lat: 22.72 }, (await import('./harness.ts')).taxi)])
  const other = [...core.state.incidents.values()].find((one) => one.id !== incident.id)!
  await expect(
    orderPatrol(deps(), { incidentId: other.id, patrolId: 'p-1', reason: null, actor: 'wu' }),
  ).rejects.toMatchObject({ code: 'patrol-busy', facts: { incidentId: incident.id } })
})

test('two desks that send one patrol to two incidents: one order, the other desk is told', async () => {
  await take(core, [signal({ id: 't1', type: 'panic', lng: 114.32, lat: 22.72 }, (await import('./harness.ts')).taxi)])
  const other = [...core.state.incidents.values()].find((one) => one.id !== incident.id)!
  const results = await Promise.allSettled([
    order('p-1'),
    orderPatrol(deps(), { incidentId: other.id, patrolId: 'p-1', reason: null, actor: 'wu' }),
  ])
  expect(results.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const lost = results.find((r) => r.status === 'rejected')!
  expect(lost.reason).toMatchObject({ code: 'patrol-busy' })
})

test('an order that nobody accepts is marked after 30 s, a declined one opens the incident again', async () => {
  const timers = new Timers({ ...core, recommend: (of) => ({ ...recommend(of), chosen: 'p-2' }) })
  await acknowledgeAlarm(core, alarmId, 'li')
  const ordered = await order('p-1')
  core.clock.advance(30_000)
  expect(await timers.sweep()).toBe(1)
  const told = core.told.slice(-2)
  expect(told[0]).toMatchObject({ kind: 'assignment', action: 'unanswered', subjectId: ordered.id })
  expect(told[0]!.body).toMatchObject({ state: 'ordered', unanswered: { nextPatrolId: 'p-2' } })
  expect(told[1]).toMatchObject({ kind: 'note', action: 'next-offered', body: { text: 'p-2', insteadOf: 'p-1' } })
  expect(told.map((event) => event.incidentId)).toEqual([incident.id, incident.id])
  expect(core.state.assignments.get(ordered.id)!.state).toBe('ordered')
  await stepAssignment(core, ordered.id, { do: 'decline', reason: '车辆故障' }, 'device:p-1')
  expect(core.state.incidents.get(incident.id)!.state).toBe('open')
  expect(core.state.patrolNow(core.state.patrols.get('p-1')!).status).toBe('free')
  await expect(stepAssignment(core, ordered.id, { do: 'accept' }, 'device:p-1')).rejects.toMatchObject({
    code: 'state-changed',
  })
})

test('an order that is accepted late is accepted, and its mark stays', async () => {
  const ordered = await order('p-1')
  core.clock.advance(31_000)
  expect(await new Timers(core).sweep()).toBeGreaterThan(0)
  expect(core.told.filter((event) => event.action === 'next-offered')).toEqual([])
  const accepted = await stepAssignment(core, ordered.id, { do: 'accept' }, 'device:p-1')
  expect(accepted).toMatchObject({ state: 'accepted', unanswered: { nextPatrolId: null } })
})
