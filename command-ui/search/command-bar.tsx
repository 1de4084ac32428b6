import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { overlay } from './bar-state.ts'
import { allEntries } from './entries.ts'
import { findEntries, type Entry } from './find.ts'
import { openEntry } from './open-entry.ts'
import { spell } from './spell.ts'
import './overlay.css'

/** Rows that fit on the smallest desk; who needs more types another letter. */
const ROWS_MAX = 10

/** `/`: any camera, site, patrol, vehicle or incident by name, pinyin, initials, number or callsign; Enter opens it. */
export function CommandBar() {
  const t = useText()
  const dialog = useRef<HTMLDialogElement>(null)
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  // As it was when the bar was opened: rows must not move under the key that is about to be pressed.
  const entries = useMemo(() => allEntries(), [])
  const found = useMemo(() => findEntries(typed, entries, spell, ROWS_MAX), [typed, entries])
  useEffect(() => dialog.current?.showModal(), [])
  const open = (entry: Entry | undefined) => {
    if (!entry) return
    overlay.set(null)
    openEntry(entry)
  }
  return (
    <dialog
      ref={dialog}
      className="overlay command-bar"
      aria-label={t.search.label}
      data-own-keys
      onClose={() => overlay.set(null)}
      onClick={(event) => event.target === dialog.current && overlay.set(null)}
    >
      <input
        autoFocus
        type="text"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={listId}
        aria-activedescendant={found[chosen] ? `${listId}-${chosen}` : undefined}
        aria-label={t.search.label}
        placeholder={t.search.placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setChosen(0)
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (by !== 0) setChosen(Math.max(0, Math.min(found.length - 1, chosen + by)))
          else if (event.key === 'Enter') open(found[chosen])
          else return
          event.preventDefault()
        }}
      />
      <ul id={listId} role="listbox" aria-label={t.search.found}>
        {found.map((entry, i) => (
          <li
            key={`${entry.kind} ${entry.id}`}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === chosen}
            className={i === chosen ? 'chosen' : ''}
            data-found={entry.id}
            onPointerMove={() => setChosen(i)}
            onClick={() => open(entry)}
          >
            <span className="chip">{t.search.kind[entry.kind]}</span>
            <span className="ellipsis">{entry.name}</span>
            <span className="dim num ellipsis">{entry.aliases[0]}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="dim">{typed.trim() === '' ? t.search.hint : t.search.nothing}</p>}
      <footer className="dim">
        <Key>↑↓</Key> {t.search.choose} <Key>Enter</Key> {t.search.open} <Key>Esc</Key> {t.search.close}
      </footer>
    </dialog>
  )
}
