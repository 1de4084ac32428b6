import type { CallNote } from '../../domain/wire/http.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { openIncident } from '../data/incident-details.ts'
import { useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import type { Dictionary } from '../i18n/zh.ts'
import { isMine } from './stage.ts'
import './timeline.css'

/** Every step of the incident with its time, the newest on top, with the seconds since the press beside it. */
export function Timeline() {
  const t = useText()
  const open = useObservable(openIncident)
  const events = (open?.timeline ?? []).filter(isTold)
  const first = events[0]
  if (!first) return <p className="dim">{t.panel.noTimeline}</p>
  const startMs = timeMs(first.at)
  return (
    <ol className="timeline">
      {[...events].reverse().map((event) => (
        <li key={event.n} data-event={`${event.kind}.${event.action}`}>
          <time className="num">{timeOfDay(timeMs(event.at))}</time>
          <span className="num dim">+{Math.round((timeMs(event.at) - startMs) / 1000)}s</span>
          <strong>{t.event[event.action] ?? event.action}</strong>
          <span className="ellipsis">{subjectWords(event, t)}</span>
          <span className="ellipsis dim">{actorWords(event.actor, t)}</span>
          {event.action === 'photographed' && <PhotoOfCrew event={event} />}
        </li>
      ))}
    </ol>
  )
}

/** What the crew saw. The centre writes down who looked; nothing is kept in the browser. */
function PhotoOfCrew({ event }: { event: LogEvent }) {
  const t = useText()
  const url = `/api/v1/photos/${encodeURIComponent(event.subjectId)}`
  return (
    <a className="crew-photo-of-scene" href={url} target="_blank" rel="noreferrer" data-photo-id={event.subjectId}>
      <img src={url} alt={t.panel.photo(timeOfDay(timeMs(event.at)))} loading="lazy" />
    </a>
  )
}

/** Later than this after the finger, a tap has waited for a network: both times are shown. */
const TAP_LATE_MS = 5_000

/** The time of the finger where it is not the time of the step. */
function tapWords(event: LogEvent, t: Dictionary): string[] {
  const tapped = event.body['tappedAt']
  const step = event.action === 'photographed' ? null : STEP_OF[event.action]
  const at = step ? (tapped as Record<string, string> | undefined)?.[step] : tapped
  if (typeof at !== 'string' || timeMs(event.at) - timeMs(at) < TAP_LATE_MS) return []
  return [t.panel.tappedAt(timeOfDay(timeMs(at)))]
}

/** The crew's step by the verb that the timeline has. */
const STEP_OF: Record<string, string> = {
  accepted: 'accept',
  'en-route': 'en-route',
  'on-scene': 'on-scene',
  cleared: 'clear',
  declined: 'decline',
}

/** What an incident's own state follows from is in the log already, as the step of an alarm or of an assignment. */
const INCIDENT_STEPS = new Set([
  'opened',
  'joined',
  'merged',
  'controlled',
  'reopened',
  'closed',
  'located',
  'level-changed',
])

/** The log also carries the state of patrol and incident after each step; the step itself is the line to read. */
export function isTold(event: LogEvent): boolean {
  return event.kind === 'incident' ? INCIDENT_STEPS.has(event.action) : event.kind !== 'patrol'
}

export function subjectWords(event: LogEvent, t: Dictionary): string {
  const body = event.body
  const called = body['call'] as CallNote | undefined
  if (event.action === 'phoned' && called) return `${called.name} · ${t.panel.callOutcome[called.outcome]}`
  const reason = [body['endedReason'], body['clearedNote'], body['closingNote'], body['text'], body['note']].find(
    (words): words is string => typeof words === 'string' && words !== '',
  )
  const parts: string[] = []
  if (event.kind === 'assignment') {
    const patrolId = typeof body['patrolId'] === 'string' ? body['patrolId'] : ''
    parts.push(store.patrols.get(patrolId)?.callsign ?? patrolId)
    if (event.action === 'ordered' && typeof body['etaS'] === 'number') parts.push(t.unit.eta(body['etaS']))
    const arrival = body['arrival']
    if (event.action === 'on-scene' && (arrival === 'detected' || arrival === 'crew' || arrival === 'desk')) {
      parts.push(t.panel.arrival[arrival])
    }
  } else if (event.kind === 'alarm') {
    const type = body['type']
    if (typeof type === 'string' && type in t.alarmType) parts.push(t.alarmType[type as keyof typeof t.alarmType])
    const occurrences = body['occurrences']
    if (event.action === 'repeated' && typeof occurrences === 'number') parts.push(t.stack.occurrences(occurrences))
  }
  const disposition = body['disposition']
  if (typeof disposition === 'string' && disposition in t.disposition) {
    parts.push(t.disposition[disposition as keyof typeof t.disposition])
  }
  if (reason) parts.push(reason)
  parts.push(...tapWords(event, t))
  return parts.join(' · ')
}

function actorWords(actor: string, t: Dictionary): string {
  if (actor === 'centre') return t.actor.centre
  const [kind, id = ''] = actor.split(':')
  if (kind === 'device') return t.actor.device(store.devices.get(id)?.name ?? id)
  if (kind === 'patrol') return t.actor.patrol(store.patrols.get(id)?.callsign ?? id)
  const me = store.me.get()
  return isMine(actor, me) ? (me?.displayName ?? actor) : actor
}
