import type { Alarm } from '../../domain/alarm.ts'
import type { Incident } from '../../domain/incident.ts'

/** Order of the stack: by priority; unacknowledged before acknowledged; the newest first. Closed alarms are not in it. */
export function stackOrder(alarms: readonly Alarm[]): Alarm[] {
  return alarms
    .filter((alarm) => alarm.state !== 'closed')
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        Number(a.state !== 'raised') - Number(b.state !== 'raised') ||
        (a.raisedAt < b.raisedAt ? 1 : a.raisedAt > b.raisedAt ? -1 : 0),
    )
}

/** Open incidents, most urgent first, then oldest first: who has waited longest is on top. */
export function incidentOrder(incidents: readonly Incident[]): Incident[] {
  return incidents
    .filter((incident) => incident.state !== 'closed' && incident.state !== 'merged')
    .sort((a, b) => a.priority - b.priority || (a.openedAt < b.openedAt ? -1 : 1))
}

/**
 * Keeps rows where they are while the officer's pointer is among them: known rows keep their order, gone rows leave, new
 * rows wait outside and are counted.
 */
export function frozenOrder<T extends { id: string }>(
  shown: readonly string[],
  wanted: readonly T[],
): { rows: T[]; waiting: number } {
  const byId = new Map(wanted.map((item) => [item.id, item]))
  const rows: T[] = []
  for (const id of shown) {
    const item = byId.get(id)
    if (item) rows.push(item)
  }
  return { rows, waiting: wanted.length - rows.length }
}
