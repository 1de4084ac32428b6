import type { ImportProblem } from '../../domain/wire/register.ts'
import { useManyText } from './many-words.ts'

/** Every problem of a file, where and what, so that a spreadsheet is mended once. */
export function ImportProblems({ problems, leftOff }: { problems: readonly ImportProblem[]; leftOff: number }) {
  const t = useManyText()
  const { columns } = t.csv
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="import-problems" tabIndex={0} role="region" aria-label={columns.what}>
      <table className="page-table">
        <thead>
          <tr>
            <th scope="col">{columns.row}</th>
            <th scope="col">{columns.column}</th>
            <th scope="col">{columns.what}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map((problem, i) => (
            <ProblemRow key={`${problem.row} ${problem.column} ${problem.code} ${i}`} problem={problem} />
          ))}
        </tbody>
      </table>
      {leftOff > 0 && <p className="dim">{t.csv.leftOff(leftOff)}</p>}
    </div>
  )
}

function ProblemRow({ problem: { row, id, column, found, code, facts } }: { problem: ImportProblem }) {
  const t = useManyText()
  return (
    <tr data-problem={code} data-row={row ?? ''}>
      <td>
        {row === null ? <span className="dim">{t.csv.wholeFile}</span> : <strong className="num">{row}</strong>}
        {id !== null && <div className="dim num">{id}</div>}
      </td>
      <td className="num">{column ?? '—'}</td>
      <td>
        {found !== null && found !== '' && <strong>{t.csv.found(found)} </strong>}
        {t.problem[code](facts)}
      </td>
    </tr>
  )
}
