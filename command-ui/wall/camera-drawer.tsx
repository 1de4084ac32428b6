import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { store } from '../data/centre.ts'
import { useAll } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { CameraWord } from '../ui/marks.tsx'
import { dragCamera } from '../video/drag-camera.ts'
import { SearchField } from '../ui/search-field.tsx'
import './camera-drawer.css'

/** Rows that are drawn; beyond them one searches. */
const ROWS_MAX = 120

/** Every camera, to be dragged or clicked onto the wall. */
export function CameraDrawer({
  shown,
  onFound,
  onPlace,
  onClose,
}: {
  shown: readonly (string | null)[]
  /** The cameras that the words find, for a tour of them. */
  onFound: (cameraIds: readonly string[]) => void
  onPlace: (cameraId: string) => void
  onClose: () => void
}) {
  const t = useText()
  const cameras = useAll(store.cameras)
  const [typed, setTyped] = useState('')
  const words = useDeferredValue(typed).trim().toLowerCase()
  const found = useMemo(
    () =>
      cameras
        .filter((camera) => {
          const site = store.sites.get(camera.siteId ?? '')
          const texts = [camera.name, camera.id, site?.name ?? '', site?.nameEn ?? '']
          return camera.enabled && (words === '' || texts.some((text) => text.toLowerCase().includes(words)))
        })
        .sort((a, b) => a.name.localeCompare(b.name, 'zh')),
    [cameras, words],
  )
  useEffect(() => onFound(found.map(({ id }) => id)), [found, onFound])
  return (
    <aside className="camera-drawer" aria-label={t.wall.list}>
      <header>
        <h2>{t.wall.list}</h2>
        <span className="dim num">{t.wall.found(found.length)}</span>
        <button type="button" className="quiet" onClick={onClose} aria-label={t.action.dismiss}>
          ✕
        </button>
      </header>
      <SearchField label={t.wall.search} value={typed} onChange={setTyped} />
      <p className="dim">{t.wall.listHint}</p>
      <ul className="rows">
        {found.slice(0, ROWS_MAX).map((camera) => (
          <li key={camera.id}>
            <button
              type="button"
              className="row drawer-row"
              draggable
              data-drawer-camera={camera.id}
              onDragStart={(event) => dragCamera(event, camera.id)}
              onClick={() => onPlace(camera.id)}
            >
              <span className="ellipsis">{camera.name}</span>
              <span className="drawer-state">
                {camera.ptz && <span className="dim">✥ </span>}
                {shown.includes(camera.id) ? (
                  <span className="drawer-shown">● {t.wall.shownAlready}</span>
                ) : (
                  <CameraWord state={camera.state} reason={camera.stateReason} />
                )}
              </span>
            </button>
          </li>
        ))}
        {found.length > ROWS_MAX && <li className="empty dim">{t.wall.moreNotShown(found.length - ROWS_MAX)}</li>}
      </ul>
    </aside>
  )
}
