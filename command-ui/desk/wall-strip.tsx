import { store } from '../data/centre.ts'
import { useAll, useMedia } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { LiveTile } from '../video/live-tile.tsx'
import { mainCameraId } from './selection.ts'
import { useScene } from './use-scene.ts'
import './wall-strip.css'

/** The scene's other cameras, then the nearest; without a scene the cameras that are kept warm. */
export function WallStrip() {
  const t = useText()
  const scene = useScene()
  const cameras = useAll(store.cameras)
  const isNarrow = useMedia('(max-width: 1500px)')
  const count = isNarrow ? 4 : 5
  const idle = cameras.filter((camera) => camera.enabled && camera.warm).slice(0, count)
  const tiles = scene
    ? scene.cameras
        .filter(({ camera }) => camera.id !== scene.main?.camera.id)
        .slice(0, count)
        .map(({ camera, distanceM, isScene }) => ({
          camera,
          caption: isScene ? `${t.video.scene} ${t.unit.metres(distanceM)}` : t.unit.metres(distanceM),
        }))
    : idle.map((camera) => ({ camera, caption: undefined }))
  return (
    <section className="wall-strip" aria-label={t.video.wall}>
      {tiles.length === 0 && <p className="empty dim">{t.cameras.empty}</p>}
      {tiles.map(({ camera, caption }) => (
        <LiveTile
          key={camera.id}
          camera={camera}
          mode="calm"
          caption={caption}
          onChoose={scene ? () => mainCameraId.set(camera.id) : undefined}
        />
      ))}
    </section>
  )
}
