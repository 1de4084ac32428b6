import type { CrewOrder } from '../../domain/wire/crew.ts'
import { clock } from '../data/clock.ts'
import { useNowMs, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import type { Refusal } from './crew.ts'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import './cards.css'

/** What the centre did not take, until the crew has read it. */
export function RefusalCard() {
  const t = usePatrolText()
  const { crew } = usePhone()
  const refusals = useObservable(crew.refusals)
  if (refusals.length === 0) return null
  return (
    <section className="crew-card crew-refused" role="alert">
      <h2>▲ {t.refused.heading}</h2>
      <ul>
        {refusals.map((refusal) => (
          <li key={refusal.id} data-refused={refusal.what}>
            <RefusalWords refusal={refusal} />
          </li>
        ))}
      </ul>
      <button type="button" data-action="read-refusals" onClick={() => void crew.dismissRefusals()}>
        {t.refused.read}
      </button>
    </section>
  )
}

function RefusalWords({ refusal }: { refusal: Refusal }) {
  const t = usePatrolText()
  const words = useText()
  const { what, state, code } = refusal
  const named = what === 'photo' || what === 'confirm' || what === 'posting' ? t.refused[what] : t.step[what]
  if (state !== null && state in words.assignmentState) {
    return t.refused.over(named, words.assignmentState[state as keyof typeof words.assignmentState])
  }
  return t.refused.other(named, words.fault[code])
}

/** How the last order ended, if this phone has shown it. */
export function EndedCard() {
  const t = usePatrolText()
  const { crew } = usePhone()
  const ended = useObservable(crew.view)?.ended
  const readEnd = useObservable(crew.readEnd)
  const seenId = useObservable(crew.seenId)
  if (!ended || ended.assignmentId !== seenId || ended.assignmentId === readEnd) return null
  const words = ended.state in t.ended ? t.ended[ended.state as keyof typeof t.ended] : t.ended.cleared
  return (
    <section className="crew-card" role="status" data-ended={ended.state}>
      <h2>{words}</h2>
      <p>
        {ended.placeName} · {ended.incidentNumber}
      </p>
      {ended.reason && <p>{ended.reason}</p>}
      <button type="button" data-action="read-end" onClick={() => void crew.dismissEnd(ended.assignmentId)}>
        {t.ended.read}
      </button>
    </section>
  )
}

/** Five seconds in which a step that ends the order can be taken back. */
export function UndoCard({ order }: { order: CrewOrder }) {
  const t = usePatrolText()
  const { crew } = usePhone()
  const entries = useObservable(crew.outbox.entries)
  useNowMs()
  const held = entries.find((entry) => {
    const isOfOrder = entry.kind === 'step' && entry.assignmentId === order.assignment.id
    return isOfOrder && entry.notBeforeMs > clock.deviceMs()
  })
  if (held?.kind !== 'step') return null
  const leftS = Math.ceil((held.notBeforeMs - clock.deviceMs()) / 1000)
  return (
    <section className="crew-card crew-undo" role="status">
      <h2>{t.stepDone[held.step]}</h2>
      <p>{t.undoIn(leftS)}</p>
      <button
        type="button"
        className="crew-primary"
        data-action="undo"
        onClick={() => void crew.outbox.takeBack(held.id)}
      >
        {t.undo}
      </button>
    </section>
  )
}
