import { store } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { current } from './selection.ts'

/** The site whose plan lies over the map. */
export const shownPlan = new Observable<string | null>(null)

/** Of the incident or alarm in the panel; null when its site has no plan. */
export function planned(what: { siteId: string | null } | undefined): string | null {
  const siteId = what?.siteId ?? null
  return siteId !== null && store.city.get()?.plans.includes(siteId) ? siteId : null
}

/** @returns false when there is none to show or to take away */
export function togglePlan(): boolean {
  const { alarm, incident } = current()
  const siteId = planned(incident ?? alarm)
  if (siteId === null && shownPlan.get() === null) return false
  shownPlan.set(shownPlan.get() === siteId ? null : siteId)
  return true
}

/** @returns false when none was shown */
export function closePlan(): boolean {
  if (shownPlan.get() === null) return false
  shownPlan.set(null)
  return true
}
