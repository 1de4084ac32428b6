import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { CoverageReport } from '../../domain/wire/reports.ts'
import type { Zone } from '../../domain/zone.ts'
import type { Queryable } from '../store/database.ts'
import { localZone, type ReportSpan } from './response-times.ts'

/** A year and a month: more days would be a page that nobody reads, 50 zones × 400 days are 20,000 lines. */
const DAYS_MAX = 400
const DAY_MS = 86_400_000

interface Row {
  zone_id: string
  day: string
  goals: number[]
  measured: number
  held: number
  mean: number
  least: number
}

/**
 * Minutes per day in which each zone was held, from the shares that were kept every minute. Counted by the database; a zone that has been
 * removed since keeps its lines, for who sees all.
 * @param zones.only those that may be shown; null: all
 * @throws Fault `bad-request` for a span of more than 400 days, or one that ends before it begins
 */
export async function readCoverageReport(
  database: Queryable,
  { all: zones, only }: { all: ReadonlyMap<string, Zone>; only: readonly string[] | null },
  { fromMs, toMs }: ReportSpan,
  heldShare: number,
): Promise<CoverageReport> {
  if (toMs <= fromMs) throw new Fault('bad-request', 'the span ends before it begins')
  if (toMs - fromMs > DAYS_MAX * DAY_MS) {
    throw new Fault('bad-request', `at most ${DAYS_MAX} days in one report, ask for it in parts`)
  }
  const timeZone = localZone()
  const rows = await database.query<Row>(
    `select zone_id, to_char(at at time zone $3, 'YYYY-MM-DD') as day, array_agg(distinct goal_s order by goal_s) as goals,
            count(*)::integer as measured, count(*) filter (where share >= $4::real)::integer as held,
            avg(share)::float8 as mean, min(share)::float8 as least
       from coverage_minute where at >= $1 and at < $2 and ($5::text[] is null or zone_id = any($5)) group by 1, 2 order by 2, 1`,
    [toIso(fromMs), toIso(toMs), timeZone, heldShare, only],
  )
  return {
    from: toIso(fromMs),
    to: toIso(toMs),
    heldShare,
    timeZone,
    days: rows.map((row) => ({
      zoneId: row.zone_id,
      name: zones.get(row.zone_id)?.name ?? '',
      day: row.day,
      goalsS: row.goals,
      measured: row.measured,
      held: row.held,
      heldOfMeasured: row.measured > 0 ? row.held / row.measured : null,
      meanShare: row.mean,
      leastShare: row.least,
    })),
  }
}
