import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { useCurrent } from './selection.ts'
import { closePlan, planned, shownPlan, togglePlan } from './shown-plan.ts'
import './floor-plan.css'

const urlOf = (siteId: string) => `/api/v1/sites/${encodeURIComponent(siteId)}/plan`

/** In the facts of a scene: small, and a click or `P` lays it over the map. */
export function PlanButton() {
  const t = useText()
  const { alarm, incident } = useCurrent(true)
  useObservable(store.city)
  const siteId = planned(incident ?? alarm)
  const isShown = useObservable(shownPlan) === siteId
  if (siteId === null) return null
  return (
    <div>
      <dt className="dim">{t.panel.plan}</dt>
      <dd>
        <button type="button" className="plan-button" aria-pressed={isShown} data-plan-of={siteId} onClick={togglePlan}>
          <img src={urlOf(siteId)} alt="" loading="lazy" />
          <span>
            {isShown ? t.panel.planHide : t.panel.planShow} <Key>P</Key>
          </span>
        </button>
      </dd>
    </div>
  )
}

/** Over the map, never over the alarm: all keys go on working, and another scene takes it away. */
export function PlanOverMap() {
  const t = useText()
  const { alarm, incident } = useCurrent(true)
  const shown = useObservable(shownPlan)
  const what = incident ?? alarm
  if (shown === null || planned(what) !== shown) return null
  const name = store.sites.get(shown)?.name ?? ''
  return (
    <figure className="plan-over-map">
      <img src={urlOf(shown)} alt={`${t.panel.plan}: ${name}`} />
      <button type="button" onClick={closePlan}>
        {t.panel.planHide} <Key>Esc</Key>
      </button>
    </figure>
  )
}
