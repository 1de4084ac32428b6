import { useEffect, useRef, useState } from 'react'
import type { Camera } from '../../domain/camera.ts'
import type { PlayerMode, PlayerState } from './player.ts'
import { usePlayer } from './use-player.ts'
import './live-takes.css'

export interface Take {
  camera: Camera
  mode: Exclude<PlayerMode, 'loop'>
}

/** The old picture stays until the new one moves; longer than this, and the officer is told why there is none instead. */
const SWITCH_WITHIN_MS = 4000

const keyOf = ({ camera, mode }: Take) => `${camera.id} ${mode}`

/**
 * One place for pictures that change: from one camera to the next of a tour, from whole segments to parts when it is looked
 * at. Make before break: the next take loads unseen behind the one on the glass. Price: for that second two players.
 * @param isAwake false: nothing is loaded, because nobody can see it
 * @param children name, latency and words of the take that is seen
 */
export function LiveTakes({
  next,
  isAwake,
  children,
}: {
  next: Take
  isAwake: boolean
  children: (seen: Take, state: PlayerState) => React.ReactNode
}) {
  const [seen, setSeen] = useState(next)
  const isSwitching = keyOf(seen) !== keyOf(next)
  useEffect(() => {
    if (!isSwitching) return
    const timer = setTimeout(() => setSeen(next), SWITCH_WITHIN_MS)
    return () => clearTimeout(timer)
  }, [isSwitching, next])
  return (
    <>
      <Picture
        key={keyOf(seen)}
        take={isSwitching ? seen : next}
        isAwake={isAwake}
        onPlaying={null}
        isSeen
        words={children}
      />
      {isSwitching && (
        <Picture key={keyOf(next)} take={next} isAwake={isAwake} onPlaying={() => setSeen(next)} isSeen={false} />
      )}
    </>
  )
}

function Picture({
  take,
  isAwake,
  isSeen,
  onPlaying,
  words,
}: {
  take: Take
  isAwake: boolean
  isSeen: boolean
  onPlaying: (() => void) | null
  words?: (seen: Take, state: PlayerState) => React.ReactNode
}) {
  const video = useRef<HTMLVideoElement>(null)
  const { camera, mode } = take
  const url = camera.enabled && isAwake ? `/live/${encodeURIComponent(camera.id)}/index.m3u8` : null
  const state = usePlayer(video, url, mode)
  const isPlaying = state.phase === 'playing'
  const tell = useRef(onPlaying)
  useEffect(() => {
    tell.current = onPlaying
  })
  useEffect(() => {
    if (isPlaying) tell.current?.()
  }, [isPlaying])
  const isShown = isSeen && (isPlaying || state.phase === 'stalled')
  return (
    <div className={`take ${isSeen ? 'take-seen' : ''}`} data-phase={state.phase} data-mode={mode}>
      {/* Cameras have no speech to caption; their sound is off at the wall. */}
      <video ref={video} muted playsInline className={isShown ? '' : 'unseen'} />
      {words?.(take, state)}
    </div>
  )
}
