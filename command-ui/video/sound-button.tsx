import type { Camera } from '../../domain/camera.ts'
import { useText } from '../i18n/language.ts'
import { SpeakerIcon } from '../ui/icons.tsx'
import { Key } from '../ui/marks.tsx'
import { toggleHeard } from './heard.ts'
import './sound-button.css'

/** Off until somebody presses it; of a camera whose sound is not passed on there is none. */
export function SoundButton({ camera, isHeard }: { camera: Camera; isHeard: boolean }) {
  const t = useText()
  if (!camera.audio) return null
  return (
    <button
      type="button"
      className={`sound-button ${isHeard ? 'is-heard' : ''}`}
      aria-pressed={isHeard}
      aria-label={`${t.video.sound}: ${camera.name}`}
      onClick={(event) => {
        event.stopPropagation()
        toggleHeard(camera)
        // A mouse leaves no focus behind: the keys of the wall go on.
        if (event.detail > 0) event.currentTarget.blur()
      }}
    >
      <SpeakerIcon isOn={isHeard} /> {isHeard ? t.video.soundOn : t.video.soundOff} <Key>H</Key>
    </button>
  )
}
