import { store } from '../data/centre.ts'
import { useAll, useMedia } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { LiveTile } from '../video/live-tile.tsx'
import { LoopTile } from '../video/loop-tile.tsx'
import { mainCameraId, useCurrent } from './selection.ts'
import { useScene, type Scene } from './use-scene.ts'
import './wall-strip.css'

/** Pictures under the map: of a scene large, what is and what was; without one, small, the cameras that are kept warm. */
export function WallStrip() {
  const scene = useScene()
  return scene ? <SceneStrip scene={scene} /> : <RestStrip />
}

function RestStrip() {
  const t = useText()
  const cameras = useAll(store.cameras)
  const isNarrow = useMedia('(max-width: 1500px)')
  const warm = cameras.filter((camera) => camera.enabled && camera.warm).slice(0, isNarrow ? 4 : 5)
  return (
    <section className="wall-strip" aria-label={t.video.wall}>
      {warm.length === 0 && <p className="empty dim">{t.cameras.empty}</p>}
      {warm.map((camera) => (
        <LiveTile key={camera.id} camera={camera} mode="calm" />
      ))}
    </section>
  )
}

/** The scene now beside the half minute before the press, then its other cameras and the nearest; a click makes one of them the large one. */
function SceneStrip({ scene }: { scene: Scene }) {
  const t = useText()
  const { alarm, incident } = useCurrent(true)
  const isNarrow = useMedia('(max-width: 1500px)')
  const raisedAt = alarm?.raisedAt ?? incident?.openedAt
  const { main } = scene
  const others = scene.cameras.filter(({ camera }) => camera.id !== main?.camera.id).slice(0, isNarrow ? 2 : 4)
  // A scene that drives was before other cameras when the press came.
  const before = (incident?.vehicleId ? incident.cameraIds[0] : null) ?? main?.camera.id ?? ''
  if (!main || !raisedAt) {
    return (
      <section className="wall-strip" aria-label={t.video.wall}>
        <p className="empty dim">{t.video.noCameraNear}</p>
      </section>
    )
  }
  return (
    <section className="wall-strip wall-strip-scene" aria-label={t.video.wall} data-scene-pictures={main.camera.id}>
      <LiveTile
        key={main.camera.id}
        camera={main.camera}
        mode="fast"
        canSound
        caption={t.unit.metres(main.distanceM)}
      />
      <LoopTile
        key={`loop-${before}-${raisedAt}`}
        cameraId={before}
        raisedAt={raisedAt}
        incidentId={incident?.id ?? null}
      />
      {others.map(({ camera, distanceM, isScene }) => (
        <LiveTile
          key={`other-${camera.id}`}
          camera={camera}
          mode="calm"
          caption={isScene ? `${t.video.scene} ${t.unit.metres(distanceM)}` : t.unit.metres(distanceM)}
          onChoose={() => mainCameraId.set(camera.id)}
        />
      ))}
    </section>
  )
}
