import type { Loading } from '../data/use-answer.ts'
import { FailedState } from '../pages/page-state.tsx'
import { useReportText } from './report-words.ts'

/** What stands where a report should be: it is being counted, may not be seen, or did not come. */
export function ReportState({ loading }: { loading: Loading<unknown> }) {
  const w = useReportText()
  const { fault, again } = loading
  if (fault) return <FailedState fault={fault} onAgain={again} />
  return (
    <p className="empty dim page-state" role="status" data-state="loading">
      {w.loading}
    </p>
  )
}
