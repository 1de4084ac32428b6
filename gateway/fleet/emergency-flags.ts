import { FIX_FLAGS } from '../../domain/fix.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import type { Incident } from '../../domain/incident.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'

/** A vehicle with an open incident is drawn as an emergency and tracked, from the very dot after its press. */
export function followEmergencies(state: CentreState, events: EventLog): void {
  const mark = (incident: Incident) => {
    if (incident.vehicleId === null) return
    const open = isOpenIncident(incident)
    state.positions.setFlag(incident.vehicleId, FIX_FLAGS.emergency, open)
    state.positions.setFlag(incident.vehicleId, FIX_FLAGS.tracked, open)
  }
  for (const incident of state.incidents.values()) mark(incident)
  events.subscribe((event) => {
    if (event.kind === 'incident') mark(event.body as unknown as Incident)
  })
}
