import { useState } from 'react'
import { REPORT_TABS, type ReportTab } from './report-tabs.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { clock } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { language } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { goTo, route } from '../route.ts'
import { saveFile } from '../ui/save-file.ts'
import { CoverageHistory } from './coverage-history.tsx'
import { daysOf, PERIODS, spanOf, type Days, type Period, type Span } from './period.ts'
import { ResponseTimesReport } from './response-times-report.tsx'
import { useReportText } from './report-words.ts'
import '../pages/page-table.css'
import './reports-page.css'

/** How it went: response times with what they leave out, and when each zone was held. Every figure is the centre's. */
export function ReportsPage() {
  const w = useReportText()
  const { id } = useObservable(route)
  const tab: ReportTab = REPORT_TABS.find((one) => one === id) ?? 'zone'
  const [period, setPeriod] = useState<Period>('7d')
  const [custom, setCustom] = useState<Days>(() => daysOf('7d', clock.nowMs()))
  const days = period === 'custom' ? custom : daysOf(period, clock.nowMs())
  const span = spanOf(days)
  return (
    <PageFrame
      heading={w.heading}
      tools={
        <>
          <PeriodPicker
            period={period}
            days={days}
            onPeriod={(next) => {
              // What is shown becomes where the picking begins.
              if (next === 'custom') setCustom(days)
              setPeriod(next)
            }}
            onDays={setCustom}
          />
          <button
            type="button"
            data-action="csv"
            disabled={typeof span === 'string'}
            onClick={() => typeof span !== 'string' && void download(tab, span, days, w.saved)}
          >
            {w.csv}
          </button>
          <button type="button" onClick={() => print()}>
            {w.print}
          </button>
        </>
      }
    >
      <div className="report" data-report={tab}>
        <PrintHead days={days} />
        <div className="tabs" role="tablist" aria-label={w.tabs}>
          {REPORT_TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`report-tab-${one}`}
              aria-selected={tab === one}
              aria-controls="report-panel"
              onClick={() => goTo('reports', one)}
            >
              {w.tab[one]}
            </button>
          ))}
        </div>
        <div role="tabpanel" id="report-panel" aria-labelledby={`report-tab-${tab}`} className="report-panel">
          {typeof span === 'string' ? (
            <p className="empty dim" data-wrong={span}>
              {span === 'bad-span' ? w.badSpan : w.longSpan}
            </p>
          ) : tab === 'coverage' ? (
            <CoverageHistory span={span} days={days} />
          ) : (
            <ResponseTimesReport by={tab} span={span} />
          )}
        </div>
      </div>
    </PageFrame>
  )
}

/** On paper there is no strip that says whose report this is. */
function PrintHead({ days }: { days: Days }) {
  const w = useReportText()
  const lang = useObservable(language)
  const city = useObservable(store.city)
  const name = city ? (lang === 'en' ? city.nameEn : city.name) : ''
  return (
    <div className="report-print-head">
      <strong>{w.of(name)}</strong>
      <span className="num">{w.span(days.first, days.last)}</span>
    </div>
  )
}

function PeriodPicker({
  period,
  days,
  onPeriod,
  onDays,
}: {
  period: Period
  days: Days
  onPeriod: (period: Period) => void
  onDays: (days: Days) => void
}) {
  const w = useReportText()
  return (
    <>
      {period === 'custom' && (
        <span className="report-days">
          {(['first', 'last'] as const).map((end) => (
            <input
              key={end}
              type="date"
              required
              aria-label={end === 'first' ? w.from : w.to}
              value={days[end]}
              onChange={(event) => onDays({ ...days, [end]: event.target.value })}
            />
          ))}
        </span>
      )}
      <div role="radiogroup" aria-label={w.period} className="segmented">
        {PERIODS.map((one) => (
          <button key={one} type="button" role="radio" aria-checked={period === one} onClick={() => onPeriod(one)}>
            {w.periods[one]}
          </button>
        ))}
      </div>
    </>
  )
}

async function download(tab: ReportTab, span: Span, days: Days, saved: (name: string) => string): Promise<void> {
  try {
    const file = await api.reportCsv(tab, span.fromMs, span.toMs)
    const name = `vigil-${tab === 'coverage' ? 'coverage' : `response-by-${tab}`}-${days.first}-${days.last}.csv`
    saveFile(file, name)
    say(saved(name))
  } catch (error) {
    say(faultSentence(asApiFault(error)), true)
  }
}
