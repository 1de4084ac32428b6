import { store } from '../data/centre.ts'
import { flood } from '../data/load-meter.ts'
import { useNowMs, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { SpeakerIcon, WarningIcon } from '../ui/icons.tsx'
import { audio, onDuty, unlockSound } from '../sound/duty-sound.ts'
import './banners.css'

/** What the officer must know before anything else: the desk is blind, or mute. */
export function Banners() {
  const t = useText()
  const live = useObservable(store.live)
  const sound = useObservable(audio)
  const duty = useObservable(onDuty)
  const isFlood = useObservable(flood)
  const health = useObservable(store.health)
  return (
    <div className="banners" aria-live="assertive">
      {live === 'blind' && <BlindBanner />}
      {live === 'live' && health?.intake === 'away' && (
        <div className="banner" data-banner="intake" role="alert">
          <strong>
            <WarningIcon /> {t.live.intakeAway}
          </strong>{' '}
          <span>{t.live.intakeAwayHint}</span>
        </div>
      )}
      {isFlood && (
        <div className="banner banner-flood" data-banner="flood" role="status">
          <strong>
            <WarningIcon /> {t.flood.banner}
          </strong>{' '}
          <span>{t.flood.hint}</span>
        </div>
      )}
      {duty && sound === 'blocked' && (
        <button type="button" className="banner" onClick={() => void unlockSound()}>
          <strong>
            <SpeakerIcon isOn={false} /> {t.sound.blocked}
          </strong>{' '}
          <span>{t.sound.unlock}</span>
        </button>
      )}
    </div>
  )
}

/** The desk hears nothing: what stands on the glass may be old. */
export function BlindBanner() {
  const t = useText()
  const heardAtMs = useObservable(store.heardAtMs)
  const nowMs = useNowMs()
  return (
    <div className="banner" role="alert">
      <strong>
        <WarningIcon /> {t.live.blind}
      </strong>{' '}
      <span className="num">
        {heardAtMs > 0 ? t.live.blindSince(t.unit.age((nowMs - heardAtMs) / 1000)) : t.live.connecting}
      </span>
    </div>
  )
}
