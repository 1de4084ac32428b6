import { useEffect, useState } from 'react'
import type { Incident } from '../../domain/incident.ts'
import { api } from '../data/api.ts'
import { timeMs } from '../data/clock.ts'
import { countOddity, store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { dayOfYear, timeOfDay } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { PageTable } from '../pages/page-table.tsx'
import { goTo, route } from '../route.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { IncidentReplay } from './incident-replay.tsx'
import { useReplayText } from './replay-words.ts'

/** The newest closed ones; older are for reports. */
const LISTED_MAX = 100

/** One incident played again, or the list of those that are over. */
export function ReplayPage() {
  const { id } = useObservable(route)
  return id === null ? <ClosedIncidents /> : <IncidentReplay key={id} incidentId={id} />
}

function ClosedIncidents() {
  const t = useReplayText()
  const words = useText()
  const [shown, setShown] = useState<readonly Incident[] | 'failed' | null>(null)
  useEffect(() => {
    let isGone = false
    api.closedIncidents(LISTED_MAX).then(
      ({ items }) => {
        if (!isGone) setShown(items)
      },
      (error: unknown) => {
        countOddity('closed-incidents-not-loaded', error)
        if (!isGone) setShown('failed')
      },
    )
    return () => {
      isGone = true
    }
  }, [])
  const c = t.columns
  return (
    <PageFrame heading={t.heading} tools={<span className="dim">{t.choose}</span>}>
      {shown === null && <p className="empty dim">{words.app.loading}</p>}
      {shown === 'failed' && <p className="empty shortfall">{t.notLoaded}</p>}
      {shown !== null && shown !== 'failed' && shown.length === 0 && <p className="empty dim">{t.none}</p>}
      {shown !== null && shown !== 'failed' && shown.length > 0 && (
        <PageTable
          columns={[c.place, c.type, c.number, c.opened, c.closed, c.result, null]}
          nameless={words.action.other}
        >
          {shown.map((incident) => (
            <ClosedRow key={incident.id} incident={incident} />
          ))}
        </PageTable>
      )}
    </PageFrame>
  )
}

function ClosedRow({ incident }: { incident: Incident }) {
  const t = useReplayText()
  const words = useText()
  const lang = useObservable(language)
  const at = (iso: string | null) => (iso ? `${dayOfYear(timeMs(iso))} ${timeOfDay(timeMs(iso))}` : '—')
  return (
    <tr data-closed={incident.id}>
      <td>
        <PriorityMark priority={incident.priority} />{' '}
        <strong>{placeName(lang, incident, store.sites.get(incident.siteId ?? ''))}</strong>
      </td>
      <td>{words.alarmType[incident.type]}</td>
      <td className="num dim">{incident.number}</td>
      <td className="num">{at(incident.openedAt)}</td>
      <td className="num">{at(incident.closedAt)}</td>
      <td>{incident.disposition ? words.disposition[incident.disposition] : words.incidentState[incident.state]}</td>
      <td className="row-buttons">
        <button type="button" className="quiet" onClick={() => goTo('replay', incident.id)}>
          ▶ {t.open}
        </button>
      </td>
    </tr>
  )
}
