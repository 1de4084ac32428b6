import type { Disposition, Priority } from './alarm.ts'
import type { Assignment } from './assignment.ts'
import { Fault } from './fault.ts'
import type { Incident } from './incident.ts'

/** How far an incident has come; it never falls back because one of several patrols is cleared. */
const ORDER: Record<Incident['state'], number> = {
  open: 0,
  dispatched: 1,
  enRoute: 2,
  onScene: 3,
  controlled: 4,
  closed: 5,
  merged: 5,
}

export function isOpenIncident(incident: Incident): boolean {
  return incident.state !== 'closed' && incident.state !== 'merged'
}

/**
 * The incident after its assignments have changed: its state and the first time of each step are derived from them. When every
 * order has ended without an arrival the incident is open again, so that nobody believes a car is coming.
 */
export function deriveIncident(incident: Incident, assignments: readonly Assignment[]): Incident {
  if (!isOpenIncident(incident)) return incident
  const sent = assignments.filter((a) => a.state !== 'declined' && a.state !== 'cancelled' && a.state !== 'diverted')
  const next: Incident = {
    ...incident,
    dispatchedAt: incident.dispatchedAt ?? earliest(assignments.map((a) => a.orderedAt)),
    enRouteAt: earliest(sent.map((a) => a.enRouteAt)),
    onSceneAt: earliest(sent.map((a) => a.onSceneAt)),
    controlledAt: null,
    state: 'open',
  }
  const arrived = sent.filter((a) => a.onSceneAt !== null)
  const allCleared = arrived.length > 0 && sent.every((a) => a.state === 'cleared')
  if (allCleared) {
    next.state = 'controlled'
    next.controlledAt = latest(sent.map((a) => a.clearedAt))
  } else if (arrived.length > 0) next.state = 'onScene'
  else if (sent.some((a) => a.state === 'enRoute')) next.state = 'enRoute'
  else if (sent.some((a) => a.state === 'ordered' || a.state === 'accepted')) next.state = 'dispatched'
  return next
}

/** Another alarm of the same scene joins, or one of its own has become graver. The gravest gives the incident its name. */
export function joinAlarm(
  incident: Incident,
  alarm: { id: string; type: Incident['type']; priority: Priority },
): Incident {
  const graver = alarm.priority < incident.priority
  const isKnown = incident.alarmIds.includes(alarm.id)
  if (isKnown && !graver) return incident
  return {
    ...incident,
    alarmIds: isKnown ? incident.alarmIds : [...incident.alarmIds, alarm.id],
    type: graver ? alarm.type : incident.type,
    priority: graver ? alarm.priority : incident.priority,
  }
}

/**
 * @throws Fault `state-changed` when it has been closed otherwise or merged
 * @returns the same object when it is already closed with this disposition
 */
export function closeIncident(incident: Incident, at: string, disposition: Disposition, note: string | null): Incident {
  if (incident.state === 'closed' && incident.disposition === disposition) return incident
  if (!isOpenIncident(incident)) {
    throw new Fault('state-changed', `the incident is already ${incident.state}`, {
      state: incident.state,
      disposition: incident.disposition,
      at: incident.closedAt,
    })
  }
  return { ...incident, state: 'closed', closedAt: at, disposition, closingNote: note }
}

/** True while something can still be sent there. */
export function canDispatch(incident: Incident): boolean {
  return ORDER[incident.state] < ORDER.closed
}

function earliest(times: readonly (string | null)[]): string | null {
  return times.reduce<string | null>((best, t) => (t !== null && (best === null || t < best) ? t : best), null)
}

function latest(times: readonly (string | null)[]): string | null {
  return times.reduce<string | null>((best, t) => (t !== null && (best === null || t > best) ? t : best), null)
}
