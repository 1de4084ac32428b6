import { useEffect } from 'react'
import type { LngLat } from '../../domain/scalars.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import type { CityMap } from '../map/city-map-contract.ts'
import {
  closing,
  closures,
  coverageShown,
  moveUps,
  reach,
  watchClosures,
  watchMoveUps,
  watchPostings,
} from './map-roads.ts'
import { selection } from './selection.ts'
import { useRoadText } from './road-words.ts'

/** Closed roads, the best move and one patrol's reach, on the map as they are known. */
export function useMapOverlay(map: CityMap): void {
  const w = useRoadText()
  const shut = useObservable(closures)
  const isCoverage = useObservable(coverageShown)
  const moves = useObservable(moveUps)
  const place = useObservable(closing)
  const ground = useObservable(reach)
  useEffect(() => watchClosures(), [])
  useEffect(() => watchPostings(), [])
  useEffect(() => (isCoverage ? watchMoveUps() : undefined), [isCoverage])
  useEffect(
    () =>
      map.on('place', (lngLat) => {
        if (closing.get() !== 'off') closing.set(lngLat)
      }),
    [map],
  )
  useEffect(() => {
    const best = isCoverage && moves && moves !== 'failed' ? moves.best : null
    const from = best && placeOf(best.patrolId)
    map.setOverlay({
      closures: shut,
      moveUp: best && from ? { from, to: best.to, text: `${best.callsign} ${w.restores(gainText(best.gain))}` } : null,
      marked: typeof place === 'string' ? null : place,
    })
  }, [map, shut, isCoverage, moves, place, w])
  // A scene that is chosen must not lie under somebody's ground.
  useEffect(() => selection.subscribe(() => reach.set(null)), [])
  useEffect(() => map.setReach(ground?.circle ?? null), [map, ground])
}

/** One digit where a whole number would say nothing. */
export function gainText(gain: number): string {
  const percent = gain * 100
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`
}

function placeOf(patrolId: string): LngLat | null {
  const patrol = store.patrols.get(patrolId)
  const dot = patrol && store.dots.get(patrol.key)
  if (dot) return [dot.lng, dot.lat]
  return patrol && patrol.lng !== null && patrol.lat !== null ? [patrol.lng, patrol.lat] : null
}
