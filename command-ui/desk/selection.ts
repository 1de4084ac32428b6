import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Incident } from '../../domain/incident.ts'
import { useDeferredValue } from 'react'
import { clock } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { stageOf, type Stage } from './stage.ts'

/** What the panel, the map and the keys are about. An alarm without an incident is provisional or a moment old. */
export interface Selection {
  alarmId: string | null
  incidentId: string | null
}

export const NOTHING: Selection = { alarmId: null, incidentId: null }

export const selection = new Observable<Selection>(NOTHING)
/** Patrol that Enter would send, when the officer has chosen another than the recommended one. */
export const choice = new Observable<string | null>(null)
/** Alarms whose pop-up the officer has folded away. One entry per alarm, forgotten with the page. */
export const folded = new Observable<ReadonlySet<string>>(new Set())
/** Camera in the main picture, when the officer has chosen one from the strip. */
export const mainCameraId = new Observable<string | null>(null)

/** After the officer has chosen something by hand, a new alarm waits this long before it may take the panel. */
export const PINNED_MS = 8000
let pinnedUntilMs = -Infinity

export function isPinned(): boolean {
  return clock.monotonicMs() < pinnedUntilMs
}

/** @param byHand the officer did it: it stays for `PINNED_MS` */
export function select(next: Selection, byHand: boolean): void {
  const now = selection.get()
  const isNothing = next.alarmId === null && next.incidentId === null
  if (byHand || isNothing) pinnedUntilMs = isNothing ? -Infinity : clock.monotonicMs() + PINNED_MS
  if (now.alarmId === next.alarmId && now.incidentId === next.incidentId) return
  choice.set(null)
  mainCameraId.set(null)
  selection.set(next)
}

export function selectAlarm(alarm: Alarm, byHand: boolean): void {
  select({ alarmId: alarm.id, incidentId: alarm.incidentId }, byHand)
}

export function selectIncident(incident: Incident, byHand: boolean): void {
  const alarmId = incident.alarmIds.find((id) => store.alarms.get(id)) ?? null
  select({ alarmId, incidentId: incident.id }, byHand)
}

export interface Current {
  alarm: Alarm | undefined
  incident: Incident | undefined
  incidentId: string | null
  /** Newest first. */
  assignments: readonly Assignment[]
  stage: Stage
}

function currentOf(chosen: Selection, assignments: readonly Assignment[]): Current {
  const alarm = chosen.alarmId ? store.alarms.get(chosen.alarmId) : undefined
  const incidentId = chosen.incidentId ?? alarm?.incidentId ?? null
  const incident = incidentId ? store.incidents.get(incidentId) : undefined
  const own = assignments
    .filter((assignment) => assignment.incidentId === incidentId)
    .sort((a, b) => (a.orderedAt < b.orderedAt ? 1 : -1))
  return { alarm, incident, incidentId, assignments: own, stage: stageOf(alarm, incident, own, store.me.get()) }
}

/** The current selection outside of React. */
export function current(): Current {
  return currentOf(selection.get(), store.assignments.all())
}

/**
 * @param isPatient rendered after what is urgent: the pop-up is painted first, panel, pictures and map follow a frame later
 */
export function useCurrent(isPatient = false): Current {
  const now = useObservable(selection)
  const later = useDeferredValue(now)
  const chosen = isPatient ? later : now
  const alarm = useOne(store.alarms, chosen.alarmId)
  useOne(store.incidents, chosen.incidentId ?? alarm?.incidentId ?? null)
  return currentOf(chosen, useAll(store.assignments))
}
