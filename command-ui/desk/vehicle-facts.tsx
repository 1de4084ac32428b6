import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useNowMs, useOne } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { ToneWord } from '../ui/marks.tsx'
import { isTracked } from './trails.ts'
import { useCurrent } from './selection.ts'

/** A moving scene: its plate, its speed, and whether its terminal already reports every second or two. */
export function VehicleFacts() {
  const t = useText()
  const { incident } = useCurrent(true)
  const vehicle = useOne(store.vehicles, incident?.vehicleId ?? null)
  const nowMs = useNowMs()
  if (!vehicle) return null
  const dot = store.dots.get(vehicle.key)
  const speedMps = dot?.speedMps ?? vehicle.speedMps
  const fixMs = dot?.takenAtMs ?? (vehicle.takenAt ? timeMs(vehicle.takenAt) : null)
  const tracked = isTracked(vehicle.key)
  return (
    <>
      <div>
        <dt className="dim">{t.panel.plate}</dt>
        <dd>
          <strong>{vehicle.plate ?? vehicle.name}</strong> <span className="dim num">{vehicle.id}</span>{' '}
          <span className="chip">{vehicle.hired ? t.panel.hired : t.panel.vacant}</span>
        </dd>
      </div>
      <div>
        <dt className="dim">{t.panel.speed}</dt>
        <dd>
          <span className="num">{speedMps === null ? '—' : t.unit.kmh(Math.round(speedMps * 3.6))}</span>{' '}
          <span className="dim num">
            {t.panel.fixAge} {fixMs === null ? '—' : t.unit.ago(t.unit.age(Math.max(0, (nowMs - fixMs) / 1000)))}
          </span>{' '}
          <span className="badge" data-tracking={tracked}>
            {tracked ? (
              <ToneWord tone="ok" title={t.panel.trackingHint}>
                {t.panel.tracking}
              </ToneWord>
            ) : (
              <ToneWord tone="quiet">{t.panel.trackingWaiting}</ToneWord>
            )}
          </span>
        </dd>
      </div>
    </>
  )
}
