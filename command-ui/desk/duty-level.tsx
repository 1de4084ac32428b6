import { useState, type FormEvent } from 'react'
import { DUTY_LEVELS, type DutyLevel } from '../../domain/zone.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { say } from './actions.ts'
import './duty-level.css'
import { faultSentence } from './fault-sentence.ts'

/** As the centre asks for it. */
const REASON_CHARS_MIN = 2

/** 勤务等级 in the strip; who may change it finds the other levels behind it, and says why. */
export function DutyLevelWord() {
  const t = useText()
  const duty = useObservable(store.dutyLevel)
  const mayChange = useMayWrite('duty')
  const [isOpen, setOpen] = useState(false)
  if (!duty) return null
  const who = duty.by === null ? '' : `${duty.by} · ${duty.reason ?? ''}`
  const word = <strong>{t.dutyLevel.level[duty.level]}</strong>
  if (!mayChange) {
    return (
      <span className={`strip-duty duty-${duty.level}`} data-duty-level={duty.level} title={who}>
        {word}
      </span>
    )
  }
  return (
    <span className={`strip-duty duty-${duty.level}`} data-duty-level={duty.level}>
      <button type="button" className="quiet" aria-expanded={isOpen} title={who} onClick={() => setOpen(!isOpen)}>
        {word}
      </button>
      {isOpen && <DutyLevelForm now={duty.level} close={() => setOpen(false)} />}
    </span>
  )
}

/** Another level, with the reason. */
export function DutyLevelForm({ now, close }: { now: DutyLevel; close: () => void }) {
  const t = useText()
  const [level, setLevel] = useState<DutyLevel>(DUTY_LEVELS.find((one) => one !== now) ?? now)
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void change(level, reason, now).then((done) => done && close())
  }
  return (
    <form
      className="duty-form"
      data-own-keys
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
    >
      <label>
        <span className="dim">{t.dutyLevel.heading}</span>
        <select value={level} onChange={(event) => setLevel(event.target.value as DutyLevel)}>
          {DUTY_LEVELS.filter((one) => one !== now).map((one) => (
            <option key={one} value={one}>
              {t.dutyLevel.level[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="dim">{t.dutyLevel.reason}</span>
        <input
          autoFocus
          required
          minLength={REASON_CHARS_MIN}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <button type="submit" className="primary">
        {t.dutyLevel.change}
      </button>
    </form>
  )
}

async function change(level: DutyLevel, reason: string, expected: DutyLevel): Promise<boolean> {
  try {
    store.dutyLevel.set(await api.changeDutyLevel(level, reason, expected))
    return true
  } catch (error) {
    say(faultSentence(asApiFault(error)), true)
    return false
  }
}
