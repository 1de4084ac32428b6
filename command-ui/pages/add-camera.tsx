import { useState } from 'react'
import type { Camera, DiscoveredCamera } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import './camera-form.css'
import { EventsField, FactFields, factsOf, SourceFields, sourceOf, type SourceKind } from './camera-fields.tsx'
import { useCameraSubmit } from './use-camera-submit.ts'

/** By RTSP address or by ONVIF; the server connects before it answers, so a wrong password is known at once. */
export function AddCamera({ onClose, onAdded }: { onClose: () => void; onAdded: (camera: Camera) => void }) {
  const t = useText()
  const c = t.cameras
  const [kind, setKind] = useState<SourceKind>('rtsp')
  const [found, setFound] = useState<DiscoveredCamera | null>(null)
  const { wrong, isBusy, mayForce, submit } = useCameraSubmit(async (form, isForced) => {
    const camera = await api.addCamera({ ...factsOf(form), source: sourceOf(form, kind) }, isForced)
    say(c.added(camera.name))
    onAdded(camera)
  })
  return (
    <form className="stacked camera-form" onSubmit={submit}>
      <h2>{c.add}</h2>
      <div role="radiogroup" className="segmented" aria-label={c.columns.source}>
        {(['rtsp', 'onvif', 'push'] as const).map((one) => (
          <button key={one} type="button" role="radio" aria-checked={kind === one} onClick={() => setKind(one)}>
            {{ rtsp: c.byRtsp, onvif: c.byOnvif, push: c.push.by }[one]}
          </button>
        ))}
      </div>
      {kind === 'onvif' && <Discovery onUse={setFound} />}
      <SourceFields key={`source-${kind}-${found?.address}`} kind={kind} service={found} />
      <FactFields key={`facts-${found?.address}`} name={found?.name ?? ''} />
      {kind === 'onvif' && <EventsField />}
      <WrongLine words={wrong} />
      <div className="menu-buttons">
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? c.busy : c.submit}
        </button>
        {mayForce && (
          <button type="submit" name="force" disabled={isBusy}>
            {c.saveAnyway}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {t.action.cancel}
        </button>
      </div>
    </form>
  )
}

function Discovery({ onUse }: { onUse: (camera: DiscoveredCamera) => void }) {
  const t = useText()
  const c = t.cameras
  const [found, setFound] = useState<DiscoveredCamera[] | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)
  const search = async () => {
    setBusy(true)
    setWrong(null)
    try {
      setFound(await api.discoverCameras())
    } catch (error) {
      setWrong(faultSentence(asApiFault(error)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="discovery">
      <button type="button" disabled={isBusy} onClick={() => void search()}>
        {isBusy ? c.discovering : c.discover}
      </button>
      {wrong && <p className="wrong">{wrong}</p>}
      {found && <p className="dim">{found.length === 0 ? c.discoveredNone : c.discovered(found.length)}</p>}
      {found && found.length > 0 && (
        <ul className="discovered">
          {found.map((camera) => (
            <li key={camera.address}>
              <span>
                {camera.name ?? camera.hardware ?? camera.host}{' '}
                <span className="dim num">
                  {camera.host}:{camera.port}
                </span>
              </span>
              {camera.knownAs ? (
                <span className="dim">{c.known(camera.knownAs)}</span>
              ) : (
                <button type="button" onClick={() => onUse(camera)}>
                  {c.use}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
