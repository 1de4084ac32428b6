import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import type { ResponseTimes } from '../../domain/wire/http.ts'
import type { Zone } from '../../domain/zone.ts'
import type { Database } from '../store/database.ts'

/** A month of a busy district; a longer report is asked for in parts. */
const ASSIGNMENTS_MAX = 20_000

interface Row {
  assignment: Assignment
  incident: Incident
}

type Phase = 'handlingS' | 'turnoutS' | 'travelS' | 'responseS'

/**
 * The phases of NFPA 1710 for every order of the time span that reached its scene: handling (alarm raised → ordered), turnout
 * (ordered → en route), travel (en route → on scene), response (ordered → on scene, what the zone's goal promises).
 * Orders that cannot be counted are listed with the reason, never dropped silently.
 */
export async function readResponseTimes(
  database: Database,
  zones: readonly Zone[],
  fromMs: number,
  toMs: number,
): Promise<ResponseTimes> {
  const rows = await database.query<Row>(
    `select a.body as assignment, i.body as incident from assignment a join incident i on i.id = a.incident_id
      where a.ordered_at >= $1 and a.ordered_at < $2 order by a.ordered_at limit $3`,
    [toIso(fromMs), toIso(toMs), ASSIGNMENTS_MAX + 1],
  )
  if (rows.length > ASSIGNMENTS_MAX) {
    throw new Fault('too-large', `more than ${ASSIGNMENTS_MAX} orders in this time span, ask for a shorter one`)
  }
  return summarize(rows, zones, fromMs, toMs)
}

/** Pure part of the report, for tests. */
export function summarize(rows: readonly Row[], zones: readonly Zone[], fromMs: number, toMs: number): ResponseTimes {
  const excluded: ResponseTimes['excluded'] = []
  const counted: Row[] = []
  for (const row of rows) {
    const why = whyExcluded(row)
    if (why === null) counted.push(row)
    else excluded.push({ assignmentId: row.assignment.id, why })
  }
  const ids: (string | null)[] = [...zones.map((zone) => zone.id), null]
  return {
    from: toIso(fromMs),
    to: toIso(toMs),
    n: counted.length,
    excluded,
    zones: ids.map((zoneId) => {
      const zone = zones.find((one) => one.id === zoneId)
      const own = counted.filter(
        (row) => (zones.some((z) => z.id === row.incident.zoneId) ? row.incident.zoneId : null) === zoneId,
      )
      return zoneLine(zoneId, zone, own)
    }),
  }
}

function zoneLine(zoneId: string | null, zone: Zone | undefined, rows: readonly Row[]): ResponseTimes['zones'][number] {
  const times = rows.map(phases)
  const withGoal = rows.filter((row) => row.assignment.goalS !== null)
  const inside = withGoal.filter((row) => phases(row).responseS <= row.assignment.goalS!)
  const of = (phase: Phase) => quantiles(times.map((time) => time[phase]))
  return {
    zoneId,
    name: zone?.name ?? '',
    goalS: zone?.goalS ?? null,
    n: rows.length,
    insideShare: withGoal.length === 0 ? null : inside.length / withGoal.length,
    handlingS: of('handlingS'),
    turnoutS: of('turnoutS'),
    travelS: of('travelS'),
    responseS: of('responseS'),
  }
}

function whyExcluded({ assignment, incident }: Row): string | null {
  if (assignment.state === 'declined' || assignment.state === 'cancelled' || assignment.state === 'diverted') {
    return assignment.state
  }
  if (assignment.onSceneAt === null) return 'never-on-scene'
  if (incident.disposition === 'test' || incident.disposition === 'drill') return incident.disposition
  return null
}

function phases({ assignment, incident }: Row): Record<Phase, number> {
  const orderedMs = Date.parse(assignment.orderedAt)
  const onSceneMs = Date.parse(assignment.onSceneAt!)
  const enRouteMs = assignment.enRouteAt === null ? orderedMs : Date.parse(assignment.enRouteAt)
  return {
    handlingS: (orderedMs - Date.parse(incident.openedAt)) / 1000,
    turnoutS: (enRouteMs - orderedMs) / 1000,
    travelS: (onSceneMs - enRouteMs) / 1000,
    responseS: (onSceneMs - orderedMs) / 1000,
  }
}

/** p50 and p90 by nearest rank; null without any. */
function quantiles(values: number[]): [number | null, number | null] {
  if (values.length === 0) return [null, null]
  const sorted = values.toSorted((a, b) => a - b)
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!
  return [at(0.5), at(0.9)]
}
