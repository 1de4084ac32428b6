import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Alarm, AlarmType } from '../../domain/alarm.ts'
import { transitionAlarm, type AlarmAction } from '../../domain/alarm-transitions.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { isOpenAssignment, patrolStatus, transitionAssignment } from '../../domain/assignment-transitions.ts'
import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import { closeIncident, deriveIncident, joinAlarm } from '../../domain/incident-transitions.ts'
import { rankCameras } from '../../domain/rank-cameras.ts'
import { decodeJsonEvent } from '../../devices/json/decode-event.ts'
import { jt808Flags, risenFlags } from '../../devices/taxi/jt808-alarm-word.ts'

const at = (s: number) => new Date(1_790_000_000_000 + s * 1000).toISOString()

const alarm: Alarm = {
  id: 'A',
  deviceId: 'btn',
  deviceKind: 'button',
  siteId: null,
  type: 'panic',
  priority: 1,
  state: 'raised',
  place: { lng: 0, lat: 0, name: '' },
  occurrences: 1,
  raisedAt: at(0),
  lastOccurrenceAt: at(0),
  takenAt: null,
  acknowledgedAt: null,
  owner: null,
  classifiedAt: null,
  disposition: null,
  restoredAt: null,
  closedAt: null,
  escalation: 0,
  incidentId: null,
}
const assignment: Assignment = {
  id: 'S',
  incidentId: 'I',
  patrolId: 'p',
  state: 'ordered',
  orderedAt: at(0),
  orderedBy: 'li',
  acceptedAt: null,
  enRouteAt: null,
  onSceneAt: null,
  arrival: null,
  clearedAt: null,
  endedAt: null,
  endedReason: null,
  etaS: 60,
  distanceM: 500,
  insideGoal: true,
  goalS: 180,
}
const incident: Incident = {
  id: 'I',
  number: '20261121-0001',
  type: 'tamper',
  priority: 3,
  state: 'open',
  place: { lng: 0, lat: 0, name: '' },
  siteId: null,
  vehicleId: null,
  zoneId: null,
  goalS: null,
  alarmIds: ['A'],
  cameraIds: [],
  owner: null,
  openedAt: at(0),
  dispatchedAt: null,
  enRouteAt: null,
  onSceneAt: null,
  controlledAt: null,
  closedAt: null,
  disposition: null,
  closingNote: null,
  mergedInto: null,
}

test('acknowledge and restore are two flags, and a restored alarm still waits for an owner', () => {
  const restored = transitionAlarm(alarm, { do: 'restore', at: at(1) })
  expect(restored).toMatchObject({ state: 'raised', restoredAt: at(1) })
  const owned = transitionAlarm(restored, { do: 'acknowledge', at: at(2), by: 'li' })
  expect(owned).toMatchObject({ state: 'acknowledged', owner: 'li', restoredAt: at(1) })
  expect(() => transitionAlarm(owned, { do: 'acknowledge', at: at(3), by: 'wu' })).toThrow(Fault)
  expect(transitionAlarm(owned, { do: 'acknowledge', at: at(3), by: 'li' })).toBe(owned)
})

test('whatever happens to an alarm, its priority never falls, occurrences never shrink, and closed stays closed', () => {
  const types: AlarmType[] = ['panic', 'tamper', 'test', 'fire']
  const action: fc.Arbitrary<AlarmAction> = fc.oneof(
    fc.record({ do: fc.constant('repeat' as const), at: fc.constant(at(1)), type: fc.constantFrom(...types) }),
    fc.record({ do: fc.constant('restore' as const), at: fc.constant(at(1)) }),
    fc.record({
      do: fc.constantFrom('acknowledge' as const, 'take-over' as const),
      at: fc.constant(at(2)),
      by: fc.constantFrom('li', 'wu'),
    }),
    fc.record({
      do: fc.constant('classify' as const),
      at: fc.constant(at(3)),
      disposition: fc.constantFrom('real' as const, 'false' as const),
    }),
    fc.record({ do: fc.constant('escalate' as const), step: fc.integer({ min: 1, max: 4 }), at: fc.constant(at(2)) }),
    fc.record({ do: fc.constant('call' as const), to: fc.constantFrom('parent', 'everyone'), at: fc.constant(at(2)) }),
    fc.record({
      do: fc.constant('shelve' as const),
      at: fc.constant(at(2)),
      shelved: fc.record({ until: fc.constantFrom(at(1), at(3600)), by: fc.constant('li'), why: fc.constant('x') }),
    }),
    fc.record({ do: fc.constantFrom('unshelve' as const, 'drop-drill' as const) }),
    fc.record({ do: fc.constant('close' as const), at: fc.constant(at(4)) }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(action, { maxLength: 20 }), (type, actions) => {
      let now: Alarm = { ...alarm, type, priority: type === 'test' ? 4 : type === 'tamper' ? 3 : 1 }
      for (const one of actions) {
        let next = now
        try {
          next = transitionAlarm(now, one)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
        }
        expect(next.priority).toBeLessThanOrEqual(now.priority)
        expect(next.occurrences).toBeGreaterThanOrEqual(now.occurrences)
        if (now.state === 'closed') expect(next).toBe(now)
        if (next.shelved) expect(next.state === 'raised' || next.state === 'closed').toBe(false)
        if (next.state === 'acknowledged' || next.state === 'classified') expect(next.owner).not.toBeNull()
        now = next
      }
    }),
  )
})

