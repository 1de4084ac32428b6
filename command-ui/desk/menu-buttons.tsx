import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { menu } from './menus.ts'

/** Enter and Escape of the small forms of the panel. */
export function MenuButtons() {
  const t = useText()
  return (
    <div className="menu-buttons">
      <button type="submit" className="primary">
        {t.action.confirm} <Key>Enter</Key>
      </button>
      <button type="button" onClick={() => menu.set(null)}>
        {t.action.cancel} <Key>Esc</Key>
      </button>
    </div>
  )
}
