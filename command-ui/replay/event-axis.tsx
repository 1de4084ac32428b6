import type { CameraRecording } from '../../domain/recording.ts'
import { timeMs } from '../data/clock.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { useReplayText } from './replay-words.ts'

export interface PastEvent {
  n: number
  atMs: number
  words: string
  more: string
}

/** The whole incident from left to right: what is recorded, what is missing and why, and a mark for each event. */
export function EventAxis({
  fromMs,
  toMs,
  atMs,
  events,
  recording,
  onSeek,
}: {
  fromMs: number
  toMs: number
  atMs: number
  events: readonly PastEvent[]
  recording: CameraRecording | null
  onSeek: (ms: number) => void
}) {
  const t = useReplayText()
  const words = useText()
  const share = (ms: number) => (100 * (Math.min(Math.max(ms, fromMs), toMs) - fromMs)) / Math.max(1, toMs - fromMs)
  const place = (run: { fromAt: string; toAt: string }) => ({
    left: `${share(timeMs(run.fromAt))}%`,
    width: `${share(timeMs(run.toAt)) - share(timeMs(run.fromAt))}%`,
  })
  return (
    <div className="past-axis">
      <div className="past-bar" aria-hidden="true">
        {recording?.kept.map((run) => (
          <i key={run.fromAt} className="past-kept" style={place(run)} title={t.kept} />
        ))}
        {recording?.gaps.map((gap) => (
          <i
            key={gap.fromAt}
            className="past-gap"
            style={place(gap)}
            title={`${t.gap}: ${words.replay.gapReason[gap.reason]}${gap.detail ? ` (${words.sentence(gap.detail)})` : ''}`}
          />
        ))}
        {events.map((event) => (
          <i
            key={event.n}
            className="past-mark"
            style={{ left: `${share(event.atMs)}%` }}
            title={`${timeOfDay(event.atMs)} ${event.words}`}
          />
        ))}
      </div>
      <input
        type="range"
        min={fromMs}
        max={toMs}
        step={500}
        value={atMs}
        aria-label={t.axis}
        aria-valuetext={timeOfDay(atMs)}
        onChange={(event) => onSeek(Number(event.target.value))}
      />
      <div className="past-ends num dim">
        <span>{timeOfDay(fromMs)}</span>
        <span>{timeOfDay(toMs)}</span>
      </div>
    </div>
  )
}
