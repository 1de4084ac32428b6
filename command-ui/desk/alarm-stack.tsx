import { useEffect, useMemo, useRef, useState } from 'react'
import type { Alarm } from '../../domain/alarm.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAll, useNowMs, useObservable, useOne } from '../data/use-store.ts'
import { countUp } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { goTo, route } from '../route.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { frozenOrder, stackOrder } from './order.ts'
import { useRendered } from './rendered.ts'
import { selectAlarm, selection } from './selection.ts'
import { isMine } from './stage.ts'
import './alarm-stack.css'

/** Rows that are drawn; the officer handles the top of the stack, and a thousand rows cost a second to lay out. */
const ROWS_MAX = 120

/** P1…P4, the unacknowledged first. Rows never move under the pointer: new ones wait, counted, until it leaves. */
export function AlarmStack() {
  const t = useText()
  const alarms = useAll(store.alarms)
  const wanted = useMemo(() => stackOrder(alarms), [alarms])
  /** The rows that stood there when the pointer came; null while it is elsewhere. */
  const [held, setHeld] = useState<readonly string[] | null>(null)
  const { rows, waiting } = held ? frozenOrder(held, wanted) : { rows: wanted, waiting: 0 }
  const raised = wanted.filter((alarm) => alarm.state === 'raised').length
  return (
    <section className="panel stack" aria-label={t.stack.heading}>
      <h2>
        {t.stack.heading} <span className={`count num ${raised > 0 ? 'count-alarm' : ''}`}>{wanted.length}</span>
        {waiting > 0 && (
          <button type="button" className="waiting" onClick={() => setHeld(null)}>
            {t.stack.newAbove(waiting)}
          </button>
        )}
        <span className="keys">
          <kbd>J</kbd> <kbd>K</kbd>
        </span>
      </h2>
      {rows.length === 0 ? (
        <div className="empty">
          <p>✓ {t.stack.empty}</p>
          <p className="dim">{t.stack.emptyHint}</p>
        </div>
      ) : (
        <ol
          className="rows"
          onPointerEnter={() => setHeld(wanted.map((alarm) => alarm.id))}
          onPointerLeave={() => setHeld(null)}
        >
          {rows.slice(0, ROWS_MAX).map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} />
          ))}
          {rows.length > ROWS_MAX && <li className="dim more">{t.stack.more(rows.length - ROWS_MAX)}</li>}
        </ol>
      )}
    </section>
  )
}

function AlarmRow({ alarm }: { alarm: Alarm }) {
  const t = useText()
  const lang = useObservable(language)
  const site = useOne(store.sites, alarm.siteId)
  const chosen = useObservable(selection)
  const { page } = useObservable(route)
  const isChosen = chosen.alarmId === alarm.id
  useRendered(alarm.state === 'raised' ? alarm.id : null)
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  return (
    <li data-alarm-id={alarm.id} data-alarm-state={alarm.state} data-priority={alarm.priority}>
      <button
        ref={row}
        type="button"
        className={`row alarm-row ${isChosen ? 'chosen' : ''} ${alarm.state === 'raised' ? `raised raised-p${alarm.priority}` : ''}`}
        aria-current={isChosen ? 'true' : undefined}
        onClick={() => {
          selectAlarm(alarm, true)
          if (page !== 'desk') goTo('desk')
        }}
      >
        <span className="row-mark">
          <PriorityMark priority={alarm.priority} />
          <span className={`p${alarm.priority}`}>{t.stack.priority(alarm.priority)}</span>
        </span>
        <span className="row-body">
          <span className="row-head">
            <strong className="ellipsis">{t.alarmType[alarm.type]}</strong>
            {alarm.occurrences > 1 && (
              <span className="chip num" title={t.stack.occurrencesLong(alarm.occurrences)}>
                {t.stack.occurrences(alarm.occurrences)}
              </span>
            )}
            <AlarmAge alarm={alarm} />
          </span>
          <span className="ellipsis">{placeName(lang, alarm, site)}</span>
          <OwnerWords alarm={alarm} />
        </span>
      </button>
    </li>
  )
}

/** Counts up from the press; the colour band is the row's, the figure is always there. */
export function AlarmAge({ alarm }: { alarm: Alarm }) {
  const nowMs = useNowMs()
  return <span className="age num">{countUp(nowMs - timeMs(alarm.raisedAt))}</span>
}

function OwnerWords({ alarm }: { alarm: Alarm }) {
  const t = useText()
  const me = useObservable(store.me)
  const incident = useOne(store.incidents, alarm.incidentId)
  const owner = alarm.owner ? (isMine(alarm.owner, me) ? t.stack.mine : t.stack.owner(alarm.owner)) : t.stack.unowned
  return (
    <span className="row-foot">
      <span className={alarm.state === 'raised' ? 'chip chip-alarm' : 'chip'}>
        {alarm.state === 'raised' ? t.alarmState.raised : owner}
      </span>
      {incident && alarm.state !== 'raised' && <span className="chip">{t.incidentState[incident.state]}</span>}
      {alarm.disposition && <span className="chip">{t.disposition[alarm.disposition]}</span>}
      {alarm.restoredAt && <span className="dim">{t.stack.restored}</span>}
      {alarm.escalation > 0 && alarm.state === 'raised' && (
        <span className="dim">{t.stack.escalated(alarm.escalation)}</span>
      )}
      {alarm.provisional && <span className="chip chip-warn">{t.stack.provisional}</span>}
    </span>
  )
}
