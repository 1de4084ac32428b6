import { HELD_SHARE } from '../../domain/zone.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { goalMinutes } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { ToneWord } from '../ui/marks.tsx'
import { heldByGoal } from './held-by-goal.ts'

/** Do the 1-, 3- and 8-minute circles hold at this moment? */
export function ZonesHeld() {
  const t = useText()
  const coverage = useObservable(store.coverage)
  if (!coverage) return <div className="strip-zones dim">{t.strip.zonesUnknown}</div>
  return (
    <ul className="strip-zones" aria-label={t.strip.zones}>
      {heldByGoal(coverage).map(({ goalS, share }) => {
        const isHeld = share >= HELD_SHARE
        return (
          <li
            key={goalS}
            title={coverage.zones
              .filter((zone) => zone.goalS === goalS)
              .map((zone) => zone.name)
              .join(' · ')}
          >
            <span className="dim">{t.strip.zone(goalMinutes(goalS))}</span>{' '}
            <strong className="num">{Math.floor(share * 100)}%</strong>{' '}
            <ToneWord tone={isHeld ? 'ok' : 'warn'}>{isHeld ? t.strip.zoneHolds : t.strip.zoneGap}</ToneWord>
          </li>
        )
      })}
    </ul>
  )
}
