import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import type { Incident } from '../../domain/incident.ts'
import { assignmentsOfIncident, storedRecommendation } from '../dispatch/assignment-rows.ts'
import type { CentreState } from '../live/centre-state.ts'
import { readEventsOfIncident } from '../live/event-rows.ts'
import type { Database } from '../store/database.ts'
import { readAlarms } from './alarm-rows.ts'
import { checklistOf } from './checklists.ts'
import { readIncident } from './incident-rows.ts'

/** A timeline of more has been escalating for a day; the oldest lines are what a report needs. */
const TIMELINE_MAX = 500

/** Everything about one incident. @throws Fault `not-found` */
export async function readIncidentDetail(
  deps: { database: Database; state: CentreState; recommend: (incident: Incident) => Recommendation },
  id: string,
): Promise<IncidentDetail> {
  const { database, state } = deps
  const incident = await readIncident(database, id)
  const [alarms, assignments, timeline, stored] = await Promise.all([
    readAlarms(database, incident.alarmIds),
    assignmentsOfIncident(database, id),
    readEventsOfIncident(database, id, TIMELINE_MAX),
    storedRecommendation(database, id),
  ])
  const site = incident.siteId === null ? null : (state.sites.get(incident.siteId) ?? null)
  return {
    incident,
    alarms,
    assignments,
    site,
    contacts: site?.contacts ?? [],
    checklist: checklistOf(incident.type),
    timeline,
    // Before the first order what would be sent now; afterwards what the officer was shown.
    recommendation: stored ?? (isOpenIncident(incident) ? deps.recommend(incident) : null),
  }
}
