import { useMemo, useState } from 'react'
import { FIX_FLAGS } from '../../domain/fix.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Trouble } from '../../domain/trouble.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAll, useNowMs, useObservable, useOne } from '../data/use-store.ts'
import { countUp } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { goTo } from '../route.ts'
import { PatrolWord, PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { flyTo } from './map-view.ts'
import { incidentOrder } from './order.ts'
import { selectIncident, selection } from './selection.ts'

type Tab = 'incidents' | 'patrols' | 'troubles'
const ROWS_MAX = 200

/** What is under way, who is on the road, what is broken. Everything that the map shows is also here, in words. */
export function SideLists() {
  const t = useText()
  const [tab, setTab] = useState<Tab>('incidents')
  const incidents = incidentOrder(useAll(store.incidents))
  const patrols = useAll(store.patrols)
  const troubles = useAll(store.troubles).filter((trouble) => trouble.restoredAt === null)
  const free = patrols.filter((patrol) => patrol.status === 'free').length
  const tabs: { id: Tab; label: string; count: string }[] = [
    { id: 'incidents', label: t.incidents.heading, count: String(incidents.length) },
    { id: 'patrols', label: t.patrols.heading, count: `${free}/${patrols.length}` },
    { id: 'troubles', label: t.troubles.heading, count: String(troubles.length) },
  ]
  return (
    <section className="panel side-lists">
      <div role="tablist" className="tabs">
        {tabs.map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={tab === id}
            aria-controls="side-list"
            onClick={() => setTab(id)}
          >
            {label}{' '}
            <span className={`num count ${id === 'troubles' && troubles.length > 0 ? 'count-warn' : ''}`}>{count}</span>
          </button>
        ))}
      </div>
      <div role="tabpanel" id="side-list" aria-labelledby={`tab-${tab}`} className="rows">
        {tab === 'incidents' && <Incidents />}
        {tab === 'patrols' && <Patrols patrols={patrols} />}
        {tab === 'troubles' && <Troubles troubles={troubles} />}
      </div>
    </section>
  )
}

function Incidents() {
  const t = useText()
  const lang = useObservable(language)
  const chosen = useObservable(selection)
  const incidents = incidentOrder(useAll(store.incidents))
  const assignments = useAll(store.assignments)
  const nowMs = useNowMs()
  if (incidents.length === 0) return <p className="empty dim">{t.incidents.empty}</p>
  return (
    <ol>
      {incidents.slice(0, ROWS_MAX).map((incident) => {
        const sent = assignments.filter((a) => a.incidentId === incident.id && a.endedAt === null)
        const callsigns = sent.map((a) => store.patrols.get(a.patrolId)?.callsign ?? a.patrolId)
        return (
          <li key={incident.id} data-incident-id={incident.id}>
            <button
              type="button"
              className={`row ${chosen.incidentId === incident.id ? 'chosen' : ''}`}
              onClick={() => {
                selectIncident(incident, true)
                goTo('desk')
              }}
            >
              <span className="row-mark">
                <PriorityMark priority={incident.priority} />
              </span>
              <span className="row-body">
                <span className="row-head">
                  <span className="ellipsis">{placeName(lang, incident, store.sites.get(incident.siteId ?? ''))}</span>
                  <span className="age num">{countUp(nowMs - timeMs(incident.openedAt))}</span>
                </span>
                <span className="row-foot">
                  <span className="chip">{t.incidentState[incident.state]}</span>
                  <span className="ellipsis dim">{callsigns.join(' ')}</span>
                </span>
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function Patrols({ patrols }: { patrols: readonly PatrolNow[] }) {
  const t = useText()
  const rows = useMemo(() => [...patrols].sort((a, b) => a.callsign.localeCompare(b.callsign, 'zh')), [patrols])
  if (rows.length === 0) return <p className="empty dim">{t.patrols.empty}</p>
  return (
    <ol>
      {rows.slice(0, ROWS_MAX).map((patrol) => (
        <PatrolRow key={patrol.id} patrol={patrol} />
      ))}
    </ol>
  )
}

/** Newest sign of the patrol's place: the binary stream when it has one, else the snapshot. */
function fixAtMs(patrol: PatrolNow): number | null {
  const dot = store.dots.get(patrol.key)
  return dot?.takenAtMs ?? (patrol.takenAt ? timeMs(patrol.takenAt) : null)
}

function PatrolRow({ patrol }: { patrol: PatrolNow }) {
  const t = useText()
  const nowMs = useNowMs()
  const atMs = fixAtMs(patrol)
  const ageS = atMs === null ? null : Math.max(0, (nowMs - atMs) / 1000)
  const isJumping = ((store.dots.get(patrol.key)?.flags ?? 0) & FIX_FLAGS.jump) !== 0
  const posting = useAll(store.postings).find((one) => one.patrolId === patrol.id && one.state !== 'ended')
  return (
    <li data-patrol-id={patrol.id}>
      <button
        type="button"
        className="row row-thin"
        onClick={() => {
          const dot = store.dots.get(patrol.key)
          const lng = dot?.lng ?? patrol.lng
          const lat = dot?.lat ?? patrol.lat
          if (lng !== null && lat !== null) flyTo([lng, lat], patrol.id)
        }}
      >
        <strong className="ellipsis">{patrol.callsign}</strong>
        {posting ? (
          <span className="word" data-posting-state={posting.state} title={posting.placeName}>
            ◇ {t.patrols.posting[posting.state]}
          </span>
        ) : (
          <PatrolWord status={patrol.status} />
        )}
        <span className={`num ${ageS === null || ageS > 30 || isJumping ? 'is-stale' : 'dim'}`}>
          {isJumping ? `▲ ${t.patrols.jumping} · ` : ''}
          {ageS === null ? t.patrols.noFix : t.unit.ago(t.unit.age(ageS))}
        </span>
      </button>
    </li>
  )
}

function Troubles({ troubles }: { troubles: readonly Trouble[] }) {
  const t = useText()
  if (troubles.length === 0) return <p className="empty dim">✓ {t.troubles.empty}</p>
  return (
    <ol>
      {troubles.slice(0, ROWS_MAX).map((trouble) => (
        <TroubleRow key={trouble.id} trouble={trouble} />
      ))}
    </ol>
  )
}

function TroubleRow({ trouble }: { trouble: Trouble }) {
  const t = useText()
  const nowMs = useNowMs()
  const device = useOne(store.devices, trouble.subjectId)
  const camera = useOne(store.cameras, trouble.subjectId)
  const site = useOne(store.sites, trouble.subjectId)
  const name = device?.name ?? camera?.name ?? site?.name ?? trouble.subjectId
  const facts = trouble.facts && t.troubleFacts[trouble.code]?.(trouble.facts)
  return (
    <li className="row row-trouble" data-trouble-id={trouble.id} title={t.sentence(trouble.detail)}>
      <span className="row-body">
        <span className="row-head">
          <span className="word tone-warn" aria-hidden="true">
            ▲
          </span>
          <span className="ellipsis">
            {t.subject[trouble.subjectKind]} {name}
          </span>
          <span className="age num dim">{t.unit.age((nowMs - timeMs(trouble.since)) / 1000)}</span>
        </span>
        <span className="row-foot">
          <span className="chip">{t.trouble[trouble.code] ?? trouble.code}</span>
          {facts && <span className="dim ellipsis">{facts}</span>}
          {trouble.count > 1 && <span className="dim num">{t.troubles.count(trouble.count)}</span>}
        </span>
      </span>
    </li>
  )
}
