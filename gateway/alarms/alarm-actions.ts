import type { Alarm, Disposition } from '../../domain/alarm.ts'
import { transitionAlarm, type AlarmAction } from '../../domain/alarm-transitions.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { CallNote } from '../../domain/wire/http.ts'
import type { Incident } from '../../domain/incident.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import { putReceipts } from '../dispatch/receipts.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { actorOf, audit, auditBy, sessionIdOf } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'
import { lockAlarm, saveAlarms } from './alarm-rows.ts'
import { lockIncident, saveIncidents } from './incident-rows.ts'
import { ANSWER_TIMERS, cancelTimers, setTimers } from './timer-rows.ts'

export interface ActionDeps {
  events: EventLog
  clock: Clock
}

/**
 * The officer owns the alarm from now on; every desk falls silent. Again by the same officer: nothing happens.
 * @param at when the officer pressed
 * @throws Fault `already-acknowledged` with `{owner, at}` of who was first; `state-changed` when it is closed; `not-found`
 */
export async function acknowledgeAlarm(
  deps: ActionDeps,
  id: string,
  actor: string,
  at = toIso(deps.clock.nowMs()),
): Promise<Alarm> {
  return await deps.events.transact((tx) => acknowledgeIn(tx, deps, id, actor, at))
}

/** The same in the caller's transaction. @param seen see `AlarmAction`; absent: all presses */
export async function acknowledgeIn(
  tx: Tx,
  deps: ActionDeps,
  id: string,
  actor: string,
  at: string,
  seen?: number,
): Promise<Alarm> {
  const action: AlarmAction = { do: 'acknowledge', at, by: actor, ...(seen === undefined ? {} : { seen }) }
  return await actIn(tx, deps, id, action, { action: 'acknowledged', actor })
}

/**
 * Another officer takes it, with a reason; the note tells the one who had it. The audit row is in the same transaction.
 * @throws Fault `state-changed` when it is closed; `not-found`
 */
export async function takeOverAlarm(
  deps: ActionDeps,
  id: string,
  subject: Subject,
  reason: string,
  at = toIso(deps.clock.nowMs()),
): Promise<Alarm> {
  const who = { actor: actorOf(subject), sessionId: sessionIdOf(subject) }
  return await deps.events.transact((tx) => takeOverIn(tx, deps, id, { ...who, reason, at }))
}

/** The same in the caller's transaction. */
export async function takeOverIn(
  tx: Tx,
  deps: ActionDeps,
  id: string,
  wanted: { actor: string; sessionId: string | null; reason: string; at: string; seen?: number },
): Promise<Alarm> {
  const { actor, sessionId, reason, at, seen } = wanted
  const { owner } = await lockAlarm(tx, id)
  const note = { action: 'taken-from', text: reason, alarmId: id, from: owner, by: actor }
  const action: AlarmAction = { do: 'take-over', at, by: actor, ...(seen === undefined ? {} : { seen }) }
  const alarm = await actIn(tx, deps, id, action, { action: 'taken-over', actor, note })
  // Stored after all by a database that was too slow, and merged from the disk: one take-over, one row.
  if (owner === actor) return alarm
  const entry = { actor, sessionId, action: 'alarm.take-over', objectKind: 'alarm', objectId: id }
  await audit(tx, { ...entry, reason, outcome: 'done', facts: { from: owner } })
  return alarm
}

/**
 * Puts it aside until then; a timer, an officer or a new press takes it out again.
 * @throws Fault `state-changed` when nobody has answered it, it is of the first priority, or closed; `bad-request` for the end; `not-found`
 */
export async function shelveAlarm(
  deps: ActionDeps,
  id: string,
  subject: Subject,
  wanted: { untilMs: number; why: string },
): Promise<Alarm> {
  const at = toIso(deps.clock.nowMs())
  const actor = actorOf(subject)
  const shelved = { until: toIso(wanted.untilMs), by: actor, why: wanted.why }
  return await deps.events.transact(async (tx) => {
    const alarm = await actIn(tx, deps, id, { do: 'shelve', at, shelved }, { action: 'shelved', actor })
    await setTimers(tx, [{ kind: 'unshelve', subjectId: id, step: 1, dueAtMs: wanted.untilMs }])
    const { why: reason, until } = shelved
    await audit(tx, auditBy(subject, 'alarm.shelve', 'alarm', id, { reason, facts: { until } }))
    return alarm
  })
}

