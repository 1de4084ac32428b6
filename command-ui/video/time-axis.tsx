import type { CameraRecording } from '../../domain/recording.ts'
import { timeMs } from '../data/clock.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import './time-axis.css'

export interface AxisMark {
  kind: 'press' | 'acknowledged' | 'arrival'
  atMs: number
}

/** The wanted time from left to right: what is kept, what is missing and why, and what happened when. Dragging it seeks. */
export function TimeAxis({
  recording,
  marks,
  atMs,
  onSeek,
}: {
  recording: CameraRecording
  marks: readonly AxisMark[]
  atMs: number | null
  onSeek: (wallMs: number) => void
}) {
  const t = useText()
  const fromMs = timeMs(recording.fromAt)
  const untilMs = timeMs(recording.untilAt)
  const share = (ms: number) => `${(100 * (Math.min(Math.max(ms, fromMs), untilMs) - fromMs)) / (untilMs - fromMs)}%`
  const place = (from: string, to: string) => ({
    left: share(timeMs(from)),
    right: `calc(100% - ${share(timeMs(to))})`,
  })
  return (
    <div className="axis">
      <div className="axis-bar" aria-hidden="true">
        {recording.kept.map((run) => (
          <i key={run.fromAt} className="axis-kept" style={place(run.fromAt, run.toAt)} />
        ))}
        {recording.gaps.map((gap) => (
          <i
            key={gap.fromAt}
            className="axis-gap"
            data-gap={gap.reason}
            style={place(gap.fromAt, gap.toAt)}
            title={`${t.replay.gap}: ${t.replay.gapReason[gap.reason]}${gap.detail ? ` (${t.sentence(gap.detail)})` : ''}`}
          />
        ))}
        {marks
          .filter((mark) => mark.atMs >= fromMs && mark.atMs <= untilMs)
          .map((mark) => (
            <span key={mark.kind} className={`axis-mark axis-${mark.kind}`} style={{ left: share(mark.atMs) }}>
              {t.replay.mark[mark.kind]}
            </span>
          ))}
      </div>
      <input
        type="range"
        min={fromMs}
        max={untilMs}
        step={1000}
        value={atMs ?? fromMs}
        aria-label={t.replay.axis}
        aria-valuetext={timeOfDay(atMs ?? fromMs)}
        onChange={(event) => onSeek(Number(event.target.value))}
      />
    </div>
  )
}
