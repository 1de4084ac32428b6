import type { Alarm } from '../../domain/alarm.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import { addCall } from '../../domain/calls.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Log } from '../../domain/log.ts'
import type { NewEvent } from '../live/event-log.ts'
import { seenOnDuty } from '../live/rendered-rows.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Tx } from '../store/database.ts'
import { incidentEvent } from './alarm-actions.ts'
import { lockAlarms, saveAlarms } from './alarm-rows.ts'
import { lockIncidents, saveIncidents } from './incident-rows.ts'
import type { Timer, TimerKind } from './timer-rows.ts'

export interface AlarmTimerDeps {
  clock: Clock
  log: Log
  troubles: Pick<Troubles, 'raise'>
  /** Whether any desk has an officer on duty now. */
  isAnybodyOnDuty: () => boolean
}

export type AlarmTimer = Timer & { kind: Exclude<TimerKind, 'order-unanswered'> }

/** Trouble of the device whose alarm no desk on duty has painted; stands until one has, or somebody has answered. */
export const UNSEEN = 'unseen'

interface Change {
  before: Alarm
  after: Alarm
  action: string
}

/**
 * What the due timers of alarms bring about, in their order. All of them together cost a handful of statements, however many they are: in a storm of 10,000
 * presses a minute some 500 come due each second. Only an alarm that was on no screen at all costs its own, for its trouble. A timer whose alarm is gone is logged and brings
 * about nothing.
 */
export async function fireAlarmTimers(
  tx: Tx,
  deps: AlarmTimerDeps,
  timers: readonly AlarmTimer[],
): Promise<NewEvent[]> {
  if (timers.length === 0) return []
  const at = toIso(deps.clock.nowMs())
  const locked = await lockAlarms(tx, [...new Set(timers.map(({ subjectId }) => subjectId))])
  const alarms = new Map(locked.map((alarm) => [alarm.id, alarm]))
  const unseen = timers.filter(({ kind }) => kind === 'unseen').map(({ subjectId }) => subjectId)
  const seen = unseen.length === 0 ? new Set<string>() : await seenOnDuty(tx, unseen)
  const isAnybodyOnDuty = deps.isAnybodyOnDuty()
  const changes: Change[] = []
  for (const timer of timers) {
    const before = alarms.get(timer.subjectId)
    if (!before) {
      deps.log.warn('a timer has lost its subject', { kind: timer.kind, subject: timer.subjectId })
      continue
    }
    const change = changeOf(timer, before, { at, isSeen: seen.has(before.id), isAnybodyOnDuty })
    if (!change || change.after === before) continue
    alarms.set(before.id, change.after)
    changes.push({ before, ...change })
    if (change.action === 'called' && change.isLast) await raiseUnseen(tx, deps, before)
  }
  await saveAlarms(
    tx,
    [...new Set(changes.map(({ before }) => before.id))].map((id) => alarms.get(id)!),
  )
  return await eventsOf(tx, changes)
}

interface Now {
  at: string
  isSeen: boolean
  isAnybodyOnDuty: boolean
}

function changeOf(
  timer: AlarmTimer,
  before: Alarm,
  { at, isSeen, isAnybodyOnDuty }: Now,
): { after: Alarm; action: string; isLast?: boolean } | null {
  switch (timer.kind) {
    case 'escalate':
      return { after: transitionAlarm(before, { do: 'escalate', step: timer.step, at }), action: 'escalated' }
    case 'unseen': {
      // No desk on duty has painted it. The parent jurisdiction first; when that did not help, or nobody is on duty, everyone.
      if (before.state !== 'raised' || isSeen) return null
      const isLast = timer.step > 1 || !isAnybodyOnDuty
      const to = isLast ? 'everyone' : 'parent'
      return { after: transitionAlarm(before, { do: 'call', to, at }), action: 'called', isLast }
    }
    case 'unshelve':
      // Shelved again meanwhile: that has its own end, and this row was set anew for it.
      if (!before.shelved || before.shelved.until > at) return null
      return { after: transitionAlarm(before, { do: 'unshelve' }), action: 'unshelved' }
    case 'close-test':
      // A real press may have come since: then it is an incident's alarm, and people close it.
      if (before.type !== 'test' || before.incidentId !== null || before.state === 'closed') return null
      return { after: { ...transitionAlarm(before, { do: 'close', at }), disposition: 'test' }, action: 'closed' }
    default: {
      const never: never = timer.kind
      throw new Error(`unknown timer of an alarm ${String(never)}`)
    }
  }
}

async function raiseUnseen(tx: Tx, { troubles }: AlarmTimerDeps, { deviceId, place }: Alarm): Promise<void> {
  const detail = `${place.name}: the alarm of ${deviceId} was on no screen of an officer on duty`
  await troubles.raise(tx, { subjectKind: 'device', subjectId: deviceId, code: UNSEEN, detail })
}

const newCalls = ({ before, after }: Change) => (after.escalatedTo ?? []).slice(before.escalatedTo?.length ?? 0)

/** Whoever is called on for an alarm is shown its incident, too. Without a jurisdiction everybody sees it already. */
async function eventsOf(tx: Tx, changes: readonly Change[]): Promise<NewEvent[]> {
  const isCall = (change: Change) => newCalls(change).length > 0 && !!change.after.jurisdiction
  const ids = changes.filter(isCall).flatMap(({ after }) => after.incidentId ?? [])
  const incidents = ids.length === 0 ? new Map<string, Incident>() : await lockIncidents(tx, [...new Set(ids)])
  const events: NewEvent[] = []
  for (const change of changes) {
    const { after, action } = change
    const { id: subjectId, incidentId } = after
    events.push({ kind: 'alarm', action, subjectId, incidentId, actor: 'centre', body: after })
    const known = isCall(change) && incidentId !== null && incidents.get(incidentId)
    if (!known) continue
    const escalatedTo = [...newCalls(change).reduce(addCall, known.escalatedTo ?? [])]
    incidents.set(known.id, { ...known, escalatedTo })
    events.push(incidentEvent(incidents.get(known.id)!, action, 'centre'))
  }
  await saveIncidents(tx, [...incidents.values()])
  return events
}
