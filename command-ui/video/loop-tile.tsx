import { useMemo, useRef } from 'react'
import { toIso } from '../../domain/clock.ts'
import { useText } from '../i18n/language.ts'
import { timeMs } from '../data/clock.ts'
import { usePlayer } from './use-player.ts'
import './tile.css'

/** What DB15/T 3968 asks to be shown with an alarm: the half minute before it. */
export const LOOP_MS = 30_000

/** The 30 s before the alarm, again and again, marked so that nobody takes it for the present. */
export function LoopTile({ cameraId, raisedAt }: { cameraId: string; raisedAt: string }) {
  const t = useText()
  const video = useRef<HTMLVideoElement>(null)
  const url = useMemo(() => {
    const toMs = timeMs(raisedAt)
    const span = `from=${encodeURIComponent(toIso(toMs - LOOP_MS))}&to=${encodeURIComponent(toIso(toMs))}`
    return `/live/${encodeURIComponent(cameraId)}/loop.m3u8?${span}`
  }, [cameraId, raisedAt])
  const state = usePlayer(video, url, 'loop')
  const isPlaying = state.phase === 'playing'
  return (
    <figure className="tile tile-loop" data-loop-of={cameraId} data-phase={state.phase}>
      <video ref={video} muted playsInline loop className={isPlaying ? '' : 'unseen'} />
      {!isPlaying && (
        <p className="tile-words">{state.phase === 'connecting' ? t.video.loopLoading : t.video.loopMissing}</p>
      )}
      <figcaption>
        <span className="ellipsis">↺ {t.video.loop}</span>
      </figcaption>
    </figure>
  )
}
