import { useState } from 'react'
import { countOddity, signOut } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { toggleLanguage } from '../i18n/language.ts'
import { light, switchLight } from './day-night.ts'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import { forgetShell } from './register-shell.ts'
import './top-bar.css'

/** Who this is, whether the centre has everything, the light and the menu. */
export function TopBar() {
  const t = usePatrolText()
  const { crew } = usePhone()
  const view = useObservable(crew.view)
  const lit = useObservable(light)
  const [isOpen, setOpen] = useState(false)
  const lightWords = lit === 'day' ? t.light.toNight : t.light.toDay
  return (
    <header className="crew-top">
      <strong className="crew-callsign">{view?.patrol.callsign ?? crew.patrolId}</strong>
      <SentLine />
      <PlaceMark />
      <button type="button" className="crew-tool" aria-label={lightWords} data-action="light" onClick={switchLight}>
        <span aria-hidden="true">{lit === 'day' ? '☾' : '☀'}</span>
      </button>
      <button
        type="button"
        className="crew-tool"
        aria-label={t.menu.label}
        aria-expanded={isOpen}
        data-action="menu"
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true">☰</span>
      </button>
      {isOpen && <Menu onClose={() => setOpen(false)} />}
    </header>
  )
}

/** Always there: sent, waiting, or offline since. */
function SentLine() {
  const t = usePatrolText()
  const { crew } = usePhone()
  const entries = useObservable(crew.outbox.entries)
  const offlineSinceMs = useObservable(crew.offlineSinceMs)
  const lastSentMs = useObservable(crew.outbox.lastSentMs)
  const isOffline = offlineSinceMs !== null
  const tone = isOffline ? 'offline' : entries.length > 0 ? 'waiting' : 'sent'
  const sent = lastSentMs === null ? t.sent.allSent : t.sent.sentAt(timeOfDay(lastSentMs))
  return (
    <p className="crew-sent" role="status" data-sent={tone} data-waiting={entries.length}>
      {isOffline && <b>✕ {t.sent.offline(timeOfDay(offlineSinceMs).slice(0, 5))}</b>}
      {entries.length > 0 && <b>◷ {t.sent.waiting(entries.length)}</b>}
      {!isOffline && entries.length === 0 && <span>✓ {sent}</span>}
    </p>
  )
}

function PlaceMark() {
  const t = usePatrolText()
  const { place } = usePhone()
  const state = useObservable(place.state)
  const words = `${t.place.label}: ${t.place.state[state]}`
  return (
    <span className="crew-place" data-place={state} role="img" aria-label={words} title={words}>
      {state === 'on' ? '◉' : state === 'asking' ? '◌' : '⊘'}
    </span>
  )
}

function Menu({ onClose }: { onClose: () => void }) {
  const t = usePatrolText()
  const { crew, duty, notice, place } = usePhone()
  const noticeState = useObservable(notice.state)
  const isOnDuty = useObservable(duty.isOn)
  const placeState = useObservable(place.state)
  const dropped = useObservable(place.dropped)
  const view = useObservable(crew.view)
  const entries = useObservable(crew.outbox.entries)
  const [isWarned, setWarned] = useState(false)
  const leave = async () => {
    if (entries.length > 0 && !isWarned) return setWarned(true)
    duty.end()
    place.stop()
    await notice.clear()
    crew.stop()
    try {
      await crew.store.clear()
      await forgetShell()
    } catch (error) {
      countOddity('storage-refused', error)
    }
    await signOut()
  }
  return (
    <section className="crew-menu" aria-label={t.menu.label}>
      <p>
        {crew.me.displayName} · {crew.me.username}
      </p>
      {isOnDuty && (
        <button
          type="button"
          role="switch"
          aria-checked={placeState !== 'off'}
          data-action="place"
          onClick={() => (placeState === 'off' ? place.start() : place.stop())}
        >
          {t.place.label}: {t.place.state[placeState]}
        </button>
      )}
      {view?.fix && <p className="crew-dim">{t.place.source[view.fix.source]}</p>}
      {dropped > 0 && <p className="crew-dim">{t.place.dropped(dropped)}</p>}
      {noticeState === 'asking' ? (
        <button type="button" data-action="notice" onClick={() => void notice.ask()}>
          {t.notice.label}: {t.notice.state.asking}
        </button>
      ) : (
        <p className="crew-dim" data-notice={noticeState}>
          {t.notice.label}: {t.notice.state[noticeState]}
        </p>
      )}
      <button type="button" onClick={toggleLanguage}>
        {t.menu.language}
      </button>
      {isOnDuty && (
        <button
          type="button"
          data-action="end-duty"
          onClick={() => {
            duty.end()
            onClose()
          }}
        >
          {t.duty.end}
        </button>
      )}
      {isWarned && <p role="alert">{t.menu.waitingLost(entries.length)}</p>}
      <button type="button" data-action="sign-out" onClick={() => void leave()}>
        {t.menu.signOut}
      </button>
      <button type="button" onClick={onClose}>
        {t.menu.close}
      </button>
    </section>
  )
}
