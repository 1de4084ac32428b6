import { faultSentence } from '../desk/fault-sentence.ts'
import type { Loading } from './use-report.ts'
import { useReportText } from './report-words.ts'

/** What stands where a report should be: it is being counted, may not be seen, or did not come. */
export function ReportState({ loading }: { loading: Loading<unknown> }) {
  const w = useReportText()
  const { fault, again } = loading
  if (!fault) {
    return (
      <p className="empty dim" role="status" data-state="loading">
        {w.loading}
      </p>
    )
  }
  if (fault.code === 'forbidden') {
    return (
      <div className="empty" role="alert" data-state="forbidden">
        <p>⊘ {w.forbidden}</p>
        <p className="dim">{w.forbiddenHint}</p>
      </div>
    )
  }
  return (
    <div className="empty" role="alert" data-state="failed">
      <p>
        ▲ {w.failed} {faultSentence(fault)}
      </p>
      <p>
        <button type="button" onClick={again}>
          {w.again}
        </button>
      </p>
    </div>
  )
}
