import { useManyText } from './many-words.ts'
import type { SelectedRows } from './use-selected-rows.ts'

/** Below the list while something is chosen. */
export function SelectedBar({ rows, onChange }: { rows: SelectedRows; onChange: () => void }) {
  const t = useManyText().select
  if (rows.ids.length === 0) return null
  return (
    <div className="selected-bar" data-selected={rows.ids.length}>
      <strong role="status">{t.count(rows.ids.length)}</strong>
      <button type="button" className="primary" data-action="bulk" onClick={onChange}>
        {t.change}
      </button>
      <button type="button" onClick={() => rows.setAll(false)}>
        {t.clear}
      </button>
      <span className="dim">{t.hint}</span>
    </div>
  )
}
