import type { Alarm } from '../../domain/alarm.ts'
import { store } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { WarningIcon } from '../ui/icons.tsx'

/** While the database is away no order can be sent: the officer calls the patrol by radio, and the desk keeps that it went. */
export function useIsByRadio(alarm: Alarm | undefined): boolean {
  const health = useObservable(store.health)
  return isByRadio(alarm, health?.database)
}

/** @param database the strip's word about it */
export function isByRadio(alarm: Alarm | undefined, database = store.health.get()?.database): boolean {
  return alarm !== undefined && database === 'away'
}

/** Why Enter sends nothing, and what to do instead. */
export function RadioHint({ callsign }: { callsign: string }) {
  const t = useText()
  return (
    <p className="shortfall" data-radio-hint role="status">
      <WarningIcon /> {t.radio.hint(callsign)}
    </p>
  )
}

/** Who was sent by radio and is not recorded yet. */
export function RadioOrders({ alarm }: { alarm: Alarm }) {
  const t = useText()
  const patrols = useAll(store.patrols)
  return (alarm.radioOrders ?? []).map(({ patrolId, by, at }) => (
    <p key={patrolId} className="primary-words" data-radio-order={patrolId}>
      ● {t.radio.sent(patrols.find(({ id }) => id === patrolId)?.callsign ?? patrolId, by, timeOfDay(timeMs(at)))}
    </p>
  ))
}
