import { toIso } from '../../domain/clock.ts'
import { PERCENTILES, type ReportBy, type ResponseLine, type ResponseTimes } from '../../domain/wire/reports.ts'
import type { Zone } from '../../domain/zone.ts'
import { calledRows } from '../live/visible-rows.ts'
import type { Who } from '../live/visibility.ts'
import type { Queryable } from '../store/database.ts'

/** Exclusions that are listed one by one, the newest; all of them are counted by reason. */
export const EXCLUDED_LISTED_MAX = 1000

export interface ReportSpan {
  fromMs: number
  toMs: number
}

export interface ResponseTimesQuestion extends ReportSpan {
  by: ReportBy
  zones: readonly Zone[]
  /** Whose report: of the incidents that this officer sees. */
  who: Who
  /** In words what a group is: a callsign, a site's name. */
  nameOf: (key: string | null) => string
}

interface Line {
  is_zone: number
  key: string | null
  n: number
  with_goal: number
  inside: number
  handling: [number, number]
  turnout: [number, number]
  travel: [number, number]
  response: [number, number]
}

/**
 * Every order of the span with its phases after NFPA 1710, in seconds: handling (alarm raised → ordered), turnout (ordered → en route), travel
 * (en route → on scene), response (ordered → on scene, what the zone's goal promises), and why it cannot be counted, if so.
 */
const orders = (where: string): string => `
  select o.*, case
      when state in ('declined', 'cancelled', 'diverted') then state
      when on_scene_at is null then 'never-on-scene'
      when disposition in ('test', 'drill') then disposition end as why
    from (
      select a.id, a.state, a.patrol_id, a.ordered_at, i.opened_at, i.body->>'disposition' as disposition,
             case when i.body->>'zoneId' = any($3::text[]) then i.body->>'zoneId' end as zone_id,
             i.body->>'siteId' as site_id, (a.body->>'goalS')::integer as goal_s,
             coalesce((a.body->>'enRouteAt')::timestamptz, a.ordered_at) as en_route_at,
             (a.body->>'onSceneAt')::timestamptz as on_scene_at
        from assignment a join incident i on i.id = a.incident_id
       where a.ordered_at >= $1 and a.ordered_at < $2 and ${where}) as o`

const KEYS: Record<ReportBy, string> = {
  zone: 'zone_id',
  hour: `to_char(ordered_at at time zone $4, 'HH24')`,
  patrol: 'patrol_id',
  site: 'site_id',
}

const phase = (from: string, to: string, name: string): string => {
  const seconds = `extract(epoch from ${to} - ${from})`
  return `percentile_disc(array[0.5, 0.9]) within group (order by ${seconds})::float8[] as ${name}`
}

/** One reading of the orders, grouped twice: by what was asked and by zone. percentile_disc is the nearest rank. */
const linesSql = (by: ReportBy, where: string): string => `
  select grouping(key) as is_zone, case when grouping(key) = 0 then key else zone_id end as key, count(*)::integer as n,
         count(goal_s)::integer as with_goal,
         count(*) filter (where extract(epoch from on_scene_at - ordered_at) <= goal_s)::integer as inside,
         ${phase('opened_at', 'ordered_at', 'handling')},
         ${phase('ordered_at', 'en_route_at', 'turnout')},
         ${phase('en_route_at', 'on_scene_at', 'travel')},
         ${phase('ordered_at', 'on_scene_at', 'response')}
    from (select *, ${KEYS[by]} as key from (${orders(where)}) as judged where why is null and $4::text is not null) as counted
   group by grouping sets ((key), (zone_id)) order by 1, 2 nulls last`

/**
 * The report of a span, worked out by the database: its price is one pass over the orders of the span, and no order ever is in this process.
 * Orders that cannot be counted are counted by reason, and the newest of them listed; never dropped silently.
 */
export async function readResponseTimes(
  database: Queryable,
  { fromMs, toMs, by, zones, nameOf, who }: ResponseTimesQuestion,
): Promise<ResponseTimes> {
  const span = [toIso(fromMs), toIso(toMs), zones.map((zone) => zone.id)]
  const mine = (from: number) => calledRows(who, 'i.body', from)
  const lines = await database.query<Line>(linesSql(by, mine(5).where), [...span, localZone(), ...mine(5).params])
  const counts = await database.query<{ why: string; n: number }>(
    `select why, count(*)::integer as n from (${orders(mine(4).where)}) as judged where why is not null group by why order by 2 desc, 1`,
    [...span, ...mine(4).params],
  )
  const listed = await database.query<{ id: string; why: string }>(
    `select id, why from (${orders(mine(5).where)}) as judged where why is not null order by ordered_at desc, id desc limit $4`,
    [...span, EXCLUDED_LISTED_MAX, ...mine(5).params],
  )
  const byZone = new Map(lines.filter((line) => line.is_zone === 1).map((line) => [line.key, line]))
  const ids: (string | null)[] = [...zones.map((zone) => zone.id), null]
  return {
    from: toIso(fromMs),
    to: toIso(toMs),
    n: [...byZone.values()].reduce((sum, line) => sum + line.n, 0),
    percentiles: PERCENTILES,
    excluded: listed.map(({ id, why }) => ({ assignmentId: id, why })),
    excludedBy: Object.fromEntries(counts.map(({ why, n }) => [why, n])),
    by,
    groups: lines
      .filter((line) => line.is_zone === 0)
      .map((line) => ({ key: line.key, name: nameOf(line.key), ...figures(line) })),
    zones: ids.map((zoneId) => {
      const zone = zones.find((one) => one.id === zoneId)
      return { zoneId, name: zone?.name ?? '', goalS: zone?.goalS ?? null, ...figures(byZone.get(zoneId)) }
    }),
  }
}

function figures(line: Line | undefined): ResponseLine {
  const none: [null, null] = [null, null]
  return {
    n: line?.n ?? 0,
    insideShare: line && line.with_goal > 0 ? line.inside / line.with_goal : null,
    handlingS: line?.handling ?? none,
    turnoutS: line?.turnout ?? none,
    travelS: line?.travel ?? none,
    responseS: line?.response ?? none,
  }
}

/** Hours and days of a report are those on the wall of the centre. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
