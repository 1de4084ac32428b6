import { minutesSeconds } from '../i18n/durations.ts'
import { percent } from './percent.ts'
import { useReportText } from './report-words.ts'

/** What the response goals are held to: nine of ten on scene in time. */
const PROMISED_SHARE = 0.9
const WIDTH = 200
const HEIGHT = 16

/** A share as a bar with its number; the tick is the nine tenths that are promised. Below them the bar has another shape too: hatched. */
export function ShareBar({ share }: { share: number | null }) {
  if (share === null) return <span className="dim">—</span>
  const isKept = share >= PROMISED_SHARE
  return (
    <span className={`share-bar ${isKept ? 'is-kept' : 'is-short'}`} data-share={share.toFixed(4)}>
      <span className="share-track" aria-hidden>
        <span className="share-fill" style={{ width: `${share * 100}%` }} />
        <span className="share-tick" style={{ left: `${PROMISED_SHARE * 100}%` }} />
      </span>
      <span className="num">
        {isKept ? '✓' : '▽'} {percent(share)}
      </span>
    </span>
  )
}

/** p50 (dot) to p90 (bar's end) on the scale of the whole table, and the zone's goal as a line across. */
export function RangeBar({
  pair: [p50, p90],
  goalS,
  scaleS,
}: {
  pair: readonly [number | null, number | null]
  goalS: number | null
  scaleS: number
}) {
  const w = useReportText()
  if (p50 === null || p90 === null) return <span className="dim">—</span>
  const x = (seconds: number) => 4 + (Math.min(seconds, scaleS) / scaleS) * (WIDTH - 8)
  const isLate = goalS !== null && p90 > goalS
  const words = `${w.markP50} ${minutesSeconds(p50)}, ${w.markP90} ${minutesSeconds(p90)}${goalS === null ? '' : `, ${w.markGoal} ${minutesSeconds(goalS)}`}`
  return (
    <span className={`range-bar ${isLate ? 'is-late' : ''}`} title={words}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden preserveAspectRatio="none">
        <line className="range-scale" x1="4" x2={WIDTH - 4} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <line className="range-span" x1={x(p50)} x2={x(p90)} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <circle className="range-p50" cx={x(p50)} cy={HEIGHT / 2} r="4" />
        <line className="range-p90" x1={x(p90)} x2={x(p90)} y1="3" y2={HEIGHT - 3} />
        {goalS !== null && <line className="range-goal" x1={x(goalS)} x2={x(goalS)} y1="0" y2={HEIGHT} />}
      </svg>
      <span className="num">
        {minutesSeconds(p50)} / {minutesSeconds(p90)}
        {isLate ? ' ▽' : ''}
      </span>
    </span>
  )
}
