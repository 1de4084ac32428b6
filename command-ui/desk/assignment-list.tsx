import { useState } from 'react'
import type { Assignment } from '../../domain/assignment.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useNowMs, useOne } from '../data/use-store.ts'
import { countUp, minutesSeconds, timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import type { Dictionary } from '../i18n/zh.ts'
import { PatrolWord } from '../ui/marks.tsx'
import { formText } from '../ui/form-text.ts'
import { messageCrew, stepAssignment } from './actions.ts'
import { useCurrent } from './selection.ts'
import { isOpenAssignment } from './stage.ts'
import './assignment-list.css'

/** The patrols on this incident, each with its own times. */
export function AssignmentList() {
  const t = useText()
  const { assignments } = useCurrent(true)
  if (assignments.length === 0) return null
  return (
    <section aria-label={t.panel.assignments}>
      <h3>{t.panel.assignments}</h3>
      <ul className="assignments">
        {assignments.map((assignment) => (
          <AssignmentRow key={assignment.id} assignment={assignment} />
        ))}
      </ul>
    </section>
  )
}

function AssignmentRow({ assignment }: { assignment: Assignment }) {
  const t = useText()
  const patrol = useOne(store.patrols, assignment.patrolId)
  const nowMs = useNowMs()
  const [isWriting, setWriting] = useState(false)
  const isOpen = isOpenAssignment(assignment)
  const dueMs = assignment.etaS === null ? null : timeMs(assignment.orderedAt) + assignment.etaS * 1000
  const isOnTheWay = isOpen && assignment.onSceneAt === null
  return (
    <li className={isOpen ? '' : 'ended'} data-assignment-id={assignment.id} data-assignment-state={assignment.state}>
      <div className="assignment-head">
        <strong>{patrol?.callsign ?? assignment.patrolId}</strong>
        {patrol && isOpen && <PatrolWord status={patrol.status} />}
        <span className="dim">{t.assignmentState[assignment.state]}</span>
        {isOpen && patrol?.fixSource === 'phone' && <span className="dim">☎ {t.panel.byPhone}</span>}
        {isOnTheWay && dueMs !== null && (
          <span className="num age">
            {dueMs >= nowMs ? minutesSeconds((dueMs - nowMs) / 1000) : `+${countUp(nowMs - dueMs)}`}
          </span>
        )}
      </div>
      <p className="dim num assignment-times">{timesOf(assignment, t).join(' → ')}</p>
      {assignment.endedReason && <p className="dim">{assignment.endedReason}</p>}
      {assignment.clearedNote && <p className="dim">{assignment.clearedNote}</p>}
      {isOpen && (
        <div className="assignment-buttons">
          {assignment.state !== 'onScene' && (
            <button type="button" className="quiet" onClick={() => void stepAssignment(assignment.id, 'on-scene')}>
              {t.panel.arrived}
            </button>
          )}
          {assignment.state === 'onScene' && (
            <button type="button" className="quiet" onClick={() => void stepAssignment(assignment.id, 'clear')}>
              {t.panel.cleared}
            </button>
          )}
          {assignment.state !== 'onScene' && (
            <button type="button" className="quiet" onClick={() => void stepAssignment(assignment.id, 'cancel')}>
              {t.panel.cancelAssignment}
            </button>
          )}
          <button
            type="button"
            className="quiet"
            aria-expanded={isWriting}
            data-action="message-crew"
            onClick={() => setWriting(!isWriting)}
          >
            {t.panel.messageCrew}
          </button>
        </div>
      )}
      {isOpen && isWriting && (
        <MessageForm
          label={t.panel.messageText(patrol?.callsign ?? assignment.patrolId)}
          onSend={async (text) => {
            if (await messageCrew(assignment.id, text)) setWriting(false)
          }}
        />
      )}
    </li>
  )
}

function MessageForm({ label, onSend }: { label: string; onSend: (text: string) => Promise<void> }) {
  const t = useText()
  return (
    <form
      className="message-crew"
      onSubmit={(event) => {
        event.preventDefault()
        void onSend(formText(new FormData(event.currentTarget), 'text').trim())
      }}
    >
      <input name="text" aria-label={label} placeholder={label} required maxLength={200} autoFocus pattern=".*\S.*" />
      <button type="submit">{t.panel.send}</button>
    </form>
  )
}

function timesOf(assignment: Assignment, t: Dictionary): string[] {
  const steps: [string, string | null][] = [
    [t.steps.dispatched, assignment.orderedAt],
    [t.event['accepted'] ?? '', assignment.acceptedAt],
    [t.steps.enRoute, assignment.enRouteAt],
    [t.steps.onScene, assignment.onSceneAt],
    [t.event['cleared'] ?? '', assignment.clearedAt ?? null],
    [t.assignmentState[assignment.state], assignment.endedAt],
  ]
  return steps.flatMap(([label, at]) => (at ? [`${label} ${timeOfDay(timeMs(at))}`] : []))
}
