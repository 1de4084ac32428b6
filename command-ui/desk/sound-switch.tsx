import { useNowMs, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { SpeakerIcon } from '../ui/icons.tsx'
import { audio, mute, muteForAWhile, playTestTone, unlockSound } from '../sound/duty-sound.ts'

/** Says whether the siren can be heard; a click plays the test tone. M mutes this desk for thirty seconds. */
export function SoundSwitch() {
  const t = useText()
  const state = useObservable(audio)
  const muted = useObservable(mute)
  const nowMs = useNowMs()
  const isOn = state === 'running'
  const leftS = muted ? Math.max(0, Math.ceil((muted.untilMs - nowMs) / 1000)) : 0
  return (
    <span className="sound-switch">
      <button
        type="button"
        className={isOn ? 'quiet' : 'alarm'}
        title={t.sound.test}
        onClick={() => (isOn ? playTestTone() : void unlockSound())}
      >
        <SpeakerIcon isOn={isOn && leftS === 0} /> {leftS > 0 ? t.sound.muted(leftS) : isOn ? t.sound.on : t.sound.off}
      </button>
      <button type="button" className="quiet" onClick={muteForAWhile} title={t.sound.mute} aria-label={t.sound.mute}>
        <kbd>M</kbd>
      </button>
    </span>
  )
}
