import type { Alarm } from '../../domain/alarm.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import { addCall } from '../../domain/calls.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { NewEvent } from '../live/event-log.ts'
import { isSeenOnDuty } from '../live/rendered-rows.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Tx } from '../store/database.ts'
import { incidentEvent } from './alarm-actions.ts'
import { lockAlarm, saveAlarms } from './alarm-rows.ts'
import { lockIncident, saveIncidents } from './incident-rows.ts'
import type { Timer, TimerKind } from './timer-rows.ts'

export interface AlarmTimerDeps {
  clock: Clock
  troubles: Pick<Troubles, 'raise'>
  /** Whether any desk has an officer on duty now. */
  isAnybodyOnDuty: () => boolean
}

/** Trouble of the device whose alarm no desk on duty has painted; stands until one has, or somebody has answered. */
export const UNSEEN = 'unseen'

/** What a due timer of an alarm brings about. @throws Fault `not-found` when the alarm is gone */
export async function fireAlarmTimer(
  tx: Tx,
  deps: AlarmTimerDeps,
  timer: Timer & { kind: Exclude<TimerKind, 'order-unanswered'> },
): Promise<NewEvent[]> {
  const at = toIso(deps.clock.nowMs())
  const before = await lockAlarm(tx, timer.subjectId)
  switch (timer.kind) {
    case 'escalate':
      return await changed(tx, before, transitionAlarm(before, { do: 'escalate', step: timer.step, at }), 'escalated')
    case 'unseen':
      return await callOthers(tx, deps, before, timer.step, at)
    case 'unshelve':
      // Shelved again meanwhile: that has its own end, and this row was set anew for it.
      if (!before.shelved || before.shelved.until > at) return []
      return await changed(tx, before, transitionAlarm(before, { do: 'unshelve' }), 'unshelved')
    case 'close-test': {
      // A real press may have come since: then it is an incident's alarm, and people close it.
      if (before.type !== 'test' || before.incidentId !== null || before.state === 'closed') return []
      const closed = { ...transitionAlarm(before, { do: 'close', at }), disposition: 'test' as const }
      return await changed(tx, before, closed, 'closed')
    }
    default: {
      const never: never = timer.kind
      throw new Error(`unknown timer of an alarm ${String(never)}`)
    }
  }
}

/** No desk on duty has painted it. The parent jurisdiction is called first; when that did not help, or nobody is on duty, everyone. */
async function callOthers(
  tx: Tx,
  { troubles, isAnybodyOnDuty }: AlarmTimerDeps,
  before: Alarm,
  step: number,
  at: string,
): Promise<NewEvent[]> {
  if (before.state !== 'raised' || (await isSeenOnDuty(tx, before.id))) return []
  const isLast = step > 1 || !isAnybodyOnDuty()
  const alarm = transitionAlarm(before, { do: 'call', to: isLast ? 'everyone' : 'parent', at })
  const events = await changed(tx, before, alarm, 'called')
  if (isLast) {
    const detail = `${before.place.name}: the alarm of ${before.deviceId} was on no screen of an officer on duty`
    await troubles.raise(tx, { subjectKind: 'device', subjectId: before.deviceId, code: UNSEEN, detail })
  }
  return events
}

/** Saves what has changed; whoever is called on for an alarm is shown its incident, too. */
async function changed(tx: Tx, before: Alarm, alarm: Alarm, action: string): Promise<NewEvent[]> {
  if (alarm === before) return []
  await saveAlarms(tx, [alarm])
  const { id: subjectId, incidentId } = alarm
  const events: NewEvent[] = [{ kind: 'alarm', action, subjectId, incidentId, actor: 'centre', body: alarm }]
  const calls = (alarm.escalatedTo ?? []).slice(before.escalatedTo?.length ?? 0)
  // Without a jurisdiction everybody sees it already.
  if (calls.length === 0 || !alarm.jurisdiction || incidentId === null) return events
  const known = await lockIncident(tx, incidentId)
  const escalatedTo = [...calls.reduce(addCall, known.escalatedTo ?? [])]
  const incident = { ...known, escalatedTo }
  await saveIncidents(tx, [incident])
  return [...events, incidentEvent(incident, action, 'centre')]
}
