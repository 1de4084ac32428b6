import { timeMs } from '../data/clock.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { useCurrent } from './selection.ts'
import './steps.css'

/** Where the incident stands, as five steps with their times. */
export function Steps() {
  const t = useText()
  const { alarm, incident, assignments } = useCurrent()
  const first = assignments[assignments.length - 1]
  const times: [label: string, at: string | null | undefined][] = [
    [t.steps.raised, alarm?.raisedAt ?? incident?.openedAt],
    // Pressed again, it waits for an answer again.
    [t.steps.acknowledged, alarm?.state === 'raised' ? null : alarm?.acknowledgedAt],
    [t.steps.dispatched, incident?.dispatchedAt ?? first?.orderedAt],
    [t.steps.enRoute, incident?.enRouteAt ?? first?.enRouteAt],
    [t.steps.onScene, incident?.onSceneAt ?? first?.onSceneAt],
    [t.steps.closed, incident?.closedAt],
  ]
  const next = times.findIndex(([, at]) => !at)
  return (
    <ol className="steps">
      {times.map(([label, at], index) => (
        <li
          key={label}
          className={at ? 'done' : index === next ? 'next' : ''}
          aria-current={index === next ? 'step' : undefined}
        >
          <span className="steps-label">
            {at ? '✓' : index + 1} {label}
          </span>
          <span className="num dim">{at ? timeOfDay(timeMs(at)) : '––:––'}</span>
        </li>
      ))}
    </ol>
  )
}
