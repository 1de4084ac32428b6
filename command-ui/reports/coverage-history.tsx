import { useCallback } from 'react'
import type { CoverageReport } from '../../domain/wire/reports.ts'
import { api } from '../data/api.ts'
import { minutesSeconds } from '../i18n/durations.ts'
import { eachDay, type Days, type Span } from './period.ts'
import { percent } from './percent.ts'
import { ReportState } from './report-state.tsx'
import { useReportText } from './report-words.ts'
import { useAnswer } from '../data/use-answer.ts'

type Day = CoverageReport['days'][number]

/** Steps of the heat strip, share of the minutes of a day that were held; lighter is better, and the number stands in the cell. */
const STEPS = [0.99, 0.95, 0.9, 0.75, 0.5] as const

/** A strip of days for each zone: how much of each day it was held. */
export function CoverageHistory({ span, days }: { span: Span; days: Days }) {
  const w = useReportText()
  const { fromMs, toMs } = span
  const loading = useAnswer(useCallback(() => api.coverageReport(fromMs, toMs), [fromMs, toMs]))
  const report = loading.value
  if (!report) return <ReportState loading={loading} />
  if (report.days.length === 0) {
    return (
      <div className="empty" data-state="empty">
        <p>{w.coverageEmpty}</p>
        <p className="dim">{w.coverageHint}</p>
      </div>
    )
  }
  return (
    <div aria-busy={loading.isBusy}>
      <div className="heat-scroll" tabIndex={0} role="region" aria-label={w.tab.coverage}>
        <HeatTable report={report} dates={eachDay(days)} />
      </div>
      <p className="dim report-how">{w.coverageHow(Math.round(report.heldShare * 100))}</p>
      <ul className="heat-legend dim" aria-hidden>
        {[...STEPS, 0].map((step) => (
          <li key={step}>
            <i className={`heat-${heatOf(step)}`} /> {step === 0 ? `< ${STEPS.at(-1)! * 100}%` : `≥ ${step * 100}%`}
          </li>
        ))}
      </ul>
    </div>
  )
}

function HeatTable({ report, dates }: { report: CoverageReport; dates: readonly string[] }) {
  const w = useReportText()
  const zones = new Map<string, Map<string, Day>>()
  for (const day of report.days) {
    const known = zones.get(day.zoneId) ?? new Map<string, Day>()
    zones.set(day.zoneId, known.set(day.day, day))
  }
  return (
    <table className="heat" data-days={dates.length}>
      <thead>
        <tr>
          <th scope="col">{w.columns.name.zone}</th>
          <th scope="col">{w.columns.goal}</th>
          {dates.map((date, i) => (
            <th key={date} scope="col" className="num heat-day">
              {(i === 0 || date.endsWith('-01')) && <span className="heat-month">{date.slice(5, 7)}/</span>}
              {date.slice(8)}
            </th>
          ))}
          <th scope="col">{w.whole}</th>
        </tr>
      </thead>
      <tbody>
        {[...zones].map(([zoneId, byDay]) => (
          <tr key={zoneId} data-zone={zoneId}>
            <th scope="row">{[...byDay.values()].at(-1)?.name || w.gone(zoneId)}</th>
            <td className="num">{goalsText(byDay)}</td>
            {dates.map((date) => (
              <HeatCell key={date} date={date} day={byDay.get(date)} />
            ))}
            <Whole days={[...byDay.values()]} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function HeatCell({ date, day }: { date: string; day: Day | undefined }) {
  const w = useReportText()
  const share = day?.heldOfMeasured ?? null
  // No minute measured is not a bad day: it has no colour.
  if (!day || share === null) return <td className="heat-none" title={date} />
  const words = `${date} · ${w.minutes(day.held, day.measured)} · ${w.worst(Math.floor(day.leastShare * 100))}`
  return (
    <td className={`num heat-cell heat-${heatOf(share)}`} title={words} data-held={day.held}>
      {Math.floor(share * 100)}
    </td>
  )
}

function Whole({ days }: { days: readonly Day[] }) {
  const w = useReportText()
  const held = days.reduce((sum, day) => sum + day.held, 0)
  const measured = days.reduce((sum, day) => sum + day.measured, 0)
  return (
    <td className="num" title={w.minutes(held, measured)}>
      <strong>{measured === 0 ? '—' : percent(held / measured)}</strong>
    </td>
  )
}

function goalsText(byDay: ReadonlyMap<string, Day>): string {
  const goals = new Set([...byDay.values()].flatMap(({ goalsS }) => goalsS))
  return [...goals].sort((a, b) => a - b).map(minutesSeconds).join(' · ') // prettier-ignore
}

function heatOf(share: number): number {
  const step = STEPS.findIndex((least) => share >= least)
  return step < 0 ? STEPS.length : step
}
