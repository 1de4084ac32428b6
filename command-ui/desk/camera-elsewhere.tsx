import { slewTo } from '../../domain/slew.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { WarningIcon } from '../ui/icons.tsx'
import { placeName } from '../ui/names.ts'
import { useCurrent } from './selection.ts'

/** A camera that would be turned to this scene and looks at another one, which was more urgent or there first: who reads the picture must know. */
export function CameraElsewhere() {
  const t = useText()
  const lang = useObservable(language)
  const { incident } = useCurrent()
  const cameras = useAll(store.cameras)
  const incidents = useAll(store.incidents)
  if (!incident) return null
  const { lng, lat } = incident.place
  const wanted = new Set(incident.cameraIds)
  const taken = cameras.filter(
    (camera) =>
      wanted.has(camera.id) &&
      camera.turnedTo !== undefined &&
      camera.turnedTo !== incident.id &&
      slewTo(camera, [lng, lat]) !== null,
  )
  return taken.map((camera) => {
    const other = incidents.find(({ id }) => id === camera.turnedTo)
    // Of another jurisdiction it is not on this desk: then there is no more to say than that there is one.
    const where = other ? `${other.number} ${placeName(lang, other, store.sites.get(other.siteId ?? ''))}` : null
    return (
      <p key={camera.id} className="shortfall" data-camera-elsewhere={camera.id} role="status">
        <WarningIcon /> {t.popup.cameraElsewhere(camera.name, where)}
      </p>
    )
  })
}
