import { useState } from 'react'
import type { CentreSettings } from '../../domain/wire/centre-settings.ts'
import { api } from '../data/api.ts'
import { store } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { useAnswer } from '../data/use-answer.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { DutyLevelForm } from '../desk/duty-level.tsx'
import { dayOfYear, timeOfDay } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { FailedState, LoadingState } from '../pages/page-state.tsx'
import { useMayWrite } from '../registers/may-write.ts'
import { goTo } from '../route.ts'
import { ToneWord } from '../ui/marks.tsx'
import { nameIn } from '../ui/names.ts'
import { useSettingsText } from './settings-words.ts'

/** Duty level, what is kept and for how long, and what the centre was started with. */
export function CentreSettingsTab() {
  const { value, fault, again } = useAnswer(api.centreSettings)
  return (
    <div className="settings">
      <DutySection />
      {fault ? (
        <FailedState fault={fault} onAgain={again} />
      ) : value === null ? (
        <LoadingState />
      ) : (
        <>
          <RetentionSection settings={value} />
          <OtherSection settings={value} />
        </>
      )}
    </div>
  )
}

function DutySection() {
  const t = useText()
  const w = useSettingsText().duty
  const duty = useObservable(store.dutyLevel)
  const mayWrite = useMayWrite('duty')
  const [isOpen, setOpen] = useState(false)
  if (!duty) return <LoadingState />
  return (
    <section data-section="duty">
      <h2>{w.heading}</h2>
      <p className="settings-level">
        <strong>{t.dutyLevel.level[duty.level]}</strong>{' '}
        <span className="dim">
          {duty.at === null
            ? w.never
            : w.since(`${dayOfYear(timeMs(duty.at))} ${timeOfDay(timeMs(duty.at)).slice(0, 5)}`, duty.by ?? '')}
        </span>
      </p>
      {duty.reason && <p className="dim">{w.reason(duty.reason)}</p>}
      <p className="dim">{w.effect}</p>
      {!mayWrite ? (
        <p className="dim">⊘ {w.mayNot}</p>
      ) : isOpen ? (
        <div className="settings-duty-form">
          <DutyLevelForm now={duty.level} close={() => setOpen(false)} />
        </div>
      ) : (
        <button type="button" data-action="change-duty" onClick={() => setOpen(true)}>
          {t.dutyLevel.change}
        </button>
      )}
    </section>
  )
}

function RetentionSection({ settings }: { settings: CentreSettings }) {
  const w = useSettingsText().retention
  const lang = useObservable(language)
  const sites = useAll(store.sites)
  const own = sites.filter(({ recordDays }) => recordDays !== undefined && recordDays !== settings.recordDays)
  return (
    <section data-section="retention">
      <h2>{w.heading}</h2>
      <dl className="facts settings-facts">
        <div>
          <dt className="dim">{w.days}</dt>
          <dd className="num">{w.siteDays(settings.recordDays)}</dd>
        </div>
        <div>
          <dt className="dim">{w.span}</dt>
          <dd>{w.spanWords(settings.recordBeforeS, settings.recordAfterS)}</dd>
        </div>
        <div>
          <dt className="dim">{w.max}</dt>
          <dd>{w.maxWords(settings.recordMaxGb)}</dd>
        </div>
        <div>
          <dt className="dim">{w.own}</dt>
          <dd>
            {own.length === 0 ? (
              <span className="dim">{w.none}</span>
            ) : (
              <ul>
                {own.map((site) => (
                  <li key={site.id}>
                    {nameIn(lang, site)} <span className="num">{w.siteDays(site.recordDays!)}</span>
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      </dl>
      <p className="dim">{w.locked}</p>
      <p className="dim">{w.fixed}</p>
      <button type="button" onClick={() => goTo('sites')}>
        {w.toSites} →
      </button>
    </section>
  )
}

function OtherSection({ settings }: { settings: CentreSettings }) {
  const w = useSettingsText().other
  return (
    <section data-section="other">
      <h2>{w.heading}</h2>
      <dl className="facts settings-facts">
        <div>
          <dt className="dim">{w.test}</dt>
          <dd>{w.testWords(settings.testEveryDays)}</dd>
        </div>
        <div>
          <dt className="dim">{w.slew}</dt>
          <dd>{settings.slewToCue ? w.on : w.off}</dd>
        </div>
        <div>
          <dt className="dim">{w.simulated}</dt>
          <dd>{settings.isSimulating ? <ToneWord tone="warn">{w.simulatedWords}</ToneWord> : w.real}</dd>
        </div>
        <div>
          <dt className="dim">{w.tls}</dt>
          <dd>{settings.hasTls ? w.on : <ToneWord tone="warn">{w.tlsOff}</ToneWord>}</dd>
        </div>
      </dl>
    </section>
  )
}
