import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import { incidentEvent, noteEvent } from '../alarms/alarm-actions.ts'
import { lockIncident, saveIncidents } from '../alarms/incident-rows.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'

/**
 * Another level of the run card for one incident; the next recommendation asks for as many patrols. The level that it has: nothing happens.
 * @throws Fault `state-changed` when it is closed; `not-found`
 */
export async function raiseAlarmLevel(
  { events }: { events: EventLog },
  incidentId: string,
  { level, reason }: { level: number; reason?: string | undefined },
  actor: string,
): Promise<Incident> {
  return await events.transact(async (tx) => {
    const before = await lockIncident(tx, incidentId)
    if (!isOpenIncident(before)) {
      throw new Fault('state-changed', `the incident is already ${before.state}`, { state: before.state })
    }
    if ((before.alarmLevel ?? 1) === level) return before
    const after = { ...before, alarmLevel: level }
    await saveIncidents(tx, [after])
    const told: NewEvent[] = [incidentEvent(after, 'level-changed', actor)]
    if (reason) told.push(noteEvent(incidentId, actor, reason))
    await events.appendAll(tx, told)
    return after
  })
}
