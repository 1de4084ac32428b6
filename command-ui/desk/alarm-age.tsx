import type { Alarm } from '../../domain/alarm.ts'
import { timeMs } from '../data/clock.ts'
import { useNowMs } from '../data/use-store.ts'
import { countUp } from '../i18n/durations.ts'

/** Counts up from the press; the colour band is the row's, the figure is always there. */
export function AlarmAge({ alarm }: { alarm: Alarm }) {
  const nowMs = useNowMs()
  return <span className="age num">{countUp(nowMs - timeMs(alarm.raisedAt))}</span>
}
