import type { ResponseTimes } from '../../domain/wire/reports.ts'
import { Fold } from '../ui/fold.tsx'
import { useReportText } from './report-words.ts'

/** Lines that are drawn; the centre lists a thousand, the file has them all. */
const LISTED_MAX = 200

/** A share says little without what it leaves out: every reason with its count, then the orders themselves. */
export function Exclusions({ report }: { report: ResponseTimes }) {
  const w = useReportText()
  const reasons = Object.entries(report.excludedBy)
  const all = reasons.reduce((sum, [, n]) => sum + n, 0)
  const listed = report.excluded.slice(0, LISTED_MAX)
  const word = (why: string) => w.reasons[why] ?? why
  if (all === 0) return <p className="dim report-how">{w.excludedNone}</p>
  return (
    <section className="report-excluded">
      <h2>{w.excluded(all)}</h2>
      <ul className="report-reasons">
        {reasons.map(([why, n]) => (
          <li key={why} data-excluded-why={why}>
            {word(why)} <strong className="num">{n}</strong>
          </li>
        ))}
      </ul>
      <Fold summary={w.excludedList}>
        {listed.length < all && <p className="dim">{w.excludedMore(listed.length, all)}</p>}
        <table className="page-table">
          <thead>
            <tr>
              <th scope="col">{w.order}</th>
              <th scope="col">{w.why}</th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ assignmentId, why }) => (
              <tr key={assignmentId}>
                <td className="num dim">{assignmentId}</td>
                <td>{word(why)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Fold>
    </section>
  )
}
