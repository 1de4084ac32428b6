import { lazy, Suspense } from 'react'
import { useText } from '../i18n/language.ts'
import { ErrorFence } from '../ui/error-fence.tsx'
import { PlanOverMap } from './floor-plan.tsx'
import './map-panel.css'

const LiveMap = lazy(() => import('./live-map.tsx').then((m) => ({ default: m.LiveMap })))

/** The map comes after the alarms: its megabyte is fetched when the desk already works, and the desk works without it. */
export function MapPanel({ isShown }: { isShown: boolean }) {
  const t = useText()
  return (
    <section className="map-panel" aria-label={t.map.label}>
      <ErrorFence label="map" fallback={<p className="centre-words">{t.map.failed}</p>}>
        <Suspense fallback={<p className="centre-words dim">{t.map.loading}</p>}>
          <LiveMap isShown={isShown} />
        </Suspense>
      </ErrorFence>
      <PlanOverMap />
    </section>
  )
}
