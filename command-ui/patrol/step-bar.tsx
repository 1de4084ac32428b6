import { useRef, useState } from 'react'
import type { Assignment, CrewStep } from '../../domain/assignment.ts'
import type { CrewOrder } from '../../domain/wire/crew.ts'
import { countOddity } from '../data/centre.ts'
import { clock } from '../data/clock.ts'
import { useObservable } from '../data/use-store.ts'
import { ClearSheet, DeclineSheet } from './sheets.tsx'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import { nextStep } from './pending.ts'
import { shrinkPhoto } from './shrink-photo.ts'
import './step-bar.css'

/** A second tap of the same finger is not the next step: the big button rests this long after each. */
export const REST_MS = 1_200

/** Where the thumb is: one big button for what comes next, smaller ones for what may be. */
export function StepBar({ order, state }: { order: CrewOrder; state: Assignment['state'] }) {
  const t = usePatrolText()
  const { crew } = usePhone()
  const [sheet, setSheet] = useState<'clear' | 'decline' | null>(null)
  const [isFull, setFull] = useState(false)
  const restsUntilMs = useRef(0)
  const { id } = order.assignment
  const step = nextStep(state)
  const tell = async (step: CrewStep, words: { reason?: string; note?: string } = {}) => {
    try {
      restsUntilMs.current = clock.monotonicMs() + REST_MS
      await crew.step(id, step, words)
      navigator.vibrate?.(40)
      setFull(false)
    } catch (error) {
      countOddity('tap-not-kept', error)
      setFull(true)
    }
  }
  const tapped = () => {
    if (!step || clock.monotonicMs() < restsUntilMs.current) return
    if (step === 'clear') setSheet('clear')
    else void tell(step)
  }
  if (sheet === 'clear')
    return <ClearSheet onBack={() => setSheet(null)} onDone={(note) => void tell('clear', { note })} />
  if (sheet === 'decline') {
    return <DeclineSheet onBack={() => setSheet(null)} onDone={(reason) => void tell('decline', { reason })} />
  }
  return (
    <footer className="crew-bottom">
      {isFull && <p role="alert">▲ {t.storageFailed}</p>}
      <div className="crew-row">
        {state !== 'ordered' && <PhotoButton order={order} />}
        {state !== 'onScene' && (
          <button type="button" data-action="decline" onClick={() => setSheet('decline')}>
            {t.step.decline}
          </button>
        )}
      </div>
      {step && (
        <button type="button" className="crew-primary" data-action="step" data-step={step} onClick={tapped}>
          {t.step[step]}
        </button>
      )}
    </footer>
  )
}

function PhotoButton({ order }: { order: CrewOrder }) {
  const t = usePatrolText()
  const { crew } = usePhone()
  const entries = useObservable(crew.outbox.entries)
  const [state, setState] = useState<'idle' | 'working' | 'failed'>('idle')
  const { id } = order.assignment
  const waiting = entries.filter((entry) => entry.kind === 'photo' && entry.assignmentId === id).length
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0]
    // The same picture twice in a row is a change too.
    input.value = ''
    if (!file) return
    setState('working')
    try {
      await crew.photo(id, await shrinkPhoto(file))
      setState('idle')
    } catch (error) {
      countOddity('photo-failed', error)
      setState('failed')
    }
  }
  const words = [
    ...(order.photos > 0 ? [t.photo.count(order.photos)] : []),
    ...(waiting > 0 ? [t.photo.waiting(waiting)] : []),
    ...(state === 'working' ? [t.photo.working] : state === 'failed' ? [t.photo.failed] : []),
  ]
  return (
    <label className="crew-photo">
      <input
        type="file"
        accept="image/*"
        capture="environment"
        className="sr-only"
        data-action="photo"
        onChange={(event) => void take(event.currentTarget)}
      />
      <span>
        <span aria-hidden="true">◉</span> {t.photo.take}
      </span>
      {words.length > 0 && <small>{words.join(' · ')}</small>}
    </label>
  )
}
