import { useEffect, useRef } from 'react'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { overlay } from './bar-state.ts'
import './overlay.css'

/** Which keys there are, in groups; the words are in the dictionaries under the same names. */
const GROUPS = [
  { name: 'alarm', keys: ['Enter', 'A', 'T', 'D', '1–5', '+', 'Z', 'V', 'F', 'C', 'X', 'N', 'M', 'H', 'P'] },
  { name: 'desk', keys: ['J K', '↑ ↓', '/', '?', 'L', 'Esc'] },
  { name: 'wall', keys: ['← ↑ → ↓', 'Enter', '1–4', '[ ]', 'Space', 'Del', 'S', 'H'] },
  { name: 'replay', keys: ['Space', '← →', 'Shift ← →', '[ ]', ', .', 'Home End'] },
  { name: 'ptz', keys: ['← ↑ → ↓', '+ −', 'Home'] },
] as const

/** `?`: every key of the desk and of the wall. */
export function KeysSheet() {
  const t = useText()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      className="overlay keys-sheet"
      aria-label={t.keys.heading}
      data-own-keys
      onClose={() => overlay.set(null)}
      onClick={(event) => event.target === dialog.current && overlay.set(null)}
    >
      <header>
        <h2>{t.keys.heading}</h2>
        <button type="button" className="quiet" autoFocus onClick={() => overlay.set(null)}>
          {t.search.close} <Key>Esc</Key>
        </button>
      </header>
      <div className="keys-groups">
        {GROUPS.map(({ name, keys }) => {
          const words: readonly string[] = t.keys[name].keys
          return (
            <section key={name}>
              <h3>{t.keys[name].heading}</h3>
              <dl>
                {keys.map((key, i) => (
                  <div key={key}>
                    <dt>
                      <kbd>{key}</kbd>
                    </dt>
                    <dd>{words[i]}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )
        })}
      </div>
    </dialog>
  )
}
