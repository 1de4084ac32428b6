import type { Incident } from '../../domain/incident.ts'
import { api } from '../data/api.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAnswer } from '../data/use-answer.ts'
import { useObservable } from '../data/use-store.ts'
import { dayOfYear, timeOfDay } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { EmptyState, FailedState, LoadingState } from '../pages/page-state.tsx'
import { PageTable } from '../pages/page-table.tsx'
import { goTo, route } from '../route.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { IncidentReplay } from './incident-replay.tsx'
import { useReplayText } from './replay-words.ts'

/** The newest closed ones; older are for reports. */
const LISTED_MAX = 100
const askClosed = () => api.closedIncidents(LISTED_MAX)

/** One incident played again, or the list of those that are over. */
export function ReplayPage() {
  const { id } = useObservable(route)
  return id === null ? <ClosedIncidents /> : <IncidentReplay key={id} incidentId={id} />
}

function ClosedIncidents() {
  const t = useReplayText()
  const words = useText()
  const { value, fault, again } = useAnswer(askClosed)
  const c = t.columns
  return (
    <PageFrame heading={t.heading} tools={<span className="dim">{t.choose}</span>}>
      {fault ? (
        <FailedState fault={fault} onAgain={again} />
      ) : value === null ? (
        <LoadingState />
      ) : value.items.length === 0 ? (
        <EmptyState words={t.none} />
      ) : (
        <PageTable
          columns={[c.place, c.type, c.number, c.opened, c.closed, c.result, null]}
          nameless={words.action.other}
        >
          {value.items.map((incident) => (
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
