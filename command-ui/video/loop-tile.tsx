import { useMemo, useRef, useState } from 'react'
import { toIso } from '../../domain/clock.ts'
import { useText } from '../i18n/language.ts'
import { timeMs } from '../data/clock.ts'
import { usePlayer } from './use-player.ts'
import './tile.css'

/** What DB15/T 3968 asks to be shown with an alarm: the half minute before it. */
export const LOOP_MS = 30_000

/**
 * The 30 s before the alarm, again and again, marked so that nobody takes it for the present: from the streamer's memory while it is
 * there, afterwards from the recording.
 */
export function LoopTile({
  cameraId,
  raisedAt,
  incidentId,
}: {
  cameraId: string
  raisedAt: string
  incidentId: string | null
}) {
  const t = useText()
  const video = useRef<HTMLVideoElement>(null)
  const [isGone, setGone] = useState(false)
  const isRecorded = isGone && incidentId !== null
  const url = useMemo(() => {
    const toMs = timeMs(raisedAt)
    const span = `from=${encodeURIComponent(toIso(toMs - LOOP_MS))}&to=${encodeURIComponent(toIso(toMs))}`
    const camera = encodeURIComponent(cameraId)
    return isRecorded ? `/recordings/${incidentId}/${camera}/index.m3u8?${span}` : `/live/${camera}/loop.m3u8?${span}`
  }, [cameraId, raisedAt, isRecorded, incidentId])
  const state = usePlayer(video, url, 'loop')
  if (state.phase === 'missing' && !isGone) setGone(true)
  const isPlaying = state.phase === 'playing'
  const isHopeless = state.phase === 'missing' || state.phase === 'unsupported'
  return (
    <figure
      className="tile tile-loop"
      data-loop-of={cameraId}
      data-from={isRecorded ? 'recording' : 'memory'}
      data-phase={state.phase}
    >
      <video ref={video} muted playsInline loop className={isPlaying ? '' : 'unseen'} />
      {!isPlaying && <p className="tile-words">{isHopeless ? t.video.loopMissing : t.video.loopLoading}</p>}
      <figcaption>
        <span className="ellipsis">↺ {t.video.loop}</span>
      </figcaption>
    </figure>
  )
}
