import { lazy, Suspense, useMemo, useState } from 'react'
import type { LngLat } from '../../domain/scalars.ts'
import type { Site } from '../../domain/site.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { flyTo } from '../desk/map-view.ts'
import { language, useText } from '../i18n/language.ts'
import { goTo } from '../route.ts'
import { CameraWord, Phone } from '../ui/marks.tsx'
import { nameIn } from '../ui/names.ts'
import { AreaSketch, type SketchDot } from './area-sketch.tsx'
import { useMayWrite } from './may-write.ts'
import { useRegisterText } from './register-words.ts'
import { SiteDrills } from './site-drills.tsx'
import './site-detail.css'

const SiteForm = lazy(() => import('./site-form.tsx').then((m) => ({ default: m.SiteForm })))

/** Everything about one site that an officer asks on the telephone, and the way to change it. */
export function SiteDetail({ site, onClose }: { site: Site; onClose: () => void }) {
  const t = useRegisterText().sites
  const words = useText()
  const lang = useObservable(language)
  const mayWrite = useMayWrite('site')
  const [isEditing, edit] = useState(false)
  if (isEditing) {
    return (
      <Suspense fallback={<p className="dim">{words.app.loading}</p>}>
        <SiteForm site={site} onDone={() => edit(false)} />
      </Suspense>
    )
  }
  return (
    <section className="stacked site-detail" data-site={site.id} aria-label={nameIn(lang, site)}>
      <h2>{nameIn(lang, site)}</h2>
      <dl className="facts">
        <Line label={t.columns.kind}>{t.kind[site.kind]}</Line>
        <Line label={t.address}>{site.address}</Line>
        <Line label={t.jurisdiction}>{site.jurisdiction || <span className="dim">{t.noJurisdiction}</span>}</Line>
        <Line label={words.replay.heading}>{site.recordDays ?? <span className="dim">{t.byDefault}</span>}</Line>
        {site.notes && <Line label={t.notes}>{site.notes}</Line>}
      </dl>
      <SiteSketch site={site} label={t.sketch(nameIn(lang, site))} />
      <div className="site-buttons">
        <button
          type="button"
          onClick={() => {
            flyTo([site.lng, site.lat])
            goTo('desk')
          }}
        >
          {t.locate}
        </button>
        {mayWrite && (
          <button type="button" data-action="edit-site" onClick={() => edit(true)}>
            {t.edit}
          </button>
        )}
        <button type="button" className="quiet" onClick={onClose}>
          {words.action.dismiss}
        </button>
      </div>
      <h3>{t.contacts}</h3>
      {site.contacts.length === 0 ? (
        <p className="dim">{t.noContacts}</p>
      ) : (
        <ul className="contacts">
          {site.contacts.map((contact) => (
            <li key={contact.name + contact.phone}>
              {contact.name} <span className="dim">{contact.role}</span> <Phone number={contact.phone} />
            </li>
          ))}
        </ul>
      )}
      <h3>{t.cameras}</h3>
      {site.cameraIds.length === 0 ? (
        <p className="dim">{t.noCameras}</p>
      ) : (
        <ol className="site-cameras">
          {site.cameraIds.map((id) => (
            <CameraLine key={id} id={id} />
          ))}
        </ol>
      )}
      <SiteDrills siteId={site.id} />
    </section>
  )
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="dim">{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function CameraLine({ id }: { id: string }) {
  const camera = useOne(store.cameras, id)
  return (
    <li>
      {camera?.name ?? id} {camera && <CameraWord state={camera.state} reason={camera.stateReason} />}
    </li>
  )
}

/** The site, its cameras, and the borders of the zones around it. */
function SiteSketch({ site, label }: { site: Site; label: string }) {
  const zones = useAll(store.zones)
  const cameras = site.cameraIds.flatMap((id) => store.cameras.get(id) ?? [])
  const dots: SketchDot[] = [
    { id: site.id, at: [site.lng, site.lat], kind: 'site' },
    ...cameras.map(({ id, lng, lat }): SketchDot => ({ id, at: [lng, lat], kind: 'camera' })),
  ]
  const shape = JSON.stringify(dots.map(({ at }) => at))
  const around = useMemo(() => JSON.parse(shape) as LngLat[], [shape])
  return <AreaSketch label={label} zones={zones} dots={dots} around={around} />
}
