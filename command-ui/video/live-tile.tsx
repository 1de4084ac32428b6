import { useRef } from 'react'
import type { Camera } from '../../domain/camera.ts'
import { useNowMs } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { CameraWord } from '../ui/marks.tsx'
import { dragCamera } from './drag-camera.ts'
import { useHeard } from './heard.ts'
import type { PlayerMode, PlayerState } from './player.ts'
import { SoundButton } from './sound-button.tsx'
import { usePlayer } from './use-player.ts'
import { usePoster, type Poster } from './use-poster.ts'
import './tile.css'

/** States in which the camera itself explains why it is dark; the others only mean that nobody has watched yet. */
const DARK = new Set(['offline', 'login-refused', 'not-a-camera', 'stalled', 'no-key-frame'])

/**
 * One camera, live. Grey with words until the first frame; when frames stop for four seconds it says for how long, and the
 * picture turns grey, so that an old picture is never taken for a live one.
 */
export function LiveTile({
  camera,
  mode,
  caption,
  isChosen = false,
  canSound = false,
  onChoose,
}: {
  camera: Camera
  mode: Exclude<PlayerMode, 'loop'>
  /** Beside the name, for instance the distance to the scene. */
  caption?: string
  isChosen?: boolean
  /** The sound of a camera that passes it on can be switched on here; of one camera in one place. */
  canSound?: boolean
  onChoose?: () => void
}) {
  const t = useText()
  const video = useRef<HTMLVideoElement>(null)
  const url = camera.enabled ? `/live/${encodeURIComponent(camera.id)}/index.m3u8` : null
  const state = usePlayer(video, url, mode)
  const isLive = state.phase === 'playing'
  const isHeard = useHeard(camera, canSound)
  const poster = usePoster(camera.id, camera.enabled && !state.hasPicture)
  return (
    <figure
      className={`tile ${isLive ? 'tile-live' : 'tile-dark'} ${isChosen ? 'tile-chosen' : ''}`}
      data-camera-id={camera.id}
      data-phase={state.phase}
      draggable
      onDragStart={(event) => dragCamera(event, camera.id)}
    >
      {/* Cameras have no speech to caption; their sound is off until somebody switches it on. */}
      <video ref={video} muted={!isHeard} playsInline className={isLive || state.phase === 'stalled' ? '' : 'unseen'} />
      {poster && !state.hasPicture && <video src={poster.url} muted playsInline data-poster />}
      <FrozenWords camera={camera} state={state} />
      {!isLive && <DarkTile camera={camera} state={state} poster={state.hasPicture ? null : poster} />}
      <figcaption>
        <span className="ellipsis">
          {camera.name}
          {caption ? <span className="dim"> · {caption}</span> : null}
        </span>
        <Latency state={state} />
      </figcaption>
      {canSound && <SoundButton camera={camera} isHeard={isHeard} />}
      {onChoose && (
        <button
          type="button"
          className="tile-button"
          onClick={onChoose}
          aria-label={`${t.video.show}: ${camera.name}`}
        />
      )}
    </figure>
  )
}

/** Over a picture that plays and is always the same one. */
export function FrozenWords({ camera, state }: { camera: Camera; state: PlayerState }) {
  const t = useText()
  if (camera.state !== 'frozen' || state.phase !== 'playing') return null
  return (
    <p className="tile-frozen" role="status">
      <CameraWord state={camera.state} reason={camera.stateReason} /> {t.video.frozen}
    </p>
  )
}

/** Why there is no picture now, in words. */
export function DarkTile({
  camera,
  state,
  poster = null,
}: {
  camera: Camera
  state: PlayerState
  poster?: Poster | null
}) {
  const t = useText()
  if (!camera.enabled) return <p className="tile-words">{t.video.disabled}</p>
  const explains = DARK.has(camera.state)
  const words =
    state.phase === 'stalled'
      ? t.video.stalled(t.unit.age((state.sinceFrameMs ?? 0) / 1000))
      : state.phase === 'unsupported'
        ? `${t.video.unsupported}${camera.codec ? ` (${t.video.codec(camera.codec)})` : ''}`
        : state.phase === 'failed'
          ? t.video.failed
          : t.video.waiting
  return (
    <div className="tile-words" role="status">
      {explains && <CameraWord state={camera.state} reason={camera.stateReason} />}
      <span>{explains && camera.stateReason ? t.sentence(camera.stateReason) : words}</span>
      {poster && <PosterAge atMs={poster.atMs} />}
    </div>
  )
}

function PosterAge({ atMs }: { atMs: number }) {
  const t = useText()
  const ageMs = Math.max(0, useNowMs() - atMs)
  return <span className="num">{t.video.pictureOf(t.unit.age(ageMs / 1000))}</span>
}

/** How far behind the present the picture is. */
export function Latency({ state }: { state: PlayerState }) {
  const t = useText()
  if (state.phase !== 'playing') return null
  const seconds = state.latencyMs === null ? null : (state.latencyMs / 1000).toFixed(1)
  return (
    <span className="num tile-latency" title={seconds === null ? t.video.latencyUnknown : t.video.latency(seconds)}>
      ● {seconds === null ? t.video.live : t.unit.seconds(seconds)}
    </span>
  )
}
