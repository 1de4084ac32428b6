import type { Alarm } from '../../domain/alarm.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { NewEvent } from '../../gateway/live/event-log.ts'

interface TimerRow {
  kind: 'escalate' | 'unshelve'
  subjectId: string
  step: number
  dueAtMs: number
  firedAtMs: number | null
  isCancelled: boolean
}

/** The tables, as far as the life of an alarm needs them. */
export interface Tables {
  cursor: number
  signals: Map<string, { alarmId: string | null }>
  alarms: Map<string, Alarm>
  incidents: Map<string, Incident>
  assignments: Map<string, Assignment>
  timers: Map<string, TimerRow>
  /** What became of answers that were given without the database. */
  decisions: Map<string, 'merged' | 'lost' | 'gone'>
  log: LogEvent[]
}

export const copyOf = (tables: Tables): Tables => ({
  ...tables,
  signals: new Map(tables.signals),
  alarms: new Map(tables.alarms),
  incidents: new Map(tables.incidents),
  assignments: new Map(tables.assignments),
  decisions: new Map(tables.decisions),
  timers: new Map([...tables.timers].map(([key, row]) => [key, { ...row }])),
  log: [...tables.log],
})

/** An officer's answer on the disk of the core; it survives its process. */
export interface Answer {
  id: string
  alarmId: string
  by: string
  at: string
  seen: number
}

export function setTimer(tx: Tables, timer: Omit<TimerRow, 'firedAtMs' | 'isCancelled'>): void {
  tx.timers.set(`${timer.kind} ${timer.subjectId} ${timer.step}`, { ...timer, firedAtMs: null, isCancelled: false })
}

/** Compare and set: the first answer wins, whichever way it came. */
export function merge(tx: Tables, { id, alarmId, by, at, seen }: Answer): NewEvent[] {
  const before = tx.alarms.get(alarmId)!
  const action = { do: 'acknowledge', at, by, seen } as const
  try {
    const alarm = transitionAlarm(before, action)
    tx.decisions.set(id, 'merged')
    if (alarm === before) return []
    tx.alarms.set(alarmId, alarm)
    if (alarm.state !== 'raised') cancelEscalation(tx, alarmId)
    return [alarmEvent(alarm, 'acknowledge', by)]
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    tx.decisions.set(id, 'lost')
    return []
  }
}

export function decided(alarm: Alarm, { by, at, seen }: Answer): Alarm {
  try {
    return transitionAlarm(alarm, { do: 'acknowledge', at, by, seen })
  } catch (error) {
    if (error instanceof Fault) return alarm
    throw error
  }
}

export function cancelEscalation(tx: Tables, alarmId: string): void {
  for (const timer of tx.timers.values()) {
    const isMine = timer.subjectId === alarmId && timer.kind === 'escalate'
    if (isMine && timer.firedAtMs === null) timer.isCancelled = true
  }
}

export function alarmEvent(alarm: Alarm, action: string, actor: string): NewEvent {
  return { kind: 'alarm', action, subjectId: alarm.id, incidentId: alarm.incidentId, actor, body: alarm }
}

export function incidentEvent(incident: Incident, action: string): NewEvent {
  return { kind: 'incident', action, subjectId: incident.id, incidentId: incident.id, actor: 'li', body: incident }
}
