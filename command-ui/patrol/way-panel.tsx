import { useEffect, useState } from 'react'
import type { LngLat } from '../../domain/scalars.ts'
import type { CrewWay } from '../../domain/wire/crew.ts'
import { asApiFault } from '../data/api-fault.ts'
import { countOddity } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { useNowMs, useObservable } from '../data/use-store.ts'
import { minutesSeconds } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { readWay } from './crew-api.ts'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import { WaySketch } from './way-sketch.tsx'
import './way-panel.css'

/** Streets do not move: only the way and its time are asked for again. */
const AGAIN_MS = 8_000

/** Where to drive: the scene of an order, or a place to stand at. */
export interface WayTarget {
  /** Of the order or the posting. */
  id: string
  scene: LngLat
  /** As it was ordered; until the phone's own way is known. */
  etaS: number | null
  distanceM: number | null
  /** What was promised; null: nothing. */
  goal: { goalS: number; openedAt: string } | null
}

/** How far, how long, and what was promised. */
export function WayPanel({ target }: { target: WayTarget }) {
  const t = usePatrolText()
  const words = useText()
  const way = useWay(target.id)
  const { place } = usePhone()
  const own = useObservable(place.last)
  const nowMs = useNowMs()
  const etaS = way?.etaS ?? target.etaS
  const distanceM = way?.distanceM ?? target.distanceM
  const [lng, lat] = target.scene
  return (
    <section className="crew-way" aria-label={t.way.label}>
      <div className="crew-numbers">
        <div>
          <small>{t.way.eta}</small>
          <strong className="num">{etaS === null ? '—' : minutesSeconds(etaS)}</strong>
        </div>
        <div>
          <small>{t.way.left}</small>
          <strong className="num">{distanceM === null ? '—' : words.unit.metres(distanceM)}</strong>
        </div>
        {target.goal && <GoalCount {...target.goal} nowMs={nowMs} />}
      </div>
      <div className="crew-sketch">
        {way && way.roads.length > 0 ? (
          <WaySketch way={way} scene={target.scene} own={own ? [own.lng, own.lat] : way.from} />
        ) : (
          <p>{t.way.unknown}</p>
        )}
        <a className="crew-navigate" href={`geo:${lat},${lng}?q=${lat},${lng}`}>
          <span aria-hidden="true">➤</span> {t.way.navigate}
        </a>
      </div>
    </section>
  )
}

/** The promise of the zone, from the press on; beyond it, by how much. */
function GoalCount({ goalS, openedAt, nowMs }: { goalS: number; openedAt: string; nowMs: number }) {
  const t = usePatrolText()
  const leftS = (timeMs(openedAt) + goalS * 1000 - nowMs) / 1000
  return (
    <div data-goal={leftS < 0 ? 'over' : 'inside'}>
      <small>
        {leftS < 0 ? `▲ ${t.way.over}` : t.way.goal} {leftS < 0 ? '' : minutesSeconds(goalS)}
      </small>
      <strong className="num">{minutesSeconds(Math.abs(leftS))}</strong>
    </div>
  )
}

function useWay(orderId: string): CrewWay | null {
  const { crew } = usePhone()
  const isOffline = useObservable(crew.offlineSinceMs) !== null
  const [way, setWay] = useState<CrewWay | null>(null)
  const hasRoads = way !== null && way.roads.length > 0
  useEffect(() => {
    crew.store.kept<{ orderId: string; way: CrewWay }>('way').then(
      (kept) => {
        if (kept?.orderId === orderId) setWay((known) => known ?? kept.way)
      },
      (error: unknown) => countOddity('storage-refused', error),
    )
  }, [crew, orderId])
  useEffect(() => {
    if (isOffline) return
    let isGone = false
    const ask = async () => {
      try {
        const answer = await readWay(crew.patrolId, !hasRoads)
        if (isGone) return
        setWay((known) => ({ ...answer, roads: answer.roads.length > 0 ? answer.roads : (known?.roads ?? []) }))
        if (!hasRoads) await crew.store.keep('way', { orderId, way: answer })
      } catch (error) {
        countOddity(`way-not-loaded: ${asApiFault(error).code}`, error)
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), AGAIN_MS)
    return () => {
      isGone = true
      clearInterval(timer)
    }
  }, [crew, orderId, isOffline, hasRoads])
  return way
}
