import { store } from '../data/centre.ts'
import { useObservable, useOne } from '../data/use-store.ts'
import { goalsOf, reachInk } from '../map/overlay-shapes.ts'
import { minutesText } from '../map/palette.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { ClosurePanel } from './closure-panel.tsx'
import { CoveragePanel } from './coverage-panel.tsx'
import { closing, coverageShown, reach, showReach } from './map-roads.ts'
import { useRoadText } from './road-words.ts'
import './map-cards.css'

/** What stands beside the map about what is drawn on it. */
export function MapCards() {
  const isCoverage = useObservable(coverageShown)
  return (
    <div className="map-cards">
      <ReachLegend />
      {isCoverage && <CoveragePanel />}
      <ClosurePanel />
    </div>
  )
}

/** Turns the next click on the map into the road that is to be closed. */
export function CloseRoadButton() {
  const w = useRoadText()
  const place = useObservable(closing)
  const mayClose = useMayWrite('dispatch')
  if (!mayClose) return null
  return (
    <button
      type="button"
      data-action="close-road"
      aria-pressed={place !== 'off'}
      onClick={() => closing.set(place === 'off' ? 'click' : 'off')}
    >
      ⊘ {w.close}
    </button>
  )
}

/** Whose ground is drawn, and what each colour promises. */
function ReachLegend() {
  const w = useRoadText()
  const ground = useObservable(reach)
  const patrol = useOne(store.patrols, ground?.patrolId ?? null)
  if (!ground) return null
  return (
    <section className="map-card reach-legend" data-reach={ground.patrolId}>
      <strong>{w.reach(patrol?.callsign ?? ground.patrolId)}</strong>
      {!ground.circle && <span className="dim">{w.reachLoading}</span>}
      {goalsOf(ground.circle).map((goalS, rank) => (
        <span key={goalS} className="num" data-goal={goalS}>
          <i style={{ background: reachInk(rank) }} /> {minutesText(goalS)}
        </span>
      ))}
      <button type="button" className="quiet" aria-label={w.hide} onClick={() => void showReach(null)}>
        ✕
      </button>
    </section>
  )
}
