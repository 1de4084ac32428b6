import type { Alarm } from '../../domain/alarm.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { panelIdOf, showIncident } from '../data/incident-details.ts'
import { pending, undo } from './actions.ts'
import { current, isPinned, selectAlarm, selection } from './selection.ts'
import { isMine } from './stage.ts'

/** While the officer types, nothing may take the panel away from under the form. */
export function isTyping(): boolean {
  const active = document.activeElement
  if (!(active instanceof HTMLElement)) return false
  return active.isContentEditable || active.closest('input, textarea, select, [data-own-keys]') !== null
}

/** True while taking the panel away would interrupt work that has begun. */
function isBusy(): boolean {
  if (isTyping() || isPinned() || pending.get() || undo.get()) return true
  const { stage, alarm } = current()
  return stage === 'dispatch' || (stage === 'acknowledge' && alarm?.priority === 1)
}

function isNothing(): boolean {
  const { alarmId, incidentId } = selection.get()
  return alarmId === null && incidentId === null
}

/** The first-priority alarm that has waited longest without anybody. */
function mostUrgent(alarms: readonly Alarm[]): Alarm | null {
  let first: Alarm | null = null
  for (const alarm of alarms) {
    if (alarm.priority !== 1 || alarm.state !== 'raised') continue
    if (!first || timeMs(alarm.raisedAt) < timeMs(first.raisedAt)) first = alarm
  }
  return first
}

/** What this officer has taken over last and not closed: after a reload or a new sign-in the work goes on where it was. */
function inHand(alarms: readonly Alarm[]): Alarm | null {
  const me = store.me.get()
  let last: Alarm | null = null
  for (const alarm of alarms) {
    if (alarm.state === 'raised' || alarm.state === 'closed' || !isMine(alarm.owner, me)) continue
    if (!last || timeMs(alarm.raisedAt) > timeMs(last.raisedAt)) last = alarm
  }
  return last
}

/**
 * Opens a new first-priority alarm by itself, unless the officer is in the middle of another; follows the incident of what
 * is selected. Returns what ends it.
 */
export function watchAttention(): () => void {
  let isBeginning = true
  const look = () => {
    const alarms = store.alarms.all()
    const urgent = mostUrgent(alarms) ?? (isBeginning && isNothing() ? inHand(alarms) : null)
    if (alarms.length > 0) isBeginning = false
    if (urgent && urgent.id !== selection.get().alarmId && !isBusy()) selectAlarm(urgent, false)
    const chosen = selection.get()
    // The alarm was provisional, or its incident opened a moment later.
    const incidentId = chosen.alarmId ? (store.alarms.get(chosen.alarmId)?.incidentId ?? null) : null
    if (chosen.alarmId && incidentId && chosen.incidentId !== incidentId) {
      selection.set({ alarmId: chosen.alarmId, incidentId })
    }
  }
  const unfollow = [store.alarms.subscribe(look), undo.subscribe(look), selection.subscribe(showPanel)]
  // Pinning ends by time, not by an event.
  const timer = setInterval(look, 1000)
  look()
  showPanel()
  return () => {
    for (const end of unfollow) end()
    clearInterval(timer)
    showIncident(null)
  }
}

function showPanel(): void {
  const { alarm, incidentId } = current()
  showIncident(panelIdOf(incidentId, alarm?.id ?? null))
}
