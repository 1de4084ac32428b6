import { useEffect, useMemo, useRef, useState } from 'react'
import type { Camera } from '../../domain/camera.ts'
import { useHeard } from './heard.ts'
import type { PlayerMode, PlayerState } from './player.ts'
import type { TileStream } from './tile-stream.ts'
import { usePoster, type Poster } from './use-poster.ts'
import { usePlayer } from './use-player.ts'
import './live-takes.css'

export interface Take {
  camera: Camera
  mode: Exclude<PlayerMode, 'loop'>
  stream: TileStream
}

/** The old picture stays until the new one moves; longer than this, and the officer is told why there is none instead. */
const SWITCH_WITHIN_MS = 4000
/** A larger stream is opened when it is wanted: its handshake, a key frame interval, and a second for the player. */
const MAIN_WITHIN_MS = 15_000

const keyOf = ({ camera, mode, stream }: Take) => `${camera.id} ${mode} ${stream}`

/**
 * One place for pictures that change: from one camera to the next of a tour, from whole segments to parts and from the smaller
 * stream to the larger when it is looked at. Make before break: the next take loads unseen behind the one on the glass. A larger stream
 * that does not come leaves the smaller one where it is. Price: for that second two players.
 * @param isAwake false: nothing is loaded, because nobody can see it
 * @param children name, latency and words of the take that is seen
 */
export function LiveTakes({
  next: wished,
  isAwake,
  children,
}: {
  next: Take
  isAwake: boolean
  children: (seen: Take, state: PlayerState, poster: Poster | null) => React.ReactNode
}) {
  const [refused, setRefused] = useState<string | null>(null)
  // Asked again when the picture has been small in between.
  if (wished.stream === 'sub' && refused !== null) setRefused(null)
  const isRefused = wished.stream === 'main' && refused === wished.camera.id
  const next = useMemo<Take>(() => (isRefused ? { ...wished, stream: 'sub' } : wished), [wished, isRefused])
  const [seen, setSeen] = useState(next)
  const isSwitching = keyOf(seen) !== keyOf(next)
  const isToMain = next.stream === 'main' && seen.stream === 'sub' && seen.camera.id === next.camera.id
  useEffect(() => {
    if (!isSwitching) return
    const giveUp = () => (isToMain ? setRefused(next.camera.id) : setSeen(next))
    const timer = setTimeout(giveUp, isToMain ? MAIN_WITHIN_MS : SWITCH_WITHIN_MS)
    return () => clearTimeout(timer)
  }, [isSwitching, isToMain, next])
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
  words?: (seen: Take, state: PlayerState, poster: Poster | null) => React.ReactNode
}) {
  const video = useRef<HTMLVideoElement>(null)
  const { camera, mode, stream } = take
  const folder = `/live/${encodeURIComponent(camera.id)}/${stream === 'main' ? 'main/' : ''}`
  const url = camera.enabled && isAwake ? `${folder}index.m3u8` : null
  const state = usePlayer(video, url, mode)
  const isHeard = useHeard(camera, isSeen)
  const poster = usePoster(camera.id, isSeen && camera.enabled && isAwake && !state.hasPicture)
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
    <div className={`take ${isSeen ? 'take-seen' : ''}`} data-phase={state.phase} data-mode={mode} data-stream={stream}>
      {/* Cameras have no speech to caption; their sound is off until somebody switches it on. */}
      <video ref={video} muted={!isHeard} playsInline className={isShown ? '' : 'unseen'} />
      {poster && !state.hasPicture && <video src={poster.url} muted playsInline data-poster />}
      {words?.(take, state, state.hasPicture ? null : poster)}
    </div>
  )
}
