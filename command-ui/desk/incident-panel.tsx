import { useText, language } from '../i18n/language.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { openIncident } from '../data/incident-details.ts'
import { useObservable, useOne } from '../data/use-store.ts'
import { goalMinutes, timeOfDay } from '../i18n/durations.ts'
import { Fold, LazyFold } from '../ui/fold.tsx'
import { Key, PriorityMark } from '../ui/marks.tsx'
import { nameIn, placeName } from '../ui/names.ts'
import { ContactList } from './contact-list.tsx'
import { PlanButton } from './floor-plan.tsx'
import { NoteForm } from './note-form.tsx'
import { AlarmAge } from './alarm-age.tsx'
import { unshelve } from './actions.ts'
import { AssignmentList } from './assignment-list.tsx'
import { menu, type Menu } from './menus.ts'
import { PanelMenu } from './panel-menus.tsx'
import { PrimaryAction } from './primary-action.tsx'
import { ResponsePlan } from './response-plan.tsx'
import { RecommendationList } from './recommendation-list.tsx'
import { Replay } from './replay.tsx'
import { RestPanel } from './rest-panel.tsx'
import { useCurrent } from './selection.ts'
import { canShelve } from './stage.ts'
import { Timeline } from './timeline.tsx'
import { VehicleFacts } from './vehicle-facts.tsx'
import './incident-panel.css'

/** Everything about one incident: who and where, the picture, who can go, what was done. */
export function IncidentPanel() {
  const t = useText()
  const { alarm, incident, stage } = useCurrent(true)
  const opened = useObservable(openIncident)
  if (!alarm && !incident) return <RestPanel />
  return (
    <section className="panel incident" data-incident={incident?.id ?? ''} data-stage={stage}>
      <PanelHead />
      <div className="incident-scroll">
        <WhoAndWhere />
        {opened?.fault && <p className="shortfall">▲ {t.panel.notLoaded}</p>}
        {!incident && stage !== 'closed' && <p className="dim loading-line">{t.panel.notOpened}</p>}
        <AssignmentList />
        {(incident ?? alarm?.provisional) &&
          (stage === 'dispatch' || stage === 'acknowledge' || stage === 'others') && <RecommendationList />}
        {incident && (stage === 'underway' || stage === 'finish') && (
          <>
            {stage === 'underway' && opened?.recommendation && <ResponsePlan recommendation={opened.recommendation} />}
            <Fold summary={t.recommend.more}>
              <RecommendationList />
            </Fold>
          </>
        )}
        {incident && (
          <LazyFold key={incident.id} summary={t.replay.heading}>
            <Replay />
          </LazyFold>
        )}
        <Fold summary={t.panel.checklist} open={stage !== 'closed'}>
          <Checklist />
        </Fold>
        <Fold summary={t.panel.timeline} open>
          {incident && <NoteForm key={incident.id} incidentId={incident.id} />}
          <Timeline />
        </Fold>
      </div>
      <PanelActions />
    </section>
  )
}

function PanelHead() {
  const t = useText()
  const lang = useObservable(language)
  const { alarm, incident } = useCurrent(true)
  const what = alarm ?? incident
  const site = useOne(store.sites, what?.siteId ?? null)
  if (!what) return null
  return (
    <header className="incident-head">
      <PriorityMark priority={what.priority} />
      <div className="ellipsis">
        <h2 className="ellipsis">{placeName(lang, what, site)}</h2>
        <p className="dim ellipsis">
          {t.stack.priority(what.priority)} {t.alarmType[what.type]}
          {incident ? (
            <>
              {' · '}
              <span className="num">{incident.number}</span>
              {' · '}
              {t.incidentState[incident.state]}
            </>
          ) : null}
          {alarm && alarm.occurrences > 1 ? ` · ${t.stack.occurrencesLong(alarm.occurrences)}` : ''}
        </p>
      </div>
      {alarm && <AlarmAge alarm={alarm} />}
    </header>
  )
}

