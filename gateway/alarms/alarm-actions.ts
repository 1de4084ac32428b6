import type { Alarm, Disposition } from '../../domain/alarm.ts'
import { transitionAlarm, type AlarmAction } from '../../domain/alarm-transitions.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import { putReceipts } from '../dispatch/receipts.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { lockAlarm, saveAlarms } from './alarm-rows.ts'
import { lockIncident, saveIncidents } from './incident-rows.ts'
import { cancelTimers } from './timer-rows.ts'

export interface ActionDeps {
  events: EventLog
  clock: Clock
}

/**
 * The officer owns the alarm from now on; every desk falls silent. Again by the same officer: nothing happens.
 * @throws Fault `already-acknowledged` with `{owner, at}` of who was first; `state-changed` when it is closed; `not-found`
 */
export async function acknowledgeAlarm(deps: ActionDeps, id: string, actor: string): Promise<Alarm> {
  const at = toIso(deps.clock.nowMs())
  return await act(deps, id, { do: 'acknowledge', at, by: actor }, { action: 'acknowledged', actor })
}

/** Another officer takes it, with a reason. @throws Fault `state-changed` when it is closed; `not-found` */
export async function takeOverAlarm(deps: ActionDeps, id: string, actor: string, reason: string): Promise<Alarm> {
  const at = toIso(deps.clock.nowMs())
  return await act(deps, id, { do: 'take-over', at, by: actor }, { action: 'taken-over', actor, note: reason })
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
  return await act(deps, id, { do: 'classify', at, disposition }, { action: 'classified', actor, note })
}

async function act(
  deps: ActionDeps,
  id: string,
  action: AlarmAction,
  told: { action: string; actor: string; note?: string | null },
): Promise<Alarm> {
  return await deps.events.transact(async (tx) => {
    const before = await lockAlarm(tx, id)
    let alarm = transitionAlarm(before, action)
    if (alarm === before) return alarm
    const nowMs = deps.clock.nowMs()
    const at = toIso(nowMs)
    if (action.do === 'classify' && alarm.incidentId === null) alarm = transitionAlarm(alarm, { do: 'close', at })
    await saveAlarms(tx, [alarm])
    await cancelTimers(tx, 'escalate', [id], at)
    if (before.state === 'raised') await putReceipts(tx, [alarm], 'acknowledged', nowMs)
    if (alarm.state === 'closed') {
      await cancelTimers(tx, 'close-test', [id], at)
      await putReceipts(tx, [alarm], 'closed', nowMs)
    }
    const { actor } = told
    const events: NewEvent[] = [
      { kind: 'alarm', action: told.action, subjectId: id, incidentId: alarm.incidentId, actor, body: alarm },
    ]
    if (told.note) events.push(noteEvent(alarm.incidentId, told.actor, told.note))
    const incident = await ownIncident(tx, alarm)
    if (incident) events.push(incidentEvent(incident, 'owned', actor))
    await deps.events.appendAll(tx, events)
    return alarm
  })
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
