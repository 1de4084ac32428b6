import { useEffect, useState } from 'react'
import type { CrewOrder, CrewWay } from '../../domain/wire/crew.ts'
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

/** Streets do not move: only the way and its time are asked for again. */
const AGAIN_MS = 8_000

/** How far, how long, and what was promised. */
export function WayPanel({ order }: { order: CrewOrder }) {
  const t = usePatrolText()
  const words = useText()
  const way = useWay(order)
  const { place } = usePhone()
  const own = useObservable(place.last)
  const nowMs = useNowMs()
  const etaS = way?.etaS ?? order.assignment.etaS
  const distanceM = way?.distanceM ?? order.assignment.distanceM
  const [lng, lat] = order.scene
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
        <GoalCount order={order} nowMs={nowMs} />
      </div>
      <div className="crew-sketch">
        {way && way.roads.length > 0 ? (
          <WaySketch way={way} scene={order.scene} own={own ? [own.lng, own.lat] : way.from} />
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
function GoalCount({ order, nowMs }: { order: CrewOrder; nowMs: number }) {
  const t = usePatrolText()
  const { goalS, openedAt } = order.incident
  if (goalS === null) return null
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

function useWay(order: CrewOrder): CrewWay | null {
  const { crew } = usePhone()
  const isOffline = useObservable(crew.offlineSinceMs) !== null
  const [way, setWay] = useState<CrewWay | null>(null)
  const hasRoads = way !== null && way.roads.length > 0
  const orderId = order.assignment.id
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
