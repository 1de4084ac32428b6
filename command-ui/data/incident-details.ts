import type { Recommendation } from '../../domain/recommendation.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { api } from './api.ts'
import { asApiFault, type ApiFault } from './api-fault.ts'
import { countOddity, store } from './centre.ts'
import { Observable } from './observable.ts'

/** What the panel of one incident shows beyond the collections. */
export interface OpenIncident {
  id: string
  detail: IncidentDetail | null
  recommendation: Recommendation | null
  /** The log of this incident, oldest first, followed live. */
  timeline: readonly LogEvent[]
  fault: ApiFault | null
}

/** The first patrol's way changes as it drives; older than this the ETAs are asked for again while nobody is sent. */
const RECOMMEND_AGAIN_MS = 5000
/** A failed request is tried again after this. */
const RETRY_MS = 1500
const TIMELINE_MAX = 1000

/** An alarm has no incident before the database has stored it; its patrols can be ranked all the same. */
const OF_ALARM = 'alarm:'

/** What the panel is about, for `openIncident`: the incident, else an alarm that is only provisional. */
export function panelIdOf(incidentId: string | null, alarmId: string | null): string | null {
  if (incidentId !== null) return incidentId
  return alarmId !== null && store.alarms.get(alarmId)?.provisional === true ? OF_ALARM + alarmId : null
}

/** The incident in the panel; null when none is. One at a time, so nothing here can pile up. */
export const openIncident = new Observable<OpenIncident | null>(null)

let timer: ReturnType<typeof setInterval> | null = null
let unfollow: (() => void) | null = null

export function showIncident(id: string | null): void {
  if (openIncident.get()?.id === id) return
  if (timer) clearInterval(timer)
  unfollow?.()
  timer = null
  unfollow = null
  if (id === null) return openIncident.set(null)
  openIncident.set({ id, detail: null, recommendation: null, timeline: [], fault: null })
  unfollow = store.onEvent((event) => {
    if (event.incidentId === id) change(id, (open) => ({ ...open, timeline: merged(open.timeline, [event]) }))
  })
  if (!id.startsWith(OF_ALARM)) void loadDetail(id)
  void loadRecommendation(id)
  timer = setInterval(() => void loadRecommendation(id), RECOMMEND_AGAIN_MS)
}

/** Asks for the patrols at once, for instance after one has declined. */
export function refreshRecommendation(): void {
  const id = openIncident.get()?.id
  if (id) void loadRecommendation(id)
}

async function loadDetail(id: string): Promise<void> {
  try {
    const detail = await api.incident(id)
    change(id, (open) => ({
      ...open,
      detail,
      fault: null,
      recommendation: open.recommendation ?? detail.recommendation,
      timeline: merged(detail.timeline, open.timeline),
    }))
  } catch (error) {
    const fault = asApiFault(error)
    countOddity('incident-not-loaded', fault)
    change(id, (open) => ({ ...open, fault }))
    if (fault.code !== 'not-found' && fault.code !== 'forbidden') retry(id, loadDetail)
  }
}

async function loadRecommendation(id: string): Promise<void> {
  const incident = store.incidents.get(id)
  const isOver = incident?.state === 'closed' || incident?.state === 'merged'
  if (isOver) return
  try {
    const alarmId = id.startsWith(OF_ALARM) ? id.slice(OF_ALARM.length) : null
    const recommendation = await (alarmId === null ? api.recommendation(id) : api.alarmRecommendation(alarmId))
    change(id, (open) => ({ ...open, recommendation }))
  } catch (error) {
    countOddity('recommendation-not-loaded', error)
    if (openIncident.get()?.recommendation === null) retry(id, loadRecommendation)
  }
}

function retry(id: string, load: (id: string) => Promise<void>): void {
  setTimeout(() => {
    if (openIncident.get()?.id === id) void load(id)
  }, RETRY_MS)
}

function change(id: string, how: (open: OpenIncident) => OpenIncident): void {
  const open = openIncident.get()
  if (open?.id === id) openIncident.set(how(open))
}

/** Two pieces of one log, in order and without doubles. */
export function merged(older: readonly LogEvent[], newer: readonly LogEvent[]): LogEvent[] {
  const byNumber = new Map<number, LogEvent>()
  for (const event of older) byNumber.set(event.n, event)
  for (const event of newer) byNumber.set(event.n, event)
  return [...byNumber.values()].sort((a, b) => a.n - b.n).slice(-TIMELINE_MAX)
}
