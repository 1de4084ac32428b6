import { useState } from 'react'
import type { BulkAnswer, BulkOutcome } from '../../domain/wire/register.ts'
import { asApiFault } from '../data/api-fault.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { ToneWord } from '../ui/marks.tsx'
import { WrongLine } from '../ui/wrong-line.tsx'
import { BulkField } from './bulk-field.tsx'
import { FIELDS, patchOfDraft, type Draft } from './bulk-fields.ts'
import { useManyText } from './many-words.ts'
import { registerApi, type RegisterName } from './register-api.ts'
import './bulk-panel.css'

/** As the domain's; written out because the schemas beside it would come with it. */
const OUTCOMES: readonly BulkOutcome[] = ['changed', 'as-it-was', 'not-there']
/** Rows that are listed by name; the count tells of all. */
const NAMED_MAX = 50

/** Changes what is chosen in one act, then says of each row what became of it. */
export function BulkPanel({
  register,
  ids,
  nameOf,
  onClose,
}: {
  register: RegisterName
  ids: readonly string[]
  nameOf: (id: string) => string
  onClose: () => void
}) {
  const t = useManyText().bulk
  const [draft, setDraft] = useState<Draft>({})
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)
  const [answer, setAnswer] = useState<BulkAnswer | null>(null)
  const patch = patchOfDraft(draft)
  const submit = async () => {
    setBusy(true)
    setWrong(null)
    try {
      setAnswer(await registerApi.change(register, ids, patch, reason.trim()))
    } catch (error) {
      setWrong(faultSentence(asApiFault(error)))
    } finally {
      setBusy(false)
    }
  }
  if (answer) return <Outcomes answer={answer} nameOf={nameOf} onAgain={() => setAnswer(null)} onClose={onClose} />
  return (
    <form
      className="stacked bulk-panel"
      data-form="bulk"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <h2>{t.heading(ids.length)}</h2>
      <p className="dim">{t.hint}</p>
      {FIELDS[register].map((name) => (
        <BulkField
          key={name}
          register={register}
          name={name}
          field={draft[name] ?? { choice: '', typed: '' }}
          onChange={(field) => setDraft((now) => ({ ...now, [name]: field }))}
        />
      ))}
      <label>
        <span>{t.reason}</span>
        <input name="reason" maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <WrongLine words={wrong} />
      <div className="bulk-buttons">
        <button
          type="submit"
          className="primary"
          disabled={isBusy || ids.length === 0 || Object.keys(patch).length === 0}
        >
          {isBusy ? t.busy : t.submit(ids.length)}
        </button>
        <button type="button" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </form>
  )
}

const TONES = { changed: 'ok', 'as-it-was': 'quiet', 'not-there': 'warn' } as const

function Outcomes({
  answer,
  nameOf,
  onAgain,
  onClose,
}: {
  answer: BulkAnswer
  nameOf: (id: string) => string
  onAgain: () => void
  onClose: () => void
}) {
  const t = useManyText()
  return (
    <section className="stacked bulk-panel" data-outcome={answer.act ?? 'none'}>
      {OUTCOMES.map((outcome) => {
        const rows = answer.rows.filter((row) => row.outcome === outcome)
        if (rows.length === 0) return null
        return (
          <div key={outcome} data-outcome-of={outcome} data-count={rows.length}>
            <p role="status">
              <ToneWord tone={TONES[outcome]}>{t.bulk.outcome[outcome](rows.length)}</ToneWord>
            </p>
            <ul className="bulk-names">
              {rows.slice(0, NAMED_MAX).map(({ id }) => (
                <li key={id}>
                  <span className="ellipsis">{nameOf(id)}</span> <span className="num dim">{id}</span>
                </li>
              ))}
              {rows.length > NAMED_MAX && <li className="dim">{t.csv.more(rows.length)}</li>}
            </ul>
          </div>
        )
      })}
      {answer.act !== null && (
        <p className="dim">
          {t.bulk.act} <code>{answer.act}</code>
        </p>
      )}
      <div className="bulk-buttons">
        <button type="button" onClick={onAgain}>
          {t.bulk.again}
        </button>
        <button type="button" className="primary" onClick={onClose}>
          {t.bulk.close}
        </button>
      </div>
    </section>
  )
}
