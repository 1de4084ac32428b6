import { useEffect, useMemo, useRef, useState } from 'react'
import type { Alarm } from '../../domain/alarm.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { flood } from '../data/load-meter.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { goTo, route } from '../route.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { Fold } from '../ui/fold.tsx'
import { AlarmGroup } from './alarm-group.tsx'
import { CalledWords } from './called-words.tsx'
import { frozenOrder, shelvedOrder, stackOrder, stackRows, type StackRow } from './order.ts'
import { AlarmAge } from './alarm-age.tsx'
import { useRendered } from './rendered.ts'
import { selectAlarm, selection } from './selection.ts'
import { isMine } from './stage.ts'
import './alarm-stack.css'

/** Rows that are drawn at first, and with each wish for more; the officer handles the top of the stack, and a thousand rows cost a second to lay out. */
const ROWS_MAX = 120

/** The rows that stood there when the pointer came, and how they were grouped. */
interface Held {
  ids: readonly string[]
  isFlood: boolean
}

/** P1…P4, the unacknowledged first. Rows never move under the pointer: new ones wait, counted, until it leaves. */
export function AlarmStack() {
  const t = useText()
  const alarms = useAll(store.alarms)
  const isFloodNow = useObservable(flood)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [held, setHeld] = useState<Held | null>(null)
  const [most, setMost] = useState(ROWS_MAX)
  const chosen = useObservable(selection)
  const wanted = useMemo(() => stackOrder(alarms), [alarms])
  const shelved = useMemo(() => shelvedOrder(alarms), [alarms])
  const isFlood = held?.isFlood ?? isFloodNow
  const lines = useMemo(() => stackRows(wanted, isFlood, opened), [wanted, isFlood, opened])
  const { rows, waiting } = held ? frozenOrder(held.ids, lines, goneRow) : { rows: lines, waiting: 0 }
  // Whoever walks down by keys sees where he is; what the desk itself has chosen may stand a thousand rows below.
  const at = rows.findIndex(({ id }) => id === chosen.alarmId)
  const shown = at < most + ROWS_MAX ? Math.max(most, at + 1) : most
  const raised = wanted.filter((alarm) => alarm.state === 'raised').length
  const toggle = (id: string) => {
    const next = new Set(opened)
    if (!next.delete(id)) next.add(id)
    setOpened(next)
    // The officer has asked for these rows: they may come now.
    setHeld(held && { ...held, ids: stackRows(wanted, isFlood, next).map((row) => row.id) })
  }
  return (
    <section className="panel stack" aria-label={t.stack.heading} data-flood={isFlood ? 'yes' : 'no'}>
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
          onPointerEnter={() => setHeld({ ids: lines.map((row) => row.id), isFlood: isFloodNow })}
          onPointerLeave={() => setHeld(null)}
        >
          {rows
            .slice(0, shown)
            .map(({ id, alarm, among }) =>
              among ? (
                <AlarmGroup key={id} id={id} among={among} isOpen={opened.has(id)} onToggle={toggle} />
              ) : (
                <AlarmRow key={id} alarm={alarm} />
              ),
            )}
          {rows.length > shown && (
            <li className="more">
              <button type="button" onClick={() => setMost(shown + ROWS_MAX)}>
                {t.stack.more(rows.length - shown)}
              </button>
            </li>
          )}
        </ol>
      )}
      {shelved.length > 0 && (
        <Fold summary={t.shelf.heading(shelved.length)}>
          <ol className="rows" data-shelf={shelved.length}>
            {shelved.slice(0, ROWS_MAX).map((alarm) => (
              <AlarmRow key={alarm.id} alarm={alarm} />
            ))}
          </ol>
        </Fold>
      )}
    </section>
  )
}

/** A row whose alarm is over stays until the pointer leaves, so that the one below it does not jump under the click. */
function goneRow(id: string): StackRow | undefined {
  const alarm = store.alarms.get(id)
  return alarm && { id, alarm, among: null }
}

function AlarmRow({ alarm }: { alarm: Alarm }) {
  const t = useText()
  const lang = useObservable(language)
  const site = useOne(store.sites, alarm.siteId)
  const chosen = useObservable(selection)
  const { page } = useObservable(route)
  const isChosen = chosen.alarmId === alarm.id
  useRendered(alarm.state === 'raised' ? alarm.id : '')
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
      <CalledWords alarm={alarm} />
      {alarm.drill && (
        <span className="chip chip-drill" title={t.drill.hint(timeOfDay(timeMs(alarm.drill.to)), alarm.drill.why)}>
          {t.drill.mark}
        </span>
      )}
      {alarm.shelved && (
        <span className="chip" title={alarm.shelved.why}>
          {t.shelf.until(timeOfDay(timeMs(alarm.shelved.until)))}
        </span>
      )}
      {alarm.provisional && <span className="chip chip-warn">{t.stack.provisional}</span>}
    </span>
  )
}