function WhoAndWhere() {
  const t = useText()
  const lang = useObservable(language)
  const { alarm, incident } = useCurrent(true)
  const opened = useObservable(openIncident)
  const what = alarm ?? incident
  const site = useOne(store.sites, what?.siteId ?? null)
  const device = useOne(store.devices, alarm?.deviceId ?? null)
  const zone = useOne(store.zones, incident?.zoneId ?? null)
  if (!what) return null
  const contacts = opened?.detail?.contacts ?? site?.contacts ?? []
  const address = site?.address ?? what.place.address
  return (
    <dl className="facts">
      {address && <Line label={t.panel.address}>{address}</Line>}
      {device && (
        <Line label={t.panel.device}>
          {device.name}
          {device.spot ? ` · ${device.spot}` : ''} <span className="dim num">{device.id}</span>
        </Line>
      )}
      {alarm && (
        <Line label={t.panel.raisedAt}>
          <span className="num">{timeOfDay(timeMs(alarm.raisedAt))}</span>
          {alarm.takenAt && (
            <span className="dim num">
              {' '}
              {t.panel.takenAt} {timeOfDay(timeMs(alarm.takenAt))}
            </span>
          )}
        </Line>
      )}
      {alarm?.drill && (
        <Line label={t.drill.mark}>{t.drill.hint(timeOfDay(timeMs(alarm.drill.to)), alarm.drill.why)}</Line>
      )}
      {alarm?.shelved && (
        <Line label={t.shelf.shelved}>
          {t.shelf.until(timeOfDay(timeMs(alarm.shelved.until)))} · {alarm.shelved.by} · {alarm.shelved.why}
        </Line>
      )}
      {incident?.goalS && (
        <Line label={t.panel.zone}>
          {zone ? nameIn(lang, zone) : ''} <strong>{t.unit.minutes(goalMinutes(incident.goalS))}</strong>
        </Line>
      )}
      <VehicleFacts />
      {!incident?.vehicleId && (
        <Line label={t.panel.contacts}>
          {contacts.length === 0 ? (
            <span className="dim">{site ? t.panel.noContacts : t.panel.noSite}</span>
          ) : (
            <ContactList contacts={contacts} incidentId={incident?.id ?? null} />
          )}
        </Line>
      )}
      {site?.notes && <Line label={t.panel.notes}>{site.notes}</Line>}
      <PlanButton />
    </dl>
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

function Checklist() {
  const t = useText()
  const lang = useObservable(language)
  const opened = useObservable(openIncident)
  const checklist = opened?.detail?.checklist ?? []
  if (checklist.length === 0) return <p className="dim">{t.panel.noChecklist}</p>
  return (
    <ol className="checklist">
      {checklist.map((item) => (
        <li key={item.zh}>
          <label>
            <input type="checkbox" /> {lang === 'en' ? item.en : item.zh}
          </label>
        </li>
      ))}
    </ol>
  )
}

function PanelActions() {
  const t = useText()
  const { alarm, incidentId, stage } = useCurrent(true)
  const open = useObservable(menu)
  const toggle = (which: Menu) => menu.set(open === which ? null : which)
  return (
    <footer className="incident-actions">
      <PanelMenu />
      {stage !== 'closed' && <PrimaryAction />}
      <div className="action-row">
        {stage === 'others' && (
          <button type="button" onClick={() => toggle('take-over')} aria-expanded={open === 'take-over'}>
            {t.action.takeOver} <Key>T</Key>
          </button>
        )}
        {canShelve(alarm) && stage !== 'closed' && (
          <button type="button" data-action="shelve" onClick={() => toggle('shelve')} aria-expanded={open === 'shelve'}>
            {t.shelf.shelve} <Key>S</Key>
          </button>
        )}
        {alarm?.shelved && (
          <button type="button" data-action="unshelve" onClick={() => void unshelve()}>
            {t.shelf.unshelve}
          </button>
        )}
        <button
          type="button"
          disabled={!alarm || alarm.state === 'raised' || stage === 'closed'}
          data-action="classify-alarm"
          onClick={() => toggle('classify')}
          aria-expanded={open === 'classify'}
        >
          {t.action.classify} <Key>C</Key>
        </button>
        <button
          type="button"
          disabled={!incidentId || stage === 'acknowledge' || stage === 'closed'}
          data-action="close-incident"
          onClick={() => toggle('close')}
          aria-expanded={open === 'close'}
        >
          {t.action.close} <Key>X</Key>
        </button>
      </div>
    </footer>
  )
}
