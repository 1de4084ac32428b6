import { useState } from 'react'
import type { Camera, CameraEventsUse, CameraWrite, DiscoveredCamera } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { asApiFault, type ApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import './add-camera.css'

type Kind = 'rtsp' | 'onvif' | 'push'
const EVENTS_USES: readonly CameraEventsUse[] = ['faults', 'inputs-too', 'off']

/** A form field that was left empty. */
const filled = (form: FormData, name: string): string | undefined => {
  const value = form.get(name)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function cameraOf(form: FormData, kind: Kind): CameraWrite {
  const [lng = 0, lat = 0] = (filled(form, 'place') ?? '').split(/[,\uFF0C\s]+/).map(Number)
  const bearing = filled(form, 'bearing')
  return {
    name: filled(form, 'name') ?? '',
    siteId: filled(form, 'site') ?? null,
    lng,
    lat,
    bearingDeg: bearing === undefined ? null : Number(bearing),
    fovDeg: 70,
    rangeM: 60,
    warm: form.get('warm') !== null,
    audio: form.get('audio') !== null,
    events: EVENTS_USES.find((use) => use === form.get('events')) ?? 'faults',
    source: sourceOf(form, kind),
  }
}

function sourceOf(form: FormData, kind: Kind): CameraWrite['source'] {
  const login = { username: filled(form, 'username'), password: filled(form, 'password') }
  if (kind === 'push') return { kind }
  if (kind === 'rtsp')
    return {
      kind,
      url: filled(form, 'url') ?? '',
      mainUrl: filled(form, 'main'),
      certificateSha256: filled(form, 'certificate'),
      ...login,
    }
  return {
    kind,
    host: filled(form, 'host') ?? '',
    port: Number(filled(form, 'port') ?? 80),
    path: filled(form, 'path') ?? '/onvif/device_service',
    ...login,
  }
}

/** The fingerprint that the camera has shown. */
function shownBy(fault: ApiFault): string {
  return /[0-9a-f]{64}/.exec(fault.message)?.[0] ?? ''
}

/** By RTSP address or by ONVIF; the server connects before it answers, so a wrong password is known at once. */
export function AddCamera({ onClose, onAdded }: { onClose: () => void; onAdded: (camera: Camera) => void }) {
  const t = useText()
  const c = t.cameras
  const [kind, setKind] = useState<Kind>('rtsp')
  const [found, setFound] = useState<DiscoveredCamera | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (form: FormData) => {
    setBusy(true)
    setWrong(null)
    try {
      const camera = await api.addCamera(cameraOf(form, kind))
      say(c.added(camera.name))
      onAdded(camera)
    } catch (error) {
      const fault = asApiFault(error)
      if (fault.code === 'camera-certificate-unknown') return setWrong(`${t.fault[fault.code]}: ${shownBy(fault)}`)
      setWrong(fault.code.startsWith('camera-') ? t.fault[fault.code] : faultSentence(fault))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="stacked add-camera"
      onSubmit={(event) => {
        event.preventDefault()
        void submit(new FormData(event.currentTarget))
      }}
    >
      <h2>{c.add}</h2>
      <div role="radiogroup" className="segmented" aria-label={c.columns.source}>
        {(['rtsp', 'onvif', 'push'] as const).map((one) => (
          <button key={one} type="button" role="radio" aria-checked={kind === one} onClick={() => setKind(one)}>
            {{ rtsp: c.byRtsp, onvif: c.byOnvif, push: c.push.by }[one]}
          </button>
        ))}
      </div>
      {kind === 'push' && <p className="dim">{c.push.hint}</p>}
      {kind === 'rtsp' && (
        <>
          <Field label={c.url} name="url" placeholder={c.urlHint} pattern="rtsps?://.+" required />
          <Field label={c.main} name="main" placeholder={c.urlHint} pattern="rtsps?://.+" />
          <Field label={c.certificate} name="certificate" pattern="([0-9a-fA-F]{2}:?){32}" />
        </>
      )}
      {kind === 'onvif' && (
        <>
          <Discovery onUse={setFound} />
          <div key={found?.address} className="fields">
            <Field label={c.host} name="host" required defaultValue={found?.host} />
            <Field
              label={c.port}
              name="port"
              type="number"
              defaultValue={String(found?.port ?? 80)}
              min={1}
              max={65535}
            />
            <Field label={c.path} name="path" defaultValue={found?.path ?? '/onvif/device_service'} />
          </div>
        </>
      )}
      {kind !== 'push' && (
        <div className="fields">
          <Field label={c.username} name="username" autoComplete="off" />
          <Field label={c.password} name="password" type="password" autoComplete="off" />
        </div>
      )}
      <Field
        key={found?.address ?? 'typed'}
        label={c.name}
        name="name"
        required
        maxLength={120}
        defaultValue={found?.name ?? ''}
      />
      <PlaceFields />
      {kind === 'onvif' && (
        <label>
          <span>{c.events}</span>
          <select name="events" defaultValue="faults">
            {EVENTS_USES.map((use) => (
              <option key={use} value={use}>
                {c.eventsUse[use]}
              </option>
            ))}
          </select>
        </label>
      )}
      <WrongLine words={wrong} />
      <div className="menu-buttons">
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? c.busy : c.submit}
        </button>
        <button type="button" onClick={onClose}>
          {t.action.cancel}
        </button>
      </div>
    </form>
  )
}

function PlaceFields() {
  const t = useText()
  const c = t.cameras
  const city = useObservable(store.city)
  const sites = useAll(store.sites)
  return (
    <>
      <Field
        label={c.place}
        name="place"
        required
        pattern="\s*-?\d+(\.\d+)?[,\uFF0C\s]+-?\d+(\.\d+)?\s*"
        title={c.placeHint}
        defaultValue={city ? `${city.centre[0].toFixed(5)}, ${city.centre[1].toFixed(5)}` : ''}
      />
      <div className="fields">
        <Field label={c.bearing} name="bearing" type="number" min={0} max={360} />
        <label>
          <span>{c.site}</span>
          <select name="site" defaultValue="">
            <option value="">{c.noSite}</option>
            {sites.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="check">
        <input type="checkbox" name="warm" /> {c.warmLabel}
      </label>
      <label className="check">
        <input type="checkbox" name="audio" /> {c.audioLabel}
      </label>
    </>
  )
}

function Field({ label, ...input }: { label: string } & React.InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label>
      <span>{label}</span>
      <input {...input} />
    </label>
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
