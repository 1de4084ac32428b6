import { useEffect, useRef } from 'react'
import type { Assignment } from '../../domain/assignment.ts'
import type { CrewOrder } from '../../domain/wire/crew.ts'
import { useObservable } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { nameIn } from '../ui/names.ts'
import { Contacts, DeskNotes, Facts } from './order-facts.tsx'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import { ScenePicture } from './scene-picture.tsx'
import { StepBar } from './step-bar.tsx'
import { WayPanel, type WayTarget } from './way-panel.tsx'
import './order-screen.css'

/** One order, as long as it stands: what, where, the picture, the way, and one big button. */
export function OrderScreen({ order, state }: { order: CrewOrder; state: Assignment['state'] }) {
  const t = usePatrolText()
  const words = useText()
  const lang = useObservable(language)
  const { duty } = usePhone()
  const audio = useObservable(duty.audio)
  const newest = order.notes.at(-1)?.n ?? 0
  const heard = useRef(newest)
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    // A line of the desk that came while this was open is heard, not only seen.
    if (newest > heard.current) {
      duty.chime()
      main.current?.scrollTo(0, 0)
    }
    heard.current = newest
  }, [newest, duty])
  const isThere = state === 'onScene'
  const name = order.site ? nameIn(lang, order.site) : (order.vehicle?.name ?? order.incident.place.name)
  return (
    <>
      <main className="crew-order" ref={main} data-there={isThere || undefined}>
        <section className="crew-what" data-priority={order.incident.priority}>
          <p className="crew-type">
            <span aria-hidden="true">◆</span> {words.alarmType[order.incident.type]}
            <span className="crew-state">{state === 'ordered' ? t.order.new : words.assignmentState[state]}</span>
          </p>
          <h1>{name}</h1>
          <DeskNotes order={order} isUnread />
          <Facts order={order} />
        </section>
        {!isThere && <WayPanel target={targetOf(order)} />}
        <ScenePicture order={order} />
        <div className="crew-more">
          {audio === 'blocked' && (
            <button type="button" className="crew-warn-button" onClick={() => void duty.unlock()}>
              ▲ {t.duty.soundBlocked}
            </button>
          )}
          <DeskNotes order={order} isUnread={false} />
          <Contacts order={order} />
        </div>
      </main>
      <StepBar order={order} state={state} />
    </>
  )
}

function targetOf({ assignment: { id, etaS, distanceM }, scene, incident: { goalS, openedAt } }: CrewOrder): WayTarget {
  return { id, scene, etaS, distanceM, goal: goalS === null ? null : { goalS, openedAt } }
}
