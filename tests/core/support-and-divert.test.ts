import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import { buildRoadGraph } from '../../domain/roads/graph.ts'
import { TRAFFIC_SPEEDS } from '../../domain/roads/speeds.ts'
import type { Subject } from '../../gateway/trust/policy.ts'
import { acknowledgeAlarm } from '../../gateway/alarms/alarm-actions.ts'
import { Timers } from '../../gateway/alarms/timers.ts'
import { raiseAlarmLevel } from '../../gateway/dispatch/alarm-level.ts'
import { changeDutyLevel } from '../../gateway/dispatch/duty-level.ts'
import { orderPatrol } from '../../gateway/dispatch/order-patrol.ts'
import { Recommender } from '../../gateway/dispatch/recommender.ts'
import { stepAssignment } from '../../gateway/dispatch/step-assignment.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { CENTRE, patrol, signal, startCore, take, taxi, zone, type TestCore } from './harness.ts'

/** A road to the east through the school; a hundredth of a degree of longitude takes 74 s at 50 km/h. */
const graph = () =>
  buildRoadGraph(
    {
      junctions: [0, 1, 2, 3, 4].map((i) => ({ id: `J${i}`, lng: 114.28 + i * 0.02, lat: 22.7 })),
      edges: [0, 1, 2, 3].map((i) => ({
        id: `R${i}`,
        from: `J${i}`,
        to: `J${i + 1}`,
        class: 'primary',
        oneway: false,
        shape: [],
      })),
    },
    TRAFFIC_SPEEDS,
  )

let core: TestCore
let recommender: Recommender
let school: Incident
const deps = () => ({ ...core, recommend: (of: Incident) => recommender.recommend(of) })
const commander: Subject = {
  type: 'officer',
  me: { id: 'u', username: 'zhou', displayName: '周', role: 'commander', jurisdiction: '', patrolId: null, mustSetPassword: false },
  sessionId: 's',
} // prettier-ignore

function place(id: string, lng: number): void {
  const nowMs = core.clock.nowMs()
  core.state.positions.take(id, { at: toIso(nowMs), lng, lat: 22.7, speedMps: 0 }, nowMs)
}

beforeEach(async () => {
  core = await startCore()
  for (const id of ['p-3', 'p-4']) {
    await core.database.execute('insert into patrol values ($1, $2)', [id, JSON.stringify(patrol(id))])
    core.state.patrols.set(id, patrol(id))
  }
  recommender = new Recommender({ ...core, graph: graph() })
  await take(core, [signal({ id: 'a1', type: 'panic' })])
  school = [...core.state.incidents.values()][0]!
  place('p-1', 114.302)
  place('p-2', 114.31)
  place('p-3', 114.33)
})
afterEach(() => core.stop())

const order = (incident: Incident, patrolId: string, more: { reason?: string; divert?: boolean } = {}) =>
  orderPatrol(deps(), { incidentId: incident.id, patrolId, reason: null, actor: 'li', ...more })

test('a panic button asks for 1+1: the first with one act, the support with a second, neither with a reason', async () => {
  expect(recommender.recommend(school).plan).toMatchObject({ wanted: 2, sent: 0, first: 'p-1', support: ['p-2'] })
  const first = await order(school, 'p-1')
  expect(recommender.recommend(school).plan).toMatchObject({ wanted: 2, sent: 1, first: null, support: ['p-2'] })
  await order(school, 'p-2')
  const rows = await core.database.query<{ plan: object }>(
    `select recommendation->'plan' as plan from assignment order by recommendation->'plan'->'sent'`,
  )
  expect(rows.map(({ plan }) => plan)).toMatchObject([
    { first: 'p-1', support: ['p-2'] },
    { sent: 1, support: ['p-2'] },
  ])
  expect(recommender.recommend(school).plan).toMatchObject({ sent: 2, support: [], shortfalls: [] })
  await stepAssignment(core, first.id, { do: 'decline', reason: null }, 'device:p-1')
  expect(recommender.recommend(school).plan).toMatchObject({ sent: 1, support: ['p-3'] })
  await expect(raiseAlarmLevel(core, school.id, { level: 2, reason: '多人受伤' }, 'li')).resolves.toMatchObject({
    alarmLevel: 2,
  })
  const raised = recommender.recommend(core.state.incidents.get(school.id)!).plan!
  expect(raised).toMatchObject({ level: 2, wanted: 4, sent: 1, support: ['p-3'] })
  expect(raised.shortfalls).toContainEqual({ why: 'not-enough', patrols: 2 })
})

