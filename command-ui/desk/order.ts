import type { Alarm } from '../../domain/alarm.ts'
import type { Incident } from '../../domain/incident.ts'

/** Order of the stack: by priority; unacknowledged before acknowledged; the newest first. Closed and shelved alarms are not in it. */
export function stackOrder(alarms: readonly Alarm[]): Alarm[] {
  return alarms
    .filter((alarm) => alarm.state !== 'closed' && !alarm.shelved)
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        Number(a.state !== 'raised') - Number(b.state !== 'raised') ||
        (a.raisedAt < b.raisedAt ? 1 : a.raisedAt > b.raisedAt ? -1 : 0),
    )
}

/** What officers have put aside, the one that comes back first on top. */
export function shelvedOrder(alarms: readonly Alarm[]): Alarm[] {
  const until = (alarm: Alarm) => alarm.shelved?.until ?? ''
  return alarms
    .filter((alarm) => alarm.state !== 'closed' && alarm.shelved)
    .sort((a, b) => (until(a) < until(b) ? -1 : 1))
}

/** Open incidents, most urgent first, then oldest first: who has waited longest is on top. */
export function incidentOrder(incidents: readonly Incident[]): Incident[] {
  return incidents
    .filter((incident) => incident.state !== 'closed' && incident.state !== 'merged')
    .sort((a, b) => a.priority - b.priority || (a.openedAt < b.openedAt ? -1 : 1))
}

/** One line of the stack: an alarm, or in a flood all of one place. */
export type StackRow = { id: string; alarm: Alarm; among: null } | { id: string; alarm: Alarm; among: readonly Alarm[] }

/**
 * The lines of the stack. In a flood the alarms of one site (of one device without a site) share a line with their number; every alarm of the
 * first priority keeps a line of its own, and nothing is left out. A group stands where its most urgent alarm would.
 * @param ordered as `stackOrder` has it
 * @param opened ids of groups whose alarms are listed below them
 */
export function stackRows(ordered: readonly Alarm[], isFlood: boolean, opened: ReadonlySet<string>): StackRow[] {
  if (!isFlood) return ordered.map((alarm) => ({ id: alarm.id, alarm, among: null }))
  const groups = new Map<string, Alarm[]>()
  for (const alarm of ordered) if (alarm.priority > 1) push(groups, groupId(alarm), alarm)
  const rows: StackRow[] = []
  for (const alarm of ordered) {
    const among = alarm.priority > 1 ? groups.get(groupId(alarm)) : undefined
    if (!among || among.length === 1) rows.push({ id: alarm.id, alarm, among: null })
    else if (among[0] === alarm) {
      const id = groupId(alarm)
      rows.push({ id, alarm, among })
      if (opened.has(id)) for (const one of among) rows.push({ id: one.id, alarm: one, among: null })
    }
  }
  return rows
}

function groupId(alarm: Alarm): string {
  return `group:${alarm.siteId ?? alarm.deviceId}`
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/**
 * Keeps rows where they are while the officer's pointer is among them: known rows keep their order, new rows wait outside and are counted.
 * @param gone what a row that is no longer wanted shows until the pointer leaves; without an answer it leaves at once
 */
export function frozenOrder<T extends { id: string }>(
  shown: readonly string[],
  wanted: readonly T[],
  gone: (id: string) => T | undefined = () => undefined,
): { rows: T[]; waiting: number } {
  const byId = new Map(wanted.map((item) => [item.id, item]))
  const rows: T[] = []
  let known = 0
  for (const id of shown) {
    const item = byId.get(id)
    if (item) known++
    const row = item ?? gone(id)
    if (row) rows.push(row)
  }
  return { rows, waiting: wanted.length - known }
}
