import { store } from '../data/centre.ts'
import { BUSY_FROM, FLOOD_BEGINS_ABOVE } from '../../domain/flood.ts'
import { alarmLoad, flood } from '../data/load-meter.ts'
import { useAll, useNowMs, useObservable } from '../data/use-store.ts'
import { timeOfDay, dayOfYear } from '../i18n/durations.ts'
import { language, toggleLanguage, useText } from '../i18n/language.ts'
import { overlay } from '../search/bar-state.ts'
import { Key, ToneWord, type Tone } from '../ui/marks.tsx'
import { DutyLevelWord } from './duty-level.tsx'
import { SoundSwitch } from './sound-switch.tsx'
import { StripPages } from './strip-pages.tsx'
import { ZonesHeld } from './zones-held.tsx'
import './strip.css'

/** The top line: what time it is, what the district can promise now, and whether the machine can be trusted. */
export function Strip() {
  const t = useText()
  const city = useObservable(store.city)
  const me = useObservable(store.me)
  const lang = useObservable(language)
  return (
    <header className="strip">
      <div className="strip-name">
        <img src="./vigil.svg" alt="" />
        <h1 className="ellipsis">{city ? (lang === 'en' ? city.nameEn : city.name) : t.app.name}</h1>
      </div>
      <StripPages />
      <DutyLevelWord />
      <ZonesHeld />
      <HealthWords />
      <LoadMeter />
      <div className="strip-end">
        <button type="button" className="quiet" onClick={() => overlay.set('bar')} title={t.search.placeholder}>
          {t.search.label} <Key>/</Key>
        </button>
        <SoundSwitch />
        <button type="button" className="quiet" onClick={toggleLanguage} title={t.language.label}>
          {t.language.switch}
        </button>
        {me && (
          <span className="strip-officer ellipsis" title={t.role[me.role]}>
            {me.displayName}
          </span>
        )}
        <StripClock />
      </div>
    </header>
  )
}

/** The time of the centre. */
export function StripClock() {
  const t = useText()
  const nowMs = useNowMs()
  const day = t.unit.weekday[new Date(nowMs).getDay()]
  return (
    <time className="strip-clock num">
      <strong>{timeOfDay(nowMs)}</strong>
      <span>
        {dayOfYear(nowMs)} {day}
      </span>
    </time>
  )
}

const HEALTH_TONES: Record<'ok' | 'degraded' | 'away', Tone> = { ok: 'ok', degraded: 'warn', away: 'bad' }

function HealthWords() {
  const t = useText()
  const health = useObservable(store.health)
  const live = useObservable(store.live)
  const parts = ['intake', 'database', 'video', 'broker'] as const
  // What was last heard about the parts says nothing while the desk hears nothing.
  if (!health || live !== 'live') {
    return (
      <ul className="strip-health">
        <li data-health="unknown">
          <ToneWord tone="quiet">{t.health.allUnknown}</ToneWord>
        </li>
      </ul>
    )
  }
  const isWell = parts.every((part) => health[part] === 'ok')
  return (
    <ul className={`strip-health ${isWell ? 'is-well' : ''}`}>
      {isWell && (
        <li className="strip-well">
          <ToneWord tone="ok">{t.health.allWell}</ToneWord>
        </li>
      )}
      {parts.map((part) => {
        const word = health[part]
        return (
          <li key={part} data-health={part} data-state={word}>
            <span className="dim">{t.health[part]}</span>{' '}
            <ToneWord tone={HEALTH_TONES[word]}>
              {part === 'video' ? t.health.cameras(health.camerasOnline, health.camerasWanted) : t.health.word[word]}
            </ToneWord>
          </li>
        )
      })}
    </ul>
  )
}

function LoadMeter() {
  const t = useText()
  const alarms = useAll(store.alarms)
  const { count, level } = alarmLoad(alarms, useNowMs(), useObservable(flood))
  return (
    <div className={`strip-load load-${level}`} title={t.strip.loadUnit}>
      <span className="dim">{t.strip.load}</span>
      <meter
        min={0}
        max={FLOOD_BEGINS_ABOVE + 1}
        // Green up to low, amber up to high, red above: a flood ends later than its count, and its bar is red as long.
        optimum={0}
        low={BUSY_FROM - 1}
        high={FLOOD_BEGINS_ABOVE}
        value={level === 'flood' ? FLOOD_BEGINS_ABOVE + 1 : Math.min(count, FLOOD_BEGINS_ABOVE)}
        aria-label={t.strip.loadUnit}
      />
      <span className="num">
        {count}/10′ {t.strip.loadLevel[level]}
      </span>
    </div>
  )
}
