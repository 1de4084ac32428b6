import { useText } from '../i18n/language.ts'
import { LiveTile } from '../video/live-tile.tsx'
import { LoopTile } from '../video/loop-tile.tsx'
import { useCurrent } from './selection.ts'
import { useScene } from './use-scene.ts'
import './scene-video.css'

/** The scene now, and the half minute before the press. */
export function SceneVideo() {
  const t = useText()
  const scene = useScene()
  const { alarm, incident } = useCurrent(true)
  const raisedAt = alarm?.raisedAt ?? incident?.openedAt
  if (!scene?.main || !raisedAt) return <p className="empty dim">{t.video.noCameraNear}</p>
  const { camera, distanceM } = scene.main
  return (
    <div className="scene-video">
      <LiveTile key={camera.id} camera={camera} mode="fast" caption={t.unit.metres(distanceM)} />
      <LoopTile
        key={`loop-${camera.id}-${raisedAt}`}
        cameraId={camera.id}
        raisedAt={raisedAt}
        incidentId={incident?.id ?? null}
      />
    </div>
  )
}
