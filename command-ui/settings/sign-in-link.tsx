import { useState } from 'react'
import { countOddity } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { dayOfYear, timeOfDay } from '../i18n/durations.ts'
import '../pages/issue-credential.css'
import { useText } from '../i18n/language.ts'
import { useSettingsText } from './settings-words.ts'

export interface IssuedLink {
  name: string
  link: string
  expiresAt: string
}

/** A link for one sign-in, shown once, to be handed to whose account it is. */
export function SignInLink({ issued, onClose }: { issued: IssuedLink; onClose: () => void }) {
  const w = useSettingsText().users
  const { dismiss } = useText().action
  const [isCopied, setCopied] = useState(false)
  const { href } = new URL(`#/sign-in?link=${issued.link}`, location.origin + location.pathname)
  const until = `${dayOfYear(timeMs(issued.expiresAt))} ${timeOfDay(timeMs(issued.expiresAt)).slice(0, 5)} `
  const copy = () => {
    // Over plain HTTP a browser has no clipboard for pages; the text can be selected.
    if (!('clipboard' in navigator)) return
    navigator.clipboard.writeText(href).then(
      () => setCopied(true),
      (error: unknown) => countOddity('copy-refused', error),
    )
  }
  return (
    <section className="settings-form stacked" data-link role="status">
      <h2>{w.linkFor(issued.name)}</h2>
      <p className="shortfall">▲ {w.linkOnce(until)}</p>
      <pre className="command">{href}</pre>
      <div className="bulk-buttons">
        {'clipboard' in navigator && (
          <button type="button" className="primary" onClick={copy}>
            {isCopied ? `✓ ${w.copied}` : w.copy}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {dismiss}
        </button>
      </div>
    </section>
  )
}
