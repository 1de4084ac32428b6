import { useMemo, useState } from 'react'
import type { VehicleNow } from '../../domain/fix.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAll, useNowMs, useObservable } from '../data/use-store.ts'
import { flyTo } from '../desk/map-view.ts'
import { selectAlarm } from '../desk/selection.ts'
import { isTracked, showTrail, trail } from '../desk/trails.ts'
import { useText } from '../i18n/language.ts'
import { goTo } from '../route.ts'
import { PriorityMark, ToneWord } from '../ui/marks.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { PageFrame } from './page-frame.tsx'
import { EmptyState, LoadingState, useIsLoading } from './page-state.tsx'
import { PageTable, ROWS_MAX } from './page-table.tsx'

/** A taxi reports every 5–10 s; after a minute its place is old. */
const STALE_S = 60

export function VehiclesPage() {
  const t = useText()
  const vehicles = useAll(store.vehicles)
  const alarms = useAll(store.alarms)
  const isLoading = useIsLoading()
  const [words, setWords] = useState('')
  const alarmed = useMemo(
    () => new Map(alarms.filter((alarm) => alarm.state !== 'closed').map((alarm) => [alarm.deviceId, alarm])),
    [alarms],
  )
  const rows = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    return vehicles
      .filter((v) => wanted === '' || [v.id, v.name, v.plate ?? ''].some((text) => text.toLowerCase().includes(wanted)))
      .sort((a, b) => Number(alarmed.has(b.id)) - Number(alarmed.has(a.id)) || a.id.localeCompare(b.id))
  }, [vehicles, words, alarmed])
  const c = t.vehicles.columns
  return (
    <PageFrame
      heading={t.vehicles.heading}
      count={rows.length}
      tools={<SearchField label={t.vehicles.search} value={words} onChange={setWords} />}
    >
      {isLoading ? (
        <LoadingState />
      ) : rows.length === 0 ? (
        <EmptyState words={vehicles.length === 0 ? t.vehicles.empty : t.vehicles.noMatch} />
      ) : (
        <PageTable
          columns={[c.plate, c.id, c.state, c.speed, c.fix, c.alarm, null]}
          nameless={t.action.other}
          more={rows.length - ROWS_MAX}
        >
          {rows.slice(0, ROWS_MAX).map((vehicle) => (
            <VehicleRow key={vehicle.id} vehicle={vehicle} alarmId={alarmed.get(vehicle.id)?.id ?? null} />
          ))}
        </PageTable>
      )}
    </PageFrame>
  )
}

function VehicleRow({ vehicle, alarmId }: { vehicle: VehicleNow; alarmId: string | null }) {
  const t = useText()
  const nowMs = useNowMs()
  const shown = useObservable(trail)
  const dot = store.dots.get(vehicle.key)
  const fixMs = dot?.takenAtMs ?? (vehicle.takenAt ? timeMs(vehicle.takenAt) : null)
  const ageS = fixMs === null ? null : Math.max(0, (nowMs - fixMs) / 1000)
  const speedMps = dot?.speedMps ?? vehicle.speedMps
  const place = dot ?? vehicle
  const alarm = alarmId === null ? undefined : store.alarms.get(alarmId)
  return (
    <tr data-vehicle-row={vehicle.id}>
      <td>
        <strong>{vehicle.plate ?? vehicle.name}</strong>
      </td>
      <td className="num dim">{vehicle.id}</td>
      <td>
        {vehicle.hired ? `● ${t.panel.hired}` : `○ ${t.panel.vacant}`}{' '}
        {isTracked(vehicle.key) && <ToneWord tone="ok">{t.panel.tracking}</ToneWord>}
      </td>
      <td className="num">{speedMps === null ? '—' : t.unit.kmh(Math.round(speedMps * 3.6))}</td>
      <td className={`num ${ageS === null || ageS > STALE_S ? 'is-stale' : ''}`}>
        {ageS === null ? '—' : t.unit.ago(t.unit.age(ageS))}
      </td>
      <td>
        {alarm ? (
          <button
            type="button"
            className="quiet"
            onClick={() => {
              selectAlarm(alarm, true)
              goTo('desk')
            }}
          >
            <PriorityMark priority={alarm.priority} /> {t.vehicles.emergency}
          </button>
        ) : (
          <span className="dim">{t.vehicles.none}</span>
        )}
      </td>
      <td className="row-buttons">
        <button
          type="button"
          className="quiet"
          disabled={place.lng === null || place.lat === null}
          onClick={() => {
            showTrail(vehicle.id)
            if (place.lng !== null && place.lat !== null) flyTo([place.lng, place.lat], vehicle.id)
          }}
        >
          {t.vehicles.locate}
        </button>
        {shown?.vehicleId === vehicle.id && (
          <span className="dim num">{t.vehicles.trailPoints(shown.points.length)}</span>
        )}
      </td>
    </tr>
  )
}
