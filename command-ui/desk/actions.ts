import type { Disposition } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Candidate, Recommendation } from '../../domain/recommendation.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { clock } from '../data/clock.ts'
import { countOddity, store } from '../data/centre.ts'
import { openIncident, panelIdOf, refreshRecommendation } from '../data/incident-details.ts'
import { Observable } from '../data/observable.ts'
import { text } from '../i18n/language.ts'
import { faultSentence } from './fault-sentence.ts'
import { menu } from './menus.ts'
import { isByRadio } from './radio-order.tsx'
import { choice, current, select } from './selection.ts'
import { isMine } from './stage.ts'

/** What has been asked of the centre and not been answered. One at a time: keys pressed meanwhile queue as `thenDispatch`. */
export interface Pending {
  what:
    | 'acknowledge'
    | 'dispatch'
    | 'wait-for-recommendation'
    | 'take-over'
    | 'shelve'
    | 'classify'
    | 'close'
    | 'cancel'
    | 'message'
    | 'raise-level'
  alarmId: string | null
  incidentId: string | null
  /** Enter was pressed again before the acknowledgement was answered. */
  thenDispatch: boolean
}

export interface Notice {
  text: string
  isWrong: boolean
  /** Distinguishes two notices with the same words. */
  key: number
}

export interface Undo {
  assignmentId: string
  callsign: string
  /** Server clock, ms. */
  untilMs: number
}

export const UNDO_MS = 5000
/** The recommendation takes 20 ms on the server; after this long the officer is told to choose by hand. */
const RECOMMENDATION_WAIT_MS = 8000

export const pending = new Observable<Pending | null>(null)
export const notice = new Observable<Notice | null>(null)
export const undo = new Observable<Undo | null>(null)
/** Why another patrol than the recommended one goes; index into `recommend.reasons`. The last one is the neutral one. */
export const reasonIndex = new Observable(3)

let notices = 0
export function say(words: string, isWrong = false): void {
  notice.set({ text: words, isWrong, key: ++notices })
}

/** One thing at a time; what goes wrong is told to the officer. */
export async function attempt(next: Pending, work: () => Promise<void>): Promise<boolean> {
  if (pending.get()) return false
  pending.set(next)
  try {
    await work()
    return true
  } catch (error) {
    const fault = asApiFault(error)
    countOddity(`action-failed: ${next.what}`, fault)
    say(fault.code === 'database-away' ? text().away[next.what] : faultSentence(fault), true)
    return false
  } finally {
    pending.set(null)
  }
}

/** Enter: acknowledges, then dispatches. Pressed twice before the first answer, both are done in that order. */
export async function pressEnter(): Promise<void> {
  const waiting = pending.get()
  if (waiting) {
    if (waiting.what === 'acknowledge') pending.set({ ...waiting, thenDispatch: true })
    return
  }
  const { stage, alarm } = current()
  if (stage === 'acknowledge') return acknowledge()
  if (stage === 'dispatch') return dispatchChosen()
  if (stage === 'finish') return menu.set('close')
  if (stage === 'others') say(text().action.ownedBy(alarm?.owner ?? ''), true)
}

export async function acknowledge(): Promise<void> {
  const { alarm, incidentId } = current()
  if (!alarm || alarm.state !== 'raised') return
  let dispatchNext = false
  const done = await attempt({ what: 'acknowledge', alarmId: alarm.id, incidentId, thenDispatch: false }, async () => {
    try {
      const answer = await api.acknowledge(alarm.id)
      // The event usually came first; states only move forward, so the answer may only lift "raised".
      if (store.alarms.get(alarm.id)?.state === 'raised' && answer?.id === alarm.id) store.alarms.upsert(answer)
      await untilAcknowledged(alarm.id)
    } finally {
      dispatchNext = pending.get()?.thenDispatch ?? false
    }
  })
  // A key pressed for one alarm must never act on another, nor on one that somebody else won.
  const after = current()
  const isStillMine = after.alarm?.id === alarm.id && isMine(after.alarm.owner, store.me.get())
  if (done && dispatchNext && isStillMine) await dispatchChosen()
}

/** The event follows the answer within milliseconds; longer than this and the stream is away. */
const EVENT_WAIT_MS = 3000

function untilAcknowledged(alarmId: string): Promise<void> {
  if (store.alarms.get(alarmId)?.state !== 'raised') return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      unfollow()
      resolve()
    }
    const timer = setTimeout(end, EVENT_WAIT_MS)
    const unfollow = store.alarms.subscribe(() => {
      if (store.alarms.get(alarmId)?.state !== 'raised') end()
    })
  })
}

/** The patrol that Enter would send now: the officer's choice, else the recommended one. */
export function chosenCandidate(recommendation: Recommendation | null, choiceId: string | null): Candidate | null {
  if (!recommendation) return null
  const sendable = recommendation.candidates.filter((candidate) => candidate.canBeSent)
  return (
    sendable.find((candidate) => candidate.patrolId === choiceId) ??
    sendable.find((candidate) => candidate.patrolId === recommendation.chosen) ??
    sendable[0] ??
    null
  )
}

/** Neither the first choice nor one of the support that the run card asks for. */
export function needsReason({ chosen, plan }: Recommendation, { patrolId }: Candidate): boolean {
  return patrolId !== chosen && !(plan?.support.includes(patrolId) ?? false)
}

