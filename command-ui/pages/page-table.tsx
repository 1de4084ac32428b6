import { useText } from '../i18n/language.ts'
import './page-table.css'

/** Rows that are drawn; beyond them one searches. */
export const ROWS_MAX = 300

/** A head that is more than a word: it sorts, or holds a box. */
export interface HeadCell {
  label: string
  sort?: { isOn: boolean; isDown: boolean; toggle: () => void }
  box?: React.ReactNode
}

/**
 * The table of a page: one head cell per column.
 * @param columns in order; null: a column without words on the glass
 * @param nameless what a screen reader says for a column that is null
 * @param more rows that are found and not drawn
 */
export function PageTable({
  columns,
  nameless,
  more = 0,
  children,
}: {
  columns: readonly (string | HeadCell | null)[]
  nameless: string
  more?: number
  children: React.ReactNode
}) {
  const t = useText()
  return (
    <table className="page-table">
      <thead>
        <tr>
          {columns.map((column, i) => {
            const head = typeof column === 'string' ? { label: column } : (column ?? { label: '' })
            return <Head key={`${i} ${head.label}`} head={head} nameless={nameless} />
          })}
        </tr>
      </thead>
      <tbody>
        {children}
        {more > 0 && (
          <tr>
            <td className="dim" colSpan={columns.length}>
              {t.page.more(more)}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

function Head({ head: { label, sort, box }, nameless }: { head: HeadCell; nameless: string }) {
  if (sort) {
    const way = sort.isDown ? 'descending' : 'ascending'
    return (
      <th scope="col" aria-sort={sort.isOn ? way : 'none'}>
        <button type="button" className="quiet sort-head" onClick={sort.toggle}>
          {label} <span aria-hidden="true">{sort.isOn ? (sort.isDown ? '▼' : '▲') : '↕'}</span>
        </button>
      </th>
    )
  }
  return <th scope="col">{box ?? (label === '' ? <span className="sr-only">{nameless}</span> : label)}</th>
}
