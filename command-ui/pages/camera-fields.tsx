import type { Camera, CameraEventsUse, CameraWrite } from '../../domain/camera.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'

/** The fields of a camera, for adding one and for changing one. */
export type SourceKind = Camera['source']['kind']
const EVENTS_USES: readonly CameraEventsUse[] = ['faults', 'inputs-too', 'off']
const ONVIF_PATH = '/onvif/device_service'
const COMMA_OR_SPACE = /[,\uFF0C\s]+/

/** A form field that was left empty. */
const filled = (form: FormData, name: string): string | undefined => {
  const value = form.get(name)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** All but the source, as typed. */
export type CameraFacts = Required<Omit<CameraWrite, 'id' | 'source' | 'jurisdiction'>>

export function factsOf(form: FormData): CameraFacts {
  const [lng = 0, lat = 0] = (filled(form, 'place') ?? '').split(COMMA_OR_SPACE).map(Number)
  const bearing = filled(form, 'bearing')
  return {
    name: filled(form, 'name') ?? '',
    siteId: filled(form, 'site') ?? null,
    lng,
    lat,
    bearingDeg: bearing === undefined ? null : Number(bearing),
    fovDeg: Number(filled(form, 'fov') ?? 70),
    rangeM: Number(filled(form, 'range') ?? 60),
    warm: form.get('warm') !== null,
    audio: form.get('audio') !== null,
    events: EVENTS_USES.find((use) => use === form.get('events')) ?? 'faults',
  }
}

export function sourceOf(form: FormData, kind: SourceKind): CameraWrite['source'] {
  const login = { username: filled(form, 'username'), password: filled(form, 'password') }
  if (kind === 'push') return { kind }
  if (kind === 'rtsp')
    return {
      kind,
      url: filled(form, 'url') ?? '',
      mainUrl: filled(form, 'main'),
      certificateSha256: filled(form, 'certificate') ?? null,
      ...login,
    }
  return {
    kind,
    host: filled(form, 'host') ?? '',
    port: Number(filled(form, 'port') ?? 80),
    path: filled(form, 'path') ?? ONVIF_PATH,
    ...login,
  }
}

/** Where an ONVIF service is. */
export interface ServicePlace {
  host: string
  port: number
  path: string
}

/** Its address and login. @param known of a camera that is changed: a password that is not typed stays */
export function SourceFields({
  kind,
  known,
  service,
}: {
  kind: SourceKind
  known?: Camera['source']
  service?: ServicePlace | null
}) {
  const c = useText().cameras
  if (kind === 'push') return <p className="dim">{c.push.hint}</p>
  return (
    <>
      {kind === 'rtsp' ? (
        <>
          <Field
            label={c.url}
            name="url"
            placeholder={c.urlHint}
            pattern="rtsps?://.+"
            required
            defaultValue={known?.address}
          />
          <Field
            label={c.main}
            name="main"
            placeholder={c.urlHint}
            pattern="rtsps?://.+"
            defaultValue={known?.mainAddress ?? ''}
          />
          <Field
            label={c.certificate}
            name="certificate"
            pattern="([0-9a-fA-F]{2}:?){32}"
            defaultValue={known?.certificateSha256 ?? ''}
          />
        </>
      ) : (
        <div className="fields">
          <Field label={c.host} name="host" required defaultValue={service?.host} />
          <Field
            label={c.port}
            name="port"
            type="number"
            defaultValue={String(service?.port ?? 80)}
            min={1}
            max={65535}
          />
          <Field label={c.path} name="path" defaultValue={service?.path ?? ONVIF_PATH} />
        </div>
      )}
      <div className="fields">
        <Field label={c.username} name="username" autoComplete="off" defaultValue={known?.username ?? ''} />
        <Field
          label={c.password}
          name="password"
          type="password"
          autoComplete="new-password"
          placeholder={known ? c.passwordKept : ''}
        />
      </div>
    </>
  )
}

/** Name, place, view and site; `camera` is the one that is changed. */
export function FactFields({ camera, name = '' }: { camera?: Camera; name?: string }) {
  const t = useText()
  const c = t.cameras
  const city = useObservable(store.city)
  const sites = useAll(store.sites)
  const [lng, lat] = camera ? [camera.lng, camera.lat] : (city?.centre ?? [])
  return (
    <>
      <Field label={c.name} name="name" required maxLength={120} defaultValue={camera?.name ?? name} />
      <Field
        label={c.place}
        name="place"
        required
        pattern="\s*-?\d+(\.\d+)?[,\uFF0C\s]+-?\d+(\.\d+)?\s*"
        title={c.placeHint}
        defaultValue={lng === undefined || lat === undefined ? '' : `${lng.toFixed(6)}, ${lat.toFixed(6)}`}
      />
      <div className="fields">
        <Field
          label={c.bearing}
          name="bearing"
          type="number"
          min={0}
          max={360}
          step="any"
          defaultValue={camera?.bearingDeg ?? ''}
        />
        <Field
          label={c.fov}
          name="fov"
          type="number"
          min={1}
          max={360}
          step="any"
          required
          defaultValue={camera?.fovDeg ?? 70}
        />
        <Field
          label={c.range}
          name="range"
          type="number"
          min={1}
          max={2000}
          step="any"
          required
          defaultValue={camera?.rangeM ?? 60}
        />
      </div>
      <label>
        <span>{c.site}</span>
        <select name="site" defaultValue={camera?.siteId ?? ''}>
          <option value="">{c.noSite}</option>
          {sites.map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </select>
      </label>
      <Check name="warm" label={c.warmLabel} isOn={camera?.warm ?? false} />
      <Check name="audio" label={c.audioLabel} isOn={camera?.audio ?? false} />
    </>
  )
}

/** Of cameras that speak ONVIF. */
export function EventsField({ use = 'faults' }: { use?: CameraEventsUse }) {
  const c = useText().cameras
  return (
    <label>
      <span>{c.events}</span>
      <select name="events" defaultValue={use}>
        {EVENTS_USES.map((one) => (
          <option key={one} value={one}>
            {c.eventsUse[one]}
          </option>
        ))}
      </select>
    </label>
  )
}

export function Check({ name, label, isOn }: { name: string; label: string; isOn: boolean }) {
  return (
    <label className="check">
      <input type="checkbox" name={name} defaultChecked={isOn} /> {label}
    </label>
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
