import { useState } from 'react'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { useText } from '../i18n/language.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { say } from './actions.ts'
import { faultSentence } from './fault-sentence.ts'

/** A line of the officer's own for the timeline. */
export function NoteForm({ incidentId }: { incidentId: string }) {
  const t = useText()
  const [words, setWords] = useState('')
  const mayNote = useMayWrite('dispatch')
  if (!mayNote) return null
  const save = async () => {
    const text = words.trim()
    if (text === '') return
    try {
      await api.writeNote(incidentId, { text })
      setWords('')
    } catch (error) {
      say(faultSentence(asApiFault(error)), true)
    }
  }
  return (
    <form
      className="menu-note"
      data-form="note"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <input
        aria-label={t.panel.noteLabel}
        placeholder={t.panel.noteLabel}
        maxLength={2000}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <button type="submit" disabled={words.trim() === ''}>
        {t.panel.noteSave}
      </button>
    </form>
  )
}
