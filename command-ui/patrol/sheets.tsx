import { useState } from 'react'
import { usePatrolText } from './patrol-words.ts'

/** A reason with one tap. */
export function DeclineSheet({ onBack, onDone }: { onBack: () => void; onDone: (reason: string) => void }) {
  const t = usePatrolText()
  return (
    <section className="crew-bottom crew-sheet" aria-label={t.decline.heading}>
      <h2>{t.decline.heading}</h2>
      <div className="crew-choices">
        {t.decline.reasons.map((reason) => (
          <button type="button" key={reason} data-reason={reason} onClick={() => onDone(reason)}>
            {reason}
          </button>
        ))}
      </div>
      <button type="button" data-action="back" onClick={onBack}>
        {t.decline.back}
      </button>
    </section>
  )
}

/** How it was found: one tap, and words for those who want to say more. */
export function ClearSheet({ onBack, onDone }: { onBack: () => void; onDone: (note: string) => void }) {
  const t = usePatrolText()
  const [outcome, setOutcome] = useState<string | null>(null)
  const [more, setMore] = useState('')
  const note = [outcome, more.trim()].filter(Boolean).join('。')
  return (
    <section className="crew-bottom crew-sheet" aria-label={t.clear.heading}>
      <h2 id="crew-clear">{t.clear.heading}</h2>
      <div className="crew-choices" role="radiogroup" aria-labelledby="crew-clear">
        {t.clear.outcomes.map((one) => (
          <button
            type="button"
            role="radio"
            aria-checked={one === outcome}
            key={one}
            data-outcome={one}
            onClick={() => setOutcome(one)}
          >
            {one}
          </button>
        ))}
      </div>
      <textarea
        aria-label={t.clear.more}
        placeholder={t.clear.more}
        maxLength={300}
        rows={2}
        value={more}
        onChange={(event) => setMore(event.currentTarget.value)}
      />
      <div className="crew-row">
        <button type="button" data-action="back" onClick={onBack}>
          {t.clear.back}
        </button>
        <button
          type="button"
          className="crew-primary"
          data-action="clear"
          disabled={note === ''}
          onClick={() => onDone(note)}
        >
          {t.clear.submit}
        </button>
      </div>
    </section>
  )
}
