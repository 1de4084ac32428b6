import { store } from '../data/centre.ts'
import { openIncident } from '../data/incident-details.ts'
import { language, toggleLanguage } from '../i18n/language.ts'
import { goTo } from '../route.ts'
import { overlay } from '../search/bar-state.ts'
import { muteForAWhile } from '../sound/duty-sound.ts'
import { placeName } from '../ui/names.ts'
import { toggleHeardNewest } from '../video/heard.ts'
import { showOnWall } from '../wall/wall-wish.ts'
import { acknowledge, chosenCandidate, dispatchChosen, pressEnter, undo, undoDispatch } from './actions.ts'
import { isTyping } from './attention.ts'
import { menu, type Menu } from './menus.ts'
import { stackOrder } from './order.ts'
import { sceneCameras } from './scene-cameras.ts'
import { raiseLevel } from './support-actions.ts'
import { choice, current, folded, selectAlarm, selection } from './selection.ts'
import { closePlan, togglePlan } from './shown-plan.ts'
import { canShelve } from './stage.ts'

/** Patrols that the digits reach. */
export const CHOICES_MAX = 5
/** Pictures of a scene on the wall. */
const VERIFY_CAMERAS_MAX = 4

/** The keys of the desk. Typing in a field and open forms keep their own keys; a held key is one key press. */
export function watchKeys(): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.key === 'Escape') return escape()
    if (isTyping()) return
    // Somebody who walks through buttons by Tab means the button; after a mouse click Enter means the alarm.
    if (
      (event.key === 'Enter' || event.key === ' ') &&
      document.activeElement?.matches('button:focus-visible, a:focus-visible, summary:focus-visible')
    ) {
      return
    }
    if (act(event)) event.preventDefault()
  }
  addEventListener('keydown', press)
  return () => removeEventListener('keydown', press)
}

/** @returns true when the key was one of the desk's */
function act(event: KeyboardEvent): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.repeat && !['arrowdown', 'arrowup', 'j', 'k'].includes(key.toLowerCase())) return key === 'Enter'
  switch (key) {
    case 'Enter':
      goTo('desk')
      if (!selectWaiting()) void pressEnter()
      return true
    case 'a':
      void acknowledge()
      return true
    case 'd':
      if (current().stage === 'acknowledge') void acknowledge()
      else void dispatchChosen()
      return true
    case 'c':
    case 'f':
      return openMenu('classify')
    case 'v':
      return verifyOnWall()
    case '/':
      overlay.set('bar')
      return true
    case '?':
      overlay.set('keys')
      return true
    case 'x':
      return openMenu('close')
    case 's':
      return canShelve(current().alarm) && openMenu('shelve')
    case 't':
      return openMenu('take-over')
    case '+':
      void raiseLevel()
      return true
    case 'z':
      if (!undo.get()) return false
      void undoDispatch()
      return true
    case 'n':
      return selectWaiting(true)
    case 'm':
      muteForAWhile()
      return true
    case 'p':
      return togglePlan()
    case 'h':
      return toggleHeardNewest()
    case 'l':
      toggleLanguage()
      return true
    case 'j':
      return walkStack(1)
    case 'k':
      return walkStack(-1)
    case 'ArrowDown':
      return walkPatrols(1)
    case 'ArrowUp':
      return walkPatrols(-1)
    default:
      return /^[1-5]$/.test(key) && choosePatrol(Number(key) - 1)
  }
}

function escape(): void {
  // It closes itself; nothing under it may be folded by the same key.
  if (overlay.get()) return
  if (menu.get()) return menu.set(null)
  if (closePlan()) return
  const id = selection.get().alarmId
  if (id) folded.update((ids) => new Set(ids).add(id))
}

/** The scene's cameras large; what the officer has arranged on the wall stays behind them. */
function verifyOnWall(): boolean {
  const { alarm, incident } = current()
  const what = incident ?? alarm
  if (!what) return false
  const site = store.sites.get(what.siteId ?? '')
  const wanted = incident?.cameraIds ?? site?.cameraIds ?? []
  const cameras = sceneCameras(store.cameras.all(), wanted, what.place, VERIFY_CAMERAS_MAX)
  showOnWall(
    cameras.map(({ camera }) => camera.id),
    placeName(language.get(), what, site),
  )
  return true
}

function openMenu(which: Menu): boolean {
  const { alarm, incidentId, stage } = current()
  // As the buttons: what nobody has answered is answered first.
  if (stage === 'closed' || stage === 'acknowledge') return false
  if (which === 'close' ? !incidentId : !alarm) return false
  goTo('desk')
  menu.set(which)
  return true
}

/** With nothing left to do for the alarm in the panel, Enter and N go to the one that has waited longest, and only go there. */
function selectWaiting(isAsked = false): boolean {
  const { stage } = current()
  const isIdle = stage === 'none' || stage === 'underway' || stage === 'finish' || stage === 'closed'
  if (!isIdle && !isAsked) return false
  const raised = store.alarms.all().filter((a) => a.state === 'raised' && a.id !== selection.get().alarmId)
  const next = raised.sort((a, b) => a.priority - b.priority || (a.raisedAt < b.raisedAt ? -1 : 1))[0]
  const target = next ?? (stage === 'none' ? stackOrder(store.alarms.all())[0] : undefined)
  if (target) selectAlarm(target, true)
  return target !== undefined
}

function walkStack(by: 1 | -1): boolean {
  const rows = stackOrder(store.alarms.all())
  const at = rows.findIndex((alarm) => alarm.id === selection.get().alarmId)
  const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]
  if (next) selectAlarm(next, true)
  return next !== undefined
}

/** The patrols that can be sent, as the list shows them. */
function sendable() {
  const recommendation = openIncident.get()?.recommendation ?? null
  return { recommendation, rows: (recommendation?.candidates ?? []).filter((c) => c.canBeSent).slice(0, CHOICES_MAX) }
}

function walkPatrols(by: 1 | -1): boolean {
  const { recommendation, rows } = sendable()
  const now = chosenCandidate(recommendation, choice.get())
  const at = rows.findIndex((candidate) => candidate.patrolId === now?.patrolId)
  return choosePatrol(Math.max(0, Math.min(rows.length - 1, at + by)))
}

export function choosePatrol(index: number): boolean {
  const candidate = sendable().rows[index]
  if (!candidate) return false
  choice.set(candidate.patrolId)
  return true
}
