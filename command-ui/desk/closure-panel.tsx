import { useState, type FormEvent } from 'react'
import { toIso } from '../../domain/clock.ts'
import type { LngLat } from '../../domain/scalars.ts'
import { clock, timeMs } from '../data/clock.ts'
import { useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { closeRoad, closing, closures, nameOf, openRoad } from './map-roads.ts'
import { useRoadText } from './road-words.ts'

const HOUR_MS = 3_600_000
/** What a crew at a road can foresee; beyond it somebody ends the closure. */
const HOURS = [1, 4, 12] as const

/** Roads that are shut now, each with its end; and the little form for the road that was clicked. */
export function ClosurePanel() {
  const w = useRoadText()
  const shut = useObservable(closures)
  const place = useObservable(closing)
  const mayOpen = useMayWrite('dispatch')
  if (shut.length === 0 && place === 'off') return null
  return (
    <section className="map-card" aria-label={w.closures(shut.length)}>
      {place === 'click' && <p role="status">⊘ {w.clickRoad}</p>}
      {typeof place !== 'string' && <ClosureForm place={place} />}
      {shut.length > 0 && <h3>{w.closures(shut.length)}</h3>}
      <ul className="closure-list">
        {shut.map((closure) => (
          <li key={closure.id} data-closure={closure.id}>
            <span>
              <strong>
                ⊘ {nameOf(closure)} {closure.kmh === null ? '' : w.slow(closure.kmh)}
              </strong>{' '}
              <span className="dim">
                {closure.reason}
                {closure.until === null ? '' : ` · ${w.ends(timeOfDay(timeMs(closure.until)).slice(0, 5))}`}
              </span>
            </span>
            {mayOpen && (
              <button type="button" onClick={() => void openRoad(closure)}>
                {w.open}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function ClosureForm({ place }: { place: LngLat }) {
  const w = useRoadText()
  const [reason, setReason] = useState('')
  const [hours, setHours] = useState<number | null>(HOURS[0])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void closeRoad(place, reason, hours === null ? null : toIso(clock.nowMs() + hours * HOUR_MS))
  }
  return (
    <form
      className="closure-form"
      aria-label={w.where}
      data-own-keys
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') closing.set('off')
      }}
    >
      <label>
        <span className="dim">{w.reason}</span>
        <input
          autoFocus
          required
          maxLength={200}
          placeholder={w.reasonHint}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <label>
        <span className="dim">{w.until}</span>
        <select
          value={hours ?? 'ended'}
          onChange={(event) => setHours(event.target.value === 'ended' ? null : Number(event.target.value))}
        >
          {HOURS.map((one) => (
            <option key={one} value={one}>
              {w.untilHours(one)}
            </option>
          ))}
          <option value="ended">{w.untilEnded}</option>
        </select>
      </label>
      <span className="closure-buttons">
        <button type="submit" className="primary">
          {w.confirm}
        </button>
        <button type="button" onClick={() => closing.set('off')}>
          {w.cancel}
        </button>
      </span>
    </form>
  )
}
