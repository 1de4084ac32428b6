import { useManyText } from './many-words.ts'
import type { SelectedRows } from './use-selected-rows.ts'
import './row-check.css'

/**
 * The box of a row. A button and no field: the desk's own keys stay alive beside it. Arrows walk the boxes, Shift+arrows take the rows
 * along, Ctrl+A takes all, Esc none.
 */
export function RowCheck({ id, name, rows }: { id: string; name: string; rows: SelectedRows }) {
  const t = useManyText().select
  const isOn = rows.has(id)
  const press = (event: React.KeyboardEvent<HTMLButtonElement>) => {
    if (!act(event, id, rows)) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <button
      type="button"
      role="checkbox"
      className="row-check"
      data-check-row={id}
      aria-checked={isOn}
      aria-label={t.row(name)}
      onClick={(event) => rows.toggle(id, event.shiftKey)}
      onKeyDown={press}
    />
  )
}

function act(event: React.KeyboardEvent<HTMLButtonElement>, id: string, rows: SelectedRows): boolean {
  const { key, shiftKey } = event
  if (key === ' ') rows.toggle(id, shiftKey)
  else if (key === 'ArrowDown' || key === 'ArrowUp') {
    const boxes = [...document.querySelectorAll<HTMLElement>('[data-check-row]')]
    const next = boxes[boxes.indexOf(event.currentTarget) + (key === 'ArrowDown' ? 1 : -1)]
    if (!next) return true
    if (shiftKey) {
      if (!rows.has(id)) rows.toggle(id, false)
      rows.toggle(next.dataset['checkRow']!, true)
    }
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
  } else if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'a') rows.setAll(true)
  else if (key === 'Escape' && rows.ids.length > 0) rows.setAll(false)
  else return false
  return true
}

/** The box above them: all that are found, also those beyond what is drawn. */
export function AllCheck({ rows, found }: { rows: SelectedRows; found: number }) {
  const t = useManyText().select
  const isAll = rows.ids.length === found && found > 0
  return (
    <button
      type="button"
      role="checkbox"
      className="row-check"
      data-check-all
      aria-checked={isAll ? true : rows.ids.length > 0 ? 'mixed' : false}
      aria-label={t.all}
      title={`${t.all} · ${t.hint}`}
      onClick={() => rows.setAll(!isAll)}
    />
  )
}
