import { useEffect, useRef, useState } from 'react'
import type { CameraRecording } from '../../domain/recording.ts'
import { urlOf } from '../desk/replay.tsx'
import { useText } from '../i18n/language.ts'
import { useReplay } from '../video/use-replay.ts'
import { isIn, isKeptAt } from './picture-then.ts'
import { useReplayText } from './replay-words.ts'
import type { Hand } from './use-hand.ts'

/** A player that is further away from the hand jumps; nearer, a jump would be seen more than the difference. */
const DRIFT_MAX_MS = 1_500
/** The player needs this long to come back from a jump before it is measured again. */
const SETTLE_MS = 1_500

/** The recording of one camera, made to follow the hand; where nothing is kept it says so. */
export function FollowingPicture({
  recording,
  reason,
  hand,
}: {
  recording: CameraRecording
  reason: string | null
  hand: Hand
}) {
  const t = useReplayText()
  const { replay } = useText()
  const video = useRef<HTMLVideoElement>(null)
  const newest = recording.kept.at(-1)?.toAt ?? null
  // What was there when the page was opened: a longer playlist would begin again.
  const [endAt, setEndAt] = useState(newest)
  if (endAt === null && newest !== null) setEndAt(newest)
  const url = recording.playlist && endAt ? urlOf(recording.playlist, endAt, reason) : null
  const { state, player } = useReplay(video, url)
  const gap = recording.gaps.find((one) => isIn(one, hand.atMs))
  const isKept = isKeptAt(recording, hand.atMs)
  const isReady = state.phase === 'ready'
  const settledAt = useRef(0)
  const jumps = useRef(-1)
  useEffect(() => {
    if (!isReady) return
    player.current?.run(hand.isRunning && isKept, hand.rate)
  }, [isReady, hand.isRunning, hand.rate, isKept, player])
  useEffect(() => {
    if (!isReady || !isKept) return
    const hasJumped = jumps.current !== hand.jumps
    const isAway = state.atMs === null || Math.abs(state.atMs - hand.atMs) > DRIFT_MAX_MS * hand.rate
    const isSettled = Math.abs(hand.atMs - settledAt.current) > SETTLE_MS * hand.rate
    if (!hasJumped && !(isAway && isSettled)) return
    jumps.current = hand.jumps
    settledAt.current = hand.atMs
    player.current?.seek(hand.atMs)
  }, [isReady, isKept, state.atMs, hand.atMs, hand.jumps, hand.rate, player])
  const why = gap ? `${replay.gap}: ${replay.gapReason[gap.reason]}` : t.noPicture
  return (
    <figure className="tile past-tile" data-phase={state.phase} data-kept={isKept}>
      <video ref={video} muted playsInline className={isReady && isKept ? '' : 'unseen'} />
      {!isKept && (
        <p className="tile-words" role="status">
          {why}
        </p>
      )}
      {isKept && state.phase !== 'ready' && (
        <p className="tile-words" role="status">
          {url === null ? replay.noneYet : replay[state.phase]}
        </p>
      )}
    </figure>
  )
}