test('a patrol on its way to a collision is offered to a panic; taking it opens the collision again, and it sounds', async () => {
  await take(core, [signal({ id: 't1', type: 'collision', lng: 114.31, lat: 22.7 }, taxi)])
  const collision = [...core.state.incidents.values()].find((one) => one.id !== school.id)!
  await acknowledgeAlarm(core, collision.alarmIds[0]!, 'wu')
  const earlier = await order(collision, 'p-1', { reason: '顺路' })
  await stepAssignment(core, earlier.id, { do: 'en-route' }, 'device:p-1')
  // A minute for two kilometres: faster would be a jump.
  core.clock.advance(60_000)
  place('p-1', 114.302)
  place('p-2', 114.325)
  place('p-3', 114.33)
  const shown = recommender.recommend(school)
  expect(shown.chosen).toBe('p-2')
  const offer = shown.candidates.find(({ patrolId }) => patrolId === 'p-1')!.divert!
  expect(offer).toMatchObject({ incidentId: collision.id, number: collision.number, leavesNobody: true })
  expect(offer.gainS).toBeGreaterThan(60)
  expect(offer.costS).toBeGreaterThan(0)
  await expect(order(school, 'p-1')).rejects.toMatchObject({ code: 'patrol-busy', facts: { incidentId: collision.id } })

  const taken = await order(school, 'p-1', { divert: true })
  expect(taken).toMatchObject({ state: 'ordered', incidentId: school.id })
  expect(core.state.assignments.get(earlier.id)).toMatchObject({ state: 'diverted', endedReason: school.number })
  expect(core.state.incidents.get(collision.id)).toMatchObject({ state: 'open' })
  expect(core.state.alarms.get(collision.alarmIds[0]!)).toMatchObject({ state: 'raised', owner: 'wu', occurrences: 1 })
  const told = core.told.filter((event) => event.incidentId === collision.id).slice(-4)
  expect(told.map((event) => `${event.kind} ${event.action}`)).toEqual([
    'assignment diverted',
    'note patrol-diverted',
    'incident reopened',
    'alarm recalled',
  ])
  core.clock.advance(10_000)
  await new Timers({ ...core, recommend: deps().recommend }).sweep()
  expect(core.state.alarms.get(collision.alarmIds[0]!)!.escalation).toBe(1)
  const outbox = await core.database.query<{ name: string; args: { assignmentId: string } }>(
    `select payload->>'name' as name, payload->'args' as args from outbox where device_id = 'p-1' order by id`,
  )
  expect(outbox.map(({ name, args }) => [name, args.assignmentId])).toEqual([
    ['order', earlier.id],
    ['message', earlier.id],
    ['order', taken.id],
  ])
})

test('nobody is taken from a scene, and from something as urgent only with a reason', async () => {
  await take(core, [signal({ id: 't1', type: 'panic', lng: 114.31, lat: 22.7 }, taxi)])
  const robbery = [...core.state.incidents.values()].find((one) => one.id !== school.id)!
  const there = await order(robbery, 'p-2', { reason: '更近' })
  await expect(order(school, 'p-2', { divert: true })).rejects.toMatchObject({ code: 'reason-needed' })
  const taken = await order(school, 'p-2', { divert: true, reason: '学校优先' })
  expect(core.state.assignments.get(there.id)!.state).toBe('diverted')
  await stepAssignment(core, taken.id, { do: 'on-scene', arrival: 'crew' }, 'device:p-2')
  await expect(order(robbery, 'p-2', { divert: true, reason: 'x' })).rejects.toMatchObject({ code: 'patrol-busy' })
})

test('two desks that pull one patrol in opposite directions: both end, one order stands', async () => {
  await take(core, [signal({ id: 't1', type: 'panic', lng: 114.31, lat: 22.7 }, taxi)])
  const robbery = [...core.state.incidents.values()].find((one) => one.id !== school.id)!
  await order(robbery, 'p-1', { reason: 'x' })
  await order(school, 'p-2', { reason: 'x' })
  const results = await Promise.allSettled([
    order(school, 'p-1', { divert: true, reason: 'x' }),
    order(robbery, 'p-2', { divert: true, reason: 'x' }),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  const open = await core.database.query(`select patrol_id, incident_id from assignment where not ended order by 1`)
  expect(open).toEqual([
    { patrol_id: 'p-1', incident_id: school.id },
    { patrol_id: 'p-2', incident_id: robbery.id },
  ])
})

test('a duty level changes goals of new incidents, coverage and escalation at once, is audited, and survives a restart', async () => {
  const strict = { ...zone, goals: { special: 60 }, minPatrols: { special: 4 } }
  core.state.zones.set(zone.id, strict)
  await core.database.execute('update zone set body = $1', [JSON.stringify(strict)])
  expect(recommender.coverage().zones[0]).toMatchObject({ goalS: 180 })
  const write = { level: 'special' as const, reason: '重大活动', expected: 'normal' as const }
  const duty = await changeDutyLevel(core, write, commander, 'zhou')
  expect(duty).toMatchObject({ level: 'special', by: 'zhou', reason: '重大活动' })
  expect(core.told.at(-1)).toMatchObject({ kind: 'duty', action: 'level-changed', body: { level: 'special' } })
  expect(recommender.coverage().zones[0]).toMatchObject({ goalS: 60, minPatrols: 4, freePatrols: 3 })
  await take(core, [signal({ id: 't1', type: 'panic', lng: CENTRE[0], lat: CENTRE[1] }, taxi)])
  const newer = [...core.state.incidents.values()].find((one) => one.id !== school.id)!
  expect([school.goalS, newer.goalS]).toEqual([180, 60])
  // The older alarm's first step is due after ten seconds, the newer one's after seven.
  core.clock.advance(7_500)
  await new Timers(core).sweep()
  expect(core.state.alarms.get(newer.alarmIds[0]!)!.escalation).toBe(1)
  expect(core.state.alarms.get(school.alarmIds[0]!)!.escalation).toBe(0)
  await expect(changeDutyLevel(core, { ...write, level: 'wartime' }, commander, 'wu')).rejects.toMatchObject({
    code: 'state-changed',
    facts: { level: 'special', by: 'zhou' },
  })
  const audit = await core.database.query(`select actor, reason, facts from audit where action = 'duty-level.write'`)
  expect(audit).toEqual([{ actor: 'zhou', reason: '重大活动', facts: { from: 'normal', to: 'special' } }])
  const after = new CentreState(new Positions())
  await after.load(core.database)
  expect([after.dutyLevel.level, after.zonesNow()[0]!.goalS]).toEqual(['special', 60])
})
