import type { Clock } from '../../domain/clock.ts'
import { coverageSchema, type Coverage } from '../../domain/recommendation.ts'
import { timeSchema } from '../../domain/scalars.ts'
import { coverageReportSchema, reportBySchema, responseTimesSchema, type ReportBy } from '../../domain/wire/reports.ts'
import { z } from '../../domain/z.ts'
import { HELD_SHARE } from '../../domain/zone.ts'
import { sendCsv } from '../http/csv-answer.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { CentreState } from '../live/centre-state.ts'
import { coverageFor, seesThing, whoOf } from '../live/visibility.ts'
import type { Database } from '../store/database.ts'
import { readCoverageReport } from './coverage-report.ts'
import { coverageCsv, responseTimesCsv } from './report-csv.ts'
import { readResponseTimes, type ReportSpan } from './response-times.ts'

export interface ReportRouteDeps {
  database: Database
  state: CentreState
  clock: Clock
  /** As of now; computed when the last one is older than a few seconds. */
  coverage: () => Coverage
}

/** A report without limits is of the last 30 days. */
const REPORT_MS = 30 * 86_400_000
const spanSchema = z.object({ from: timeSchema.optional(), to: timeSchema.optional() })
const formatSchema = z.enum(['json', 'csv']).default('json')

/** What is covered now, and how it went. */
export function reportRoutes(deps: ReportRouteDeps): Route[] {
  const { database, state } = deps
  return [
    defineRoute({
      method: 'get',
      path: '/coverage',
      summary: 'How much of each zone the free patrols reach inside its goal, now',
      action: 'desk.view',
      answer: coverageSchema,
      handler: ({ subject }) => coverageFor(state, whoOf(subject), deps.coverage()),
    }),
    defineRoute({
      method: 'get',
      path: '/reports/response-times',
      summary:
        'Handling, turnout, travel and response times by zone, hour of the day, patrol or site; with n and every exclusion; JSON or CSV',
      action: 'report.read',
      query: spanSchema.extend({ by: reportBySchema.default('zone'), format: formatSchema }),
      answer: responseTimesSchema,
      handler: async ({ query: { by, format, ...span }, subject, res }) => {
        const who = whoOf(subject)
        const zones = state.zonesNow().filter((zone) => seesThing(state, who, zone))
        const nameOf = (key: string | null) => nameOfGroup(state, by, key)
        const report = await readResponseTimes(database, { ...spanOf(deps, span), by, zones, nameOf, who })
        if (format === 'csv') sendCsv(res, `response-times-by-${by}`, responseTimesCsv(report))
        return report
      },
    }),
    defineRoute({
      method: 'get',
      path: '/reports/coverage',
      summary: 'Minutes of each day in which each zone could be reached inside its goal; JSON or CSV',
      action: 'report.read',
      query: spanSchema.extend({ heldShare: z.coerce.number().gt(0).max(1).default(HELD_SHARE), format: formatSchema }),
      answer: coverageReportSchema,
      handler: async ({ query: { heldShare, format, ...span }, subject, res }) => {
        const who = whoOf(subject)
        const mine = [...state.zones.values()].filter((zone) => seesThing(state, who, zone)).map(({ id }) => id)
        const only = who.jurisdiction === '' ? null : mine
        const report = await readCoverageReport(database, { all: state.zones, only }, spanOf(deps, span), heldShare)
        if (format === 'csv') sendCsv(res, 'coverage', coverageCsv(report))
        return report
      },
    }),
  ]
}

function spanOf({ clock }: ReportRouteDeps, { from, to }: z.infer<typeof spanSchema>): ReportSpan {
  const toMs = to === undefined ? clock.nowMs() : Date.parse(to)
  return { fromMs: from === undefined ? toMs - REPORT_MS : Date.parse(from), toMs }
}

function nameOfGroup(state: CentreState, by: ReportBy, key: string | null): string {
  if (key === null) return ''
  switch (by) {
    case 'zone':
      return state.zones.get(key)?.name ?? ''
    case 'hour':
      return `${key}:00–${key}:59`
    case 'patrol':
      return state.patrols.get(key)?.callsign ?? ''
    case 'site':
      return state.sites.get(key)?.name ?? ''
    default: {
      const never: never = by
      return never
    }
  }
}
