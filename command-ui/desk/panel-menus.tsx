import { useEffect, useRef, useState } from 'react'
import type { Disposition } from '../../domain/alarm.ts'
import { DISPOSITIONS_SHOWN } from './dispositions.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { classify, closeIncident, takeOver } from './actions.ts'
import { menu } from './menus.ts'
import { MenuButtons } from './menu-buttons.tsx'
import { MenuReason } from './menu-reason.tsx'
import { ShelveForm } from './shelve-form.tsx'
import { useCurrent } from './selection.ts'
import './panel-menus.css'

/** The small forms of the panel. Escape leaves. */
export function PanelMenu() {
  const open = useObservable(menu)
  if (open === 'classify') return <DispositionForm which="classify" />
  if (open === 'close') return <DispositionForm which="close" />
  if (open === 'take-over') return <TakeOverForm />
  if (open === 'shelve') return <ShelveForm />
  return null
}

/** One key more than the letter that opened it: a digit, or Enter for the one that is already marked. */
function DispositionForm({ which }: { which: 'classify' | 'close' }) {
  const t = useText()
  const { alarm, incident } = useCurrent()
  const marked = alarm?.disposition ?? incident?.disposition ?? 'real'
  const [note, setNote] = useState('')
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLButtonElement>('button.primary')?.focus(), [])
  const choose = (disposition: Disposition) => {
    menu.set(null)
    void (which === 'classify' ? classify(disposition, note) : closeIncident(disposition, note))
  }
  return (
    <form
      ref={form}
      className="menu"
      data-own-keys
      data-menu={which}
      onSubmit={(event) => {
        event.preventDefault()
        choose(marked)
      }}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLInputElement || event.repeat) return
        const disposition = DISPOSITIONS_SHOWN[Number(event.key) - 1]
        if (disposition) choose(disposition)
      }}
    >
      <strong>{which === 'classify' ? t.action.classifyHeading : t.action.closeHeading}</strong>
      <div className="menu-choices">
        {DISPOSITIONS_SHOWN.map((disposition, index) => (
          <button
            key={disposition}
            type="button"
            className={disposition === marked ? 'primary' : ''}
            data-disposition={disposition}
            onClick={() => choose(disposition)}
          >
            {t.disposition[disposition]} <Key>{index + 1}</Key>
          </button>
        ))}
      </div>
      <div className="menu-note">
        <input
          type="text"
          value={note}
          maxLength={500}
          placeholder={t.action.note}
          aria-label={t.action.note}
          onChange={(event) => setNote(event.target.value)}
        />
        <button type="button" onClick={() => menu.set(null)}>
          {t.action.cancel} <Key>Esc</Key>
        </button>
      </div>
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
      <MenuReason label={t.action.takeOverReason} value={reason} onChange={setReason} />
      <MenuButtons />
    </form>
  )
}
