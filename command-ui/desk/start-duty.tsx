import { useState } from 'react'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { language, toggleLanguage, useText } from '../i18n/language.ts'
import { startDuty } from '../sound/duty-sound.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { incidentOrder, stackOrder } from './order.ts'
import './start-duty.css'

/** One click begins the shift: it is the gesture that the browser wants before a siren may sound. The desk stands behind. */
export function StartDuty() {
  const t = useText()
  const me = useObservable(store.me)
  const city = useObservable(store.city)
  const lang = useObservable(language)
  const alarms = stackOrder(useAll(store.alarms))
  const incidents = incidentOrder(useAll(store.incidents))
  const troubles = useAll(store.troubles).filter((trouble) => trouble.restoredAt === null)
  const patrols = useAll(store.patrols).filter((patrol) => patrol.status === 'free')
  const [isStarting, setStarting] = useState(false)
  const raised = alarms.filter((alarm) => alarm.state === 'raised')
  return (
    <div className="duty-veil">
      <section className="card duty-card" aria-labelledby="duty-heading">
        <header>
          <img src="./vigil.svg" alt="" width="44" height="44" />
          <div>
            <h1 id="duty-heading">{t.duty.heading}</h1>
            <p className="dim">
              {city ? (lang === 'en' ? city.nameEn : city.name) : t.live.connecting}
              {me ? ` · ${me.displayName} · ${t.role[me.role]}` : ''}
            </p>
          </div>
          <button type="button" className="quiet" onClick={toggleLanguage} title={t.language.label}>
            {t.language.switch}
          </button>
        </header>
        <dl className="duty-counts">
          <Count label={t.duty.openAlarms} value={raised.length} isAlarm={raised.length > 0} />
          <Count label={t.duty.openIncidents} value={incidents.length} />
          <Count label={t.duty.patrolsFree} value={patrols.length} />
          <Count label={t.duty.troubles} value={troubles.length} />
        </dl>
        <button
          type="button"
          className="primary huge"
          data-action="start-duty"
          autoFocus
          disabled={isStarting}
          onClick={() => {
            setStarting(true)
            void startDuty()
          }}
        >
          {t.duty.start}
        </button>
        <p className="dim">{t.duty.hint}</p>
      </section>
    </div>
  )
}

function Count({ label, value, isAlarm = false }: { label: string; value: number; isAlarm?: boolean }) {
  return (
    <div className={isAlarm ? 'is-alarm' : ''}>
      <dt>{label}</dt>
      <dd className="num">
        {isAlarm && <PriorityMark priority={1} />} {value}
      </dd>
    </div>
  )
}