/** Takes it out of the shelf before its time. Not shelved: nothing happens. @throws Fault `not-found` */
export async function unshelveAlarm(deps: ActionDeps, id: string, subject: Subject): Promise<Alarm> {
  const actor = actorOf(subject)
  return await deps.events.transact(async (tx) => {
    const before = await lockAlarm(tx, id)
    if (!before.shelved) return before
    const alarm = await actIn(tx, deps, id, { do: 'unshelve' }, { action: 'unshelved', actor })
    await cancelTimers(tx, ['unshelve'], [id], toIso(deps.clock.nowMs()))
    await audit(tx, auditBy(subject, 'alarm.shelve', 'alarm', id, { facts: { verb: 'unshelved' } }))
    return alarm
  })
}

/**
 * What it was. An alarm without an incident (a test) is closed by it.
 * @throws Fault `state-changed` when nobody has acknowledged it, or it is closed; `not-found`
 */
export async function classifyAlarm(
  deps: ActionDeps,
  id: string,
  actor: string,
  disposition: Disposition,
  note: string | null,
): Promise<Alarm> {
  const at = toIso(deps.clock.nowMs())
  const told = { action: 'classified', actor, note: note ? { action: 'written', text: note } : null }
  return await deps.events.transact((tx) => actIn(tx, deps, id, { do: 'classify', at, disposition }, told))
}

interface Told {
  action: string
  actor: string
  note?: { action: string; text: string } | null
}

async function actIn(tx: Tx, deps: ActionDeps, id: string, action: AlarmAction, told: Told): Promise<Alarm> {
  const before = await lockAlarm(tx, id)
  let alarm = transitionAlarm(before, action)
  if (alarm === before) return alarm
  const nowMs = deps.clock.nowMs()
  const at = toIso(nowMs)
  if (action.do === 'classify' && alarm.incidentId === null) alarm = transitionAlarm(alarm, { do: 'close', at })
  await saveAlarms(tx, [alarm])
  if (alarm.state !== 'raised') {
    await cancelTimers(tx, ANSWER_TIMERS, [id], at)
    if (before.state === 'raised') await putReceipts(tx, [alarm], 'acknowledged', nowMs)
  }
  if (alarm.state === 'closed') {
    await cancelTimers(tx, ['close-test', 'unshelve'], [id], at)
    await putReceipts(tx, [alarm], 'closed', nowMs)
  }
  const { actor, note } = told
  const { incidentId } = alarm
  const events: NewEvent[] = [{ kind: 'alarm', action: told.action, subjectId: id, incidentId, actor, body: alarm }]
  if (note) {
    const { action: verb, ...body } = note
    events.push({ ...noteEvent(incidentId, actor, note.text), action: verb, body })
  }
  const incident = await ownIncident(tx, alarm)
  if (incident) events.push(incidentEvent(incident, 'owned', actor))
  await deps.events.appendAll(tx, events)
  return alarm
}

/** The incident gets the owner of its alarm: whoever answers is the one to ask. */
async function ownIncident(tx: Tx, alarm: Alarm): Promise<Incident | null> {
  if (alarm.incidentId === null || alarm.owner === null) return null
  const incident = await lockIncident(tx, alarm.incidentId)
  if (!isOpenIncident(incident) || incident.owner === alarm.owner) return null
  const owned = { ...incident, owner: alarm.owner }
  await saveIncidents(tx, [owned])
  return owned
}

export function incidentEvent(incident: Incident, action: string, actor: string): NewEvent {
  return { kind: 'incident', action, subjectId: incident.id, incidentId: incident.id, actor, body: incident }
}

export function noteEvent(incidentId: string | null, actor: string, text: string): NewEvent {
  return { kind: 'note', action: 'written', subjectId: incidentId ?? 'centre', incidentId, actor, body: { text } }
}

/** @param text the same in words, for who reads the log elsewhere */
export function callEvent(incidentId: string, actor: string, call: CallNote, text: string): NewEvent {
  return { kind: 'note', action: 'phoned', subjectId: incidentId, incidentId, actor, body: { text, call } }
}
