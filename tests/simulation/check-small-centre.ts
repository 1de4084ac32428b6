import { expect } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import { readRecord } from '../../gateway/alarms/read-record.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import type { SmallCentre } from './small-centre.ts'

const SIREN = /"type":"(panic|fire|tamper)"|^broken/

/** What must hold at every moment, whatever has failed. */
export function checkNow(centre: SmallCentre): void {
  const { tables } = centre
  const open = [...tables.alarms.values()].filter(({ state }) => state !== 'closed')
  expect(new Set(open.map(({ deviceId }) => deviceId)).size, 'one open alarm of a device').toBe(open.length)
  for (const alarm of open) {
    const incident = alarm.incidentId === null ? undefined : tables.incidents.get(alarm.incidentId)
    expect(incident?.alarmIds, 'an alarm is in its incident').toContain(alarm.id)
    expect(incident?.state, 'an open alarm has an open incident').not.toBe('closed')
    if (alarm.shelved) expect([alarm.state, alarm.priority], 'what sounds is in no shelf').not.toContain('raised')
    if (alarm.shelved) expect(alarm.priority, 'the first priority is in no shelf').toBeGreaterThan(1)
  }
}

/** What must hold when everything works again and the journal has been read to its end. */
export function checkHealed(centre: SmallCentre): void {
  const { tables, journal } = centre
  const keys = new Set(journal.map((record) => `${record.deviceId} ${readRecord(record).eventId}`))
  expect(new Set(tables.signals.keys()), 'I1, I2: each signal of the journal once').toEqual(keys)
  const sirens = new Set<string>()
  for (const record of journal) {
    if (SIREN.test(record.payload.toString())) sirens.add(`${record.deviceId} ${readRecord(record).eventId}`)
  }
  const counted = [...tables.alarms.values()].reduce((sum, alarm) => sum + alarm.occurrences, 0)
  expect(counted, 'I2: occurrences are the distinct presses').toBe(sirens.size)
  for (const key of sirens) expect(tables.signals.get(key)?.alarmId, `${key} has an alarm`).not.toBeNull()
  checkAnswers(centre)
  for (const alarm of tables.alarms.values()) expect(alarm.shelved ?? null, 'every shelf has ended').toBeNull()
  for (const timer of tables.timers.values()) {
    const isLate = timer.firedAtMs === null && !timer.isCancelled && timer.dueAtMs <= centre.clock.nowMs()
    expect(isLate, `I5: step ${timer.step} of ${timer.subjectId} never fired`).toBe(false)
  }
  expect(centre.provisional.alarms, 'nothing is provisional any more').toEqual([])
  expect([...centre.shown.values()], 'no desk shows a ghost').toEqual([])
  expect(centre.state.alarms, 'the desks’ state is the tables').toEqual(
    new Map([...tables.alarms].filter(([, alarm]) => alarm.state !== 'closed')),
  )
  checkLog(centre)
}

/** An answer that was given is never lost, has its effect once, keeps its time, and what it covers never escalates afterwards. */
function checkAnswers({ tables, answers }: SmallCentre): void {
  expect([...tables.decisions.keys()].sort(), 'each answer once').toEqual(answers.map(({ id }) => id).sort())
  for (const { id, alarmId, at, by, seen } of answers) {
    const outcome = tables.decisions.get(id)
    if (outcome !== 'merged') continue
    const alarm = tables.alarms.get(alarmId)!
    expect(alarm.owner, `${by} or who took it over`).not.toBeNull()
    expect(alarm.acknowledgedAt! <= at, 'the first key counts').toBe(true)
    const ofAlarm = tables.log.filter(({ subjectId }) => subjectId === alarmId)
    const mergedN = ofAlarm.find((event) => event.action === 'acknowledge' && event.actor === by && event.at >= at)?.n
    // Until it is merged; afterwards only a new press can, and it does.
    const late = ofAlarm.find((event) => {
      const isBetween = event.action === 'escalated' && event.at > at && event.n < (mergedN ?? 0)
      return isBetween && (event.body as unknown as Alarm).occurrences <= seen
    })
    expect(late, 'an answered alarm does not escalate').toBeUndefined()
  }
}

/** The log alone tells the whole story, and never one that cannot be. */
function checkLog({ tables }: SmallCentre): void {
  const alarms = new Map<string, Alarm>()
  const escalated = new Set<string>()
  const replayed = new CentreState(new Positions())
  tables.log.forEach((event, i) => {
    expect(event.n, 'numbers without a gap').toBe(i + 1)
    replayed.apply(event)
    if (event.kind !== 'alarm') return
    const after = event.body as unknown as Alarm
    const before = alarms.get(event.subjectId)
    alarms.set(after.id, after)
    if (event.action === 'escalated') {
      const key = `${after.id} ${after.occurrences} ${after.escalation}`
      expect(escalated.has(key), `I5: ${key} twice`).toBe(false)
      escalated.add(key)
    }
    expect(before === undefined, 'first raised, then everything else').toBe(event.action === 'raised')
    if (!before) return
    expect(before.state, 'closed stays closed').not.toBe('closed')
    expect(after.priority, 'the priority never falls').toBeLessThanOrEqual(before.priority)
    expect(after.occurrences - before.occurrences, 'a repeat counts one, nothing else counts').toBe(
      event.action === 'repeated' ? 1 : 0,
    )
    if (event.action === 'acknowledge') {
      // Or its owner's earlier key is told later: then only its time changes.
      const isSameOwner = before.owner === after.owner && after.acknowledgedAt! < before.acknowledgedAt!
      expect(before.state === 'raised' || isSameOwner, 'only a raised alarm is acknowledged').toBe(true)
    }
  })
  expect(new Map(replayed.alarms), 'replay').toEqual(
    new Map([...tables.alarms].filter(([, alarm]) => alarm.state !== 'closed')),
  )
}
