import { HELD_SHARE } from '../../domain/zone.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { goalMinutes } from '../i18n/durations.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { ToneWord } from '../ui/marks.tsx'
import { moveUps, post, showReach } from './map-roads.ts'
import { PostingList } from './posting-list.tsx'
import { useRoadText } from './road-words.ts'
import { gainText } from './use-map-overlay.ts'

/** Beside the coverage on the map: each zone with its figures, the worst first, and the one move that restores most. */
export function CoveragePanel() {
  const w = useRoadText()
  const coverage = useObservable(store.coverage)
  const zones = [...(coverage?.zones ?? [])].sort((a, b) => a.share - b.share)
  return (
    <section className="map-card" aria-label={w.coverage} data-coverage-panel>
      <h3>{w.coverage}</h3>
      <ul className="coverage-zones">
        {zones.map(({ zoneId, name, goalS, share, freePatrols, minPatrols }) => {
          const isHeld = share >= HELD_SHARE
          const isThin = minPatrols !== undefined && freePatrols < minPatrols
          return (
            <li key={zoneId} data-zone={zoneId} data-held={isHeld}>
              <span className="ellipsis" title={name}>
                {name}
              </span>
              <span className={`num ${isThin ? 'tone-warn' : 'dim'}`}>{w.free(freePatrols, minPatrols ?? null)}</span>
              <span className="dim num">{w.goal(goalMinutes(goalS))}</span>
              <strong className="num">{Math.floor(share * 100)}%</strong>
              <ToneWord tone={isHeld ? 'ok' : 'warn'}>{isHeld ? w.held : w.gap}</ToneWord>
            </li>
          )
        })}
      </ul>
      <MoveUpLine />
      <PostingList />
    </section>
  )
}

function MoveUpLine() {
  const w = useRoadText()
  const moves = useObservable(moveUps)
  const patrols = useAll(store.patrols)
  const maySend = useMayWrite('dispatch')
  if (moves === null) return null
  if (moves === 'failed') return <p className="dim">{w.failed}</p>
  if (!moves.best) return <p className="dim">{w.noMove}</p>
  const { patrolId, callsign, to, gain } = moves.best
  const host = patrols.find(({ homeLng, homeLat }) => homeLng === to[0] && homeLat === to[1])
  const place = host ? w.home(host.callsign) : w.post
  const hide = () => void showReach(null)
  return (
    <div
      className="move-up"
      data-move-up={patrolId}
      title={w.moveHint}
      onMouseEnter={() => void showReach(patrolId)}
      onMouseLeave={hide}
    >
      <span className="dim">{w.moveUp}</span>
      <strong>{w.move(callsign, place)}</strong>
      <span className="num">
        {w.before(gainText(moves.share))} → {w.after(gainText(moves.share + gain))} · {w.restores(gainText(gain))}
      </span>
      {maySend && (
        <button
          type="button"
          className="primary"
          data-action="send-move"
          onFocus={() => void showReach(patrolId)}
          onBlur={hide}
          onClick={() => void post(patrolId, callsign, to, place)}
        >
          {w.send}
        </button>
      )}
    </div>
  )
}