/** @param id see `panelIdOf` */
async function recommendationOf(id: string): Promise<Recommendation | null> {
  const there = openIncident.get()
  if (there?.id === id && there.recommendation) return there.recommendation
  return new Promise((resolve) => {
    const end = (found: Recommendation | null) => {
      clearTimeout(timer)
      unfollow()
      resolve(found)
    }
    const timer = setTimeout(() => end(null), RECOMMENDATION_WAIT_MS)
    const unfollow = openIncident.subscribe(() => {
      const open = openIncident.get()
      if (open?.id !== id) end(null)
      else if (open.recommendation) end(open.recommendation)
    })
  })
}

export async function dispatchChosen(): Promise<void> {
  const { alarm, incidentId } = current()
  if (alarm && isByRadio(alarm)) return orderByRadio(alarm.id)
  if (!incidentId) return
  const base = { alarmId: alarm?.id ?? null, incidentId, thenDispatch: false }
  let sent: { assignment: Assignment; callsign: string } | null = null
  await attempt({ ...base, what: 'wait-for-recommendation' }, async () => {
    const recommendation = await recommendationOf(incidentId)
    const candidate = chosenCandidate(recommendation, choice.get())
    if (!candidate || current().incidentId !== incidentId) {
      say(text().action.noPatrol, true)
      return
    }
    pending.set({ ...base, what: 'dispatch' })
    const isExplained = recommendation !== null && needsReason(recommendation, candidate)
    const reason = isExplained ? text().recommend.reasons[reasonIndex.get()] : undefined
    try {
      const assignment = await api.dispatch(incidentId, candidate.patrolId, reason)
      sent = { assignment, callsign: candidate.callsign }
    } catch (error) {
      refreshRecommendation()
      throw error
    }
  })
  if (sent) offerUndo(sent)
}

/** The officer has called the patrol; the centre keeps that it went. */
async function orderByRadio(alarmId: string): Promise<void> {
  const panelId = panelIdOf(current().incidentId, alarmId)
  if (panelId === null) return
  const { incidentId } = current()
  await attempt({ what: 'dispatch', alarmId, incidentId, thenDispatch: false }, async () => {
    const candidate = chosenCandidate(await recommendationOf(panelId), choice.get())
    if (!candidate || current().alarm?.id !== alarmId) {
      say(text().action.noPatrol, true)
      return
    }
    await api.radioOrder(alarmId, candidate.patrolId)
    choice.set(null)
    say(text().radio.kept(candidate.callsign))
    refreshRecommendation()
  })
}

function offerUndo({ assignment, callsign }: { assignment: Assignment; callsign: string }): void {
  if (!store.assignments.get(assignment.id)) store.assignments.upsert(assignment)
  choice.set(null)
  const untilMs = clock.nowMs() + UNDO_MS
  undo.set({ assignmentId: assignment.id, callsign, untilMs })
  setTimeout(() => {
    if (undo.get()?.assignmentId === assignment.id) undo.set(null)
  }, UNDO_MS)
}

/** Takes the order back that was given within the last five seconds. */
export async function undoDispatch(): Promise<void> {
  const last = undo.get()
  if (!last) return
  undo.set(null)
  if (await stepAssignment(last.assignmentId, 'cancel', 'undo')) {
    say(text().action.undone(last.callsign))
    refreshRecommendation()
  }
}

export function stepAssignment(id: string, step: 'on-scene' | 'clear' | 'cancel', reason?: string): Promise<boolean> {
  const next: Pending = { what: 'cancel', alarmId: null, incidentId: current().incidentId, thenDispatch: false }
  return attempt(next, async () => {
    await api.stepAssignment(id, step, reason)
  })
}

export function messageCrew(assignmentId: string, text: string): Promise<boolean> {
  const next: Pending = { what: 'message', alarmId: null, incidentId: current().incidentId, thenDispatch: false }
  return attempt(next, async () => {
    await api.messageCrew(assignmentId, text)
  })
}

export function takeOver(reason: string): Promise<boolean> {
  const { alarm, incidentId } = current()
  if (!alarm) return Promise.resolve(false)
  return attempt({ what: 'take-over', alarmId: alarm.id, incidentId, thenDispatch: false }, async () => {
    await api.takeOver(alarm.id, reason)
  })
}

/** Puts the alarm in the panel aside. */
export function shelve(minutes: number, reason: string): Promise<boolean> {
  const { alarm, incidentId } = current()
  if (!alarm) return Promise.resolve(false)
  return attempt({ what: 'shelve', alarmId: alarm.id, incidentId, thenDispatch: false }, async () => {
    await api.shelve(alarm.id, minutes, reason)
  })
}

export function unshelve(): Promise<boolean> {
  const { alarm, incidentId } = current()
  if (!alarm?.shelved) return Promise.resolve(false)
  return attempt({ what: 'shelve', alarmId: alarm.id, incidentId, thenDispatch: false }, async () => {
    await api.unshelve(alarm.id)
  })
}

export function classify(disposition: Disposition, note: string): Promise<boolean> {
  const { alarm, incidentId } = current()
  if (!alarm) return Promise.resolve(false)
  return attempt({ what: 'classify', alarmId: alarm.id, incidentId, thenDispatch: false }, async () => {
    await api.classify(alarm.id, disposition, note || undefined)
  })
}

export function closeIncident(disposition: Disposition, note: string): Promise<boolean> {
  const { alarm, incidentId } = current()
  if (!incidentId) return Promise.resolve(false)
  return attempt({ what: 'close', alarmId: alarm?.id ?? null, incidentId, thenDispatch: false }, async () => {
    await api.closeIncident(incidentId, disposition, note || undefined)
    say(text().action.closed(store.incidents.get(incidentId)?.number ?? ''))
    if (current().incidentId === incidentId) select({ alarmId: null, incidentId: null }, false)
  })
}
