import { useState } from 'react'
import { useText } from '../i18n/language.ts'
import { shelve } from './actions.ts'
import { MenuButtons } from './menu-buttons.tsx'
import { MenuReason } from './menu-reason.tsx'
import { menu } from './menus.ts'

/** Up to the eight hours that the centre allows. */
const MINUTES = [30, 60, 120, 240, 480] as const

/** For how long, and why: both are asked, and both stand beside the alarm afterwards. */
export function ShelveForm() {
  const t = useText()
  const [minutes, setMinutes] = useState<number>(60)
  const [reason, setReason] = useState('')
  return (
    <form
      className="menu"
      data-own-keys
      data-menu="shelve"
      onSubmit={(event) => {
        event.preventDefault()
        menu.set(null)
        void shelve(minutes, reason)
      }}
    >
      <strong>{t.shelf.formHeading}</strong>
      <div className="menu-choices" role="group" aria-label={t.shelf.howLong}>
        {MINUTES.map((choice) => (
          <button
            key={choice}
            type="button"
            className={choice === minutes ? 'primary' : ''}
            aria-pressed={choice === minutes}
            onClick={() => setMinutes(choice)}
          >
            {t.shelf.forMinutes(choice)}
          </button>
        ))}
      </div>
      <MenuReason label={t.shelf.reason} value={reason} onChange={setReason} />
      <MenuButtons />
    </form>
  )
}
