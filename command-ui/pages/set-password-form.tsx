import { useState } from 'react'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { formText } from '../ui/form-text.ts'
import { WrongLine } from '../ui/wrong-line.tsx'

/** The least length the centre takes (`setPasswordSchema`). */
const PASSWORD_MIN = 8

/** @param needsCurrent the account already has a password, which has to be given once more */
export function SetPasswordForm({
  submitLabel,
  needsCurrent = false,
  onDone,
}: {
  submitLabel: string
  needsCurrent?: boolean
  onDone: () => void
}) {
  const t = useText()
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (form: FormData) => {
    const password = formText(form, 'password')
    if (password.length < PASSWORD_MIN) return setWrong(t.password.short)
    if (password !== form.get('again')) return setWrong(t.password.differ)
    setBusy(true)
    setWrong(null)
    try {
      await api.setPassword(password, needsCurrent ? formText(form, 'current') : undefined)
      onDone()
    } catch (error) {
      const fault = asApiFault(error)
      const isCurrentWrong = fault.code === 'wrong-credential' && needsCurrent
      setWrong(isCurrentWrong ? t.password.currentWrong : faultSentence(fault))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="stacked"
      onSubmit={(event) => {
        event.preventDefault()
        void submit(new FormData(event.currentTarget))
      }}
    >
      {needsCurrent && (
        <label>
          <span>{t.password.current}</span>
          <input name="current" type="password" autoComplete="current-password" required maxLength={256} />
        </label>
      )}
      <label>
        <span>{t.password.first}</span>
        <input name="password" type="password" autoComplete="new-password" required maxLength={256} />
      </label>
      <label>
        <span>{t.password.again}</span>
        <input name="again" type="password" autoComplete="new-password" required maxLength={256} />
      </label>
      <WrongLine words={wrong} />
      <button type="submit" className="primary big" disabled={isBusy}>
        {submitLabel}
      </button>
    </form>
  )
}
