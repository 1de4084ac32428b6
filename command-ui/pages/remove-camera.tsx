import type { Camera } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'

/** Asks once: what was removed must be typed in again. */
export function RemoveCamera({ camera }: { camera: Camera }) {
  const t = useText()
  const remove = async () => {
    if (!confirm(t.cameras.removeSure(camera.name))) return
    try {
      await api.removeCamera(camera.id)
    } catch (error) {
      say(faultSentence(asApiFault(error)), true)
    }
  }
  return (
    <button type="button" className="quiet" onClick={() => void remove()}>
      {t.cameras.remove}
    </button>
  )
}
