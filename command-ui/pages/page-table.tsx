import './page-table.css'

/** Rows that are drawn; beyond them one searches. */
export const ROWS_MAX = 300

/**
 * The table of a page: one head cell per column.
 * @param columns in order; null: a column without words on the glass
 * @param nameless what a screen reader says for a column that is null
 */
export function PageTable({
  columns,
  nameless,
  children,
}: {
  columns: readonly (string | null)[]
  nameless: string
  children: React.ReactNode
}) {
  return (
    <table className="page-table">
      <thead>
        <tr>
          {columns.map((column, i) => (
            <th key={`${i} ${column}`} scope="col">
              {column ?? <span className="sr-only">{nameless}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}