test('steps of an order may be skipped forwards and repeated, never undone; the end is the end', () => {
  const there = transitionAssignment(assignment, { do: 'on-scene', at: at(9), arrival: 'crew' })
  expect(there).toMatchObject({ state: 'onScene', acceptedAt: at(9), enRouteAt: at(9), arrival: 'crew' })
  expect(transitionAssignment(there, { do: 'accept', at: at(10) })).toBe(there)
  expect(() => transitionAssignment(there, { do: 'decline', at: at(10), reason: null })).toThrow(/on scene/)
  const cancelled = transitionAssignment(assignment, { do: 'cancel', at: at(5), reason: '误报' })
  expect(isOpenAssignment(cancelled)).toBe(false)
  expect(() => transitionAssignment(cancelled, { do: 'accept', at: at(6) })).toThrow(/cancelled/)
  expect(patrolStatus('on', there)).toBe('on-scene')
  expect(patrolStatus('on', cancelled)).toBe('free')
  expect(patrolStatus('off', null)).toBe('off')
})

test('an incident follows its orders: first times are kept, it is controlled when all are cleared, open again when all have declined', () => {
  const enRoute = transitionAssignment(assignment, { do: 'en-route', at: at(5) })
  const there = transitionAssignment(enRoute, { do: 'on-scene', at: at(60), arrival: 'detected' })
  const second = { ...assignment, id: 'S2', patrolId: 'q', orderedAt: at(10) }
  expect(deriveIncident(incident, [assignment]).state).toBe('dispatched')
  expect(deriveIncident(incident, [there, second])).toMatchObject({
    state: 'onScene',
    dispatchedAt: at(0),
    onSceneAt: at(60),
  })
  const cleared = transitionAssignment(there, { do: 'clear', at: at(90) })
  expect(deriveIncident(incident, [cleared, second]).state).toBe('onScene')
  const declined = transitionAssignment(second, { do: 'decline', at: at(20), reason: null })
  expect(deriveIncident(incident, [cleared, declined])).toMatchObject({ state: 'controlled', controlledAt: at(90) })
  expect(deriveIncident(incident, [declined])).toMatchObject({ state: 'open', dispatchedAt: at(10) })
  const closed = closeIncident(incident, at(99), 'false', null)
  expect(closeIncident(closed, at(100), 'false', null)).toBe(closed)
  expect(() => closeIncident(closed, at(100), 'real', null)).toThrow(Fault)
  expect(joinAlarm(incident, { id: 'B', type: 'panic', priority: 1 })).toMatchObject({
    type: 'panic',
    priority: 1,
    alarmIds: ['A', 'B'],
  })
})

test('cameras: the named ones in their order, then those that look at the scene, then the nearest', () => {
  const camera = (id: string, lng: number, bearingDeg: number | null, enabled = true) => ({
    id,
    lng,
    lat: 0,
    bearingDeg,
    fovDeg: 60,
    rangeM: 100,
    enabled,
  })
  const all = [
    camera('near-but-away', 0.0002, 90),
    camera('looks', 0.0005, 270),
    camera('second', 0.004, null),
    camera('first', 0.005, null),
    camera('off', 0, null, false),
    camera('far', 0.1, 270),
  ]
  expect(rankCameras(all, ['first', 'second'], [0, 0])).toEqual(['first', 'second', 'looks', 'near-but-away'])
})

test('a scene far from every camera still gets the two nearest', () => {
  const one = (id: string, lng: number) => ({
    id,
    lng,
    lat: 0,
    bearingDeg: null,
    fovDeg: 70,
    rangeM: 60,
    enabled: true,
  })
  expect(rankCameras([one('far', 1), one('nearer', 0.2), one('nearest', 0.1)], [], [0, 0])).toEqual([
    'nearest',
    'nearer',
  ])
})

test('a panic is read however wrong the rest of it is; what cannot be read says why', () => {
  const read = (body: unknown) => decodeJsonEvent(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
  expect(read({ id: 'a', type: 'panic', at: 'yesterday', lng: 500, lat: 'x', more: {} })).toMatchObject({
    readable: true,
    eventId: 'a',
    reading: { type: 'panic', takenAtMs: null, lng: null, lat: null },
  })
  expect(read({ id: 'a', type: 'panic', at: '2026-11-21T08:00:00+08:00', lng: 114, lat: 22 })).toMatchObject({
    reading: { takenAtMs: Date.parse('2026-11-21T00:00:00Z'), lng: 114, lat: 22 },
  })
  expect(read('{"id":"a"')).toMatchObject({ readable: false, eventId: null, reason: 'not JSON' })
  expect(read({ id: 'a', type: 'hello' })).toMatchObject({ readable: false, eventId: 'a', reason: 'unknown type' })
  expect(read({ id: 'a b\n', type: 'panic' })).toMatchObject({ readable: false, eventId: null })
  expect(read([1])).toMatchObject({ readable: false, reason: 'not a JSON object' })
  expect(decodeJsonEvent(Buffer.from([0xff, 0xfe]))).toMatchObject({ readable: false, reason: 'not UTF-8' })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof decodeJsonEvent(bytes).readable === 'boolean'),
  )
})

test('the alarm word of JT/T 808 is read bit by bit, and a bit that is held high rises once', () => {
  expect(jt808Flags(0b1 | (1 << 29))).toEqual(['emergency', 'collision'])
  expect(jt808Flags(0x8000_0000)).toEqual([])
  expect(risenFlags(0, 1)).toEqual(['emergency'])
  expect(risenFlags(1, 1)).toEqual([])
})
