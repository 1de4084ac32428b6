import type { CrewOrder } from '../../domain/wire/crew.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { EndedCard, UndoCard } from './cards.tsx'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import './idle-screen.css'

/** Nothing to do, or the duty has not begun: then one button. */
export function IdleScreen({ order }: { order: CrewOrder | null }) {
  const t = usePatrolText()
  const words = useText()
  const { crew, duty, notice } = usePhone()
  const noticeState = useObservable(notice.state)
  const isOnDuty = useObservable(duty.isOn)
  const audio = useObservable(duty.audio)
  const view = useObservable(crew.view)
  if (!isOnDuty) {
    return (
      <>
        <main className="crew-centre">
          <h1>{order ? `${t.order.new}: ${order.incident.place.name}` : t.duty.heading}</h1>
          <p>{t.duty.text}</p>
        </main>
        <footer className="crew-bottom">
          <button
            type="button"
            className="crew-primary"
            data-action="start-duty"
            onClick={() => {
              void duty.start()
              void notice.ask()
            }}
          >
            {t.duty.start}
          </button>
        </footer>
      </>
    )
  }
  return (
    <main className="crew-centre">
      {order && <UndoCard order={order} />}
      <EndedCard />
      <p className="crew-idle-mark" aria-hidden="true">
        ◇
      </p>
      <h1>{t.idle.heading}</h1>
      <p>{t.idle.text}</p>
      {view && view.patrol.duty !== 'on' && <p className="crew-warn">▲ {words.patrolStatus[view.patrol.duty]}</p>}
      {noticeState !== 'on' && <p className="crew-dim">▲ {t.notice.idle}</p>}
      {audio === 'blocked' && (
        <button type="button" className="crew-warn-button" onClick={() => void duty.unlock()}>
          ▲ {t.duty.soundBlocked}
        </button>
      )}
    </main>
  )
}
