import { useEffect, useRef, useState } from 'react'
import { DISPOSITIONS_SHOWN, type ShownDisposition } from './dispositions.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { classify, closeIncident, takeOver } from './actions.ts'
import { menu } from './menus.ts'
import { useCurrent } from './selection.ts'

/** The small forms of the panel. Digits choose, Enter confirms, Escape leaves. */
export function PanelMenu() {
  const open = useObservable(menu)
  if (open === 'classify') return <DispositionForm which="classify" />
  if (open === 'close') return <DispositionForm which="close" />
  if (open === 'take-over') return <TakeOverForm />
  return null
}

function DispositionForm({ which }: { which: 'classify' | 'close' }) {
  const t = useText()
  const { alarm, incident } = useCurrent()
  const before = alarm?.disposition ?? incident?.disposition ?? null
  const [chosen, setChosen] = useState<ShownDisposition>(before ?? 'real')
  const [note, setNote] = useState('')
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLInputElement>('input[type=radio]:checked')?.focus(), [])
  const submit = () => {
    menu.set(null)
    void (which === 'classify' ? classify(chosen, note) : closeIncident(chosen, note))
  }
  return (
    <form
      ref={form}
      className="menu"
      data-own-keys
      data-menu={which}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        const at = event.target instanceof HTMLInputElement && event.target.type === 'text' ? -1 : Number(event.key) - 1
        const disposition = DISPOSITIONS_SHOWN[at]
        if (disposition) setChosen(disposition)
      }}
    >
      <fieldset>
        <legend>{which === 'classify' ? t.action.classifyHeading : t.action.closeHeading}</legend>
        {DISPOSITIONS_SHOWN.map((disposition, index) => (
          <label key={disposition} className={chosen === disposition ? 'chosen' : ''}>
            <input
              type="radio"
              name="disposition"
              value={disposition}
              checked={chosen === disposition}
              onChange={() => setChosen(disposition)}
            />
            <Key>{index + 1}</Key> {t.disposition[disposition]}
          </label>
        ))}
      </fieldset>
      <input
        type="text"
        value={note}
        maxLength={500}
        placeholder={t.action.note}
        aria-label={t.action.note}
        onChange={(event) => setNote(event.target.value)}
      />
      <MenuButtons />
    </form>
  )
}

function TakeOverForm() {
  const t = useText()
  const [reason, setReason] = useState('')
  return (
    <form
      className="menu"
      data-own-keys
      data-menu="take-over"
      onSubmit={(event) => {
        event.preventDefault()
        menu.set(null)
        void takeOver(reason)
      }}
    >
      <label>
        <span>{t.action.takeOverReason}</span>
        <input
          type="text"
          required
          maxLength={200}
          autoFocus
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <MenuButtons />
    </form>
  )
}

function MenuButtons() {
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
