import { useCallback } from 'react'
import type { ReportBy, ResponseLine, ResponseTimes } from '../../domain/wire/reports.ts'
import { api } from '../data/api.ts'
import { minutesSeconds } from '../i18n/durations.ts'
import { Exclusions } from './exclusions.tsx'
import type { Span } from './period.ts'
import { RangeBar, ShareBar } from './report-bars.tsx'
import { ReportState } from './report-state.tsx'
import { useReportText } from './report-words.ts'
import { useAnswer } from '../data/use-answer.ts'

interface Line extends ResponseLine {
  key: string | null
  name: string
  goalS: number | null
}

/** p50, p90 and the share inside the goal of every group, with n beside each, and what was not counted below. */
export function ResponseTimesReport({ by, span }: { by: ReportBy; span: Span }) {
  const w = useReportText()
  const { fromMs, toMs } = span
  const loading = useAnswer(useCallback(() => api.responseTimes(by, fromMs, toMs), [by, fromMs, toMs]))
  const report = loading.value
  if (!report) return <ReportState loading={loading} />
  // While another grouping is on its way the last one stays, as what it is.
  const lines = linesOf(report)
  return (
    <div aria-busy={loading.isBusy}>
      <Summary report={report} />
      {report.n === 0 ? (
        <div className="empty" data-state="empty">
          <p>{w.empty}</p>
          <p className="dim">{w.emptyHint}</p>
        </div>
      ) : (
        <LineTable by={report.by} lines={lines} />
      )}
      <p className="dim report-how">{w.how}</p>
      <Exclusions report={report} />
    </div>
  )
}

/** Zones of which nothing is known are told too: a promise that was never tested is a fact. */
function linesOf(report: ResponseTimes): Line[] {
  if (report.by !== 'zone') return report.groups.map((line) => ({ ...line, goalS: null }))
  return report.zones
    .filter((line) => line.zoneId !== null || line.n > 0)
    .map(({ zoneId, ...line }) => ({ ...line, key: zoneId }))
}

function Summary({ report }: { report: ResponseTimes }) {
  const w = useReportText()
  const excluded = Object.values(report.excludedBy).reduce((sum, n) => sum + n, 0)
  return (
    <dl className="report-summary">
      <div>
        <dt>{w.count}</dt>
        <dd className="num" data-count={report.n}>
          {w.orders(report.n)}
        </dd>
      </div>
      <div>
        <dt>{w.excludedCount}</dt>
        <dd className="num" data-excluded={excluded}>
          {w.orders(excluded)}
        </dd>
      </div>
    </dl>
  )
}

function LineTable({ by, lines }: { by: ReportBy; lines: readonly Line[] }) {
  const w = useReportText()
  const c = w.columns
  const scaleS = Math.max(60, ...lines.flatMap(({ responseS, goalS }) => [responseS[1] ?? 0, goalS ?? 0]))
  const hasGoals = by === 'zone'
  const phases = ['handling', 'turnout', 'travel'] as const
  return (
    <table className="page-table report-table">
      <thead>
        <tr>
          <th scope="col">{c.name[by]}</th>
          {hasGoals && <th scope="col">{c.goal}</th>}
          <th scope="col">{c.n}</th>
          <th scope="col">{c.inside}</th>
          <th scope="col">
            {c.response} <span className="dim">{w.pair}</span>
          </th>
          {phases.map((phase) => (
            <th key={phase} scope="col">
              {c[phase]} <span className="dim">{w.pair}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key ?? ''} data-line={line.key ?? 'none'}>
            <th scope="row" className="ellipsis">
              {line.name || (line.key ?? w.unnamed[by])}
            </th>
            {hasGoals && <td className="num">{line.goalS === null ? '—' : minutesSeconds(line.goalS)}</td>}
            <td className="num report-n">{line.n}</td>
            <td>
              <ShareBar share={line.insideShare} />
            </td>
            <td>
              <RangeBar pair={line.responseS} goalS={line.goalS} scaleS={scaleS} />
            </td>
            {phases.map((phase) => (
              <td key={phase} className="num">
                {pairText(line[`${phase}S`])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `1′05″ / 2′10″`; without a value a dash, never a zero. */
export function pairText([p50, p90]: readonly [number | null, number | null]): string {
  return p50 === null || p90 === null ? '—' : `${minutesSeconds(p50)} / ${minutesSeconds(p90)}`
}
