import { lazy, Suspense, useState } from 'react'
import { store } from '../data/centre.ts'
import { useOne } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { LiveTile } from '../video/live-tile.tsx'
import { PublishKey } from './publish-key.tsx'

const ChangeCamera = lazy(() => import('./change-camera.tsx').then((m) => ({ default: m.ChangeCamera })))

/** One camera beside the list, live; of one that pushes also its key. Its form stands under the picture, so that both can be compared. */
export function WatchCamera({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const camera = useOne(store.cameras, id)
  const mayWrite = useMayWrite('camera')
  const [isChanging, setChanging] = useState(false)
  if (!camera) return null
  return (
    <div className="page-watch">
      <LiveTile key={camera.id} camera={camera} mode="fast" canSound />
      {isChanging ? (
        <Suspense fallback={<p className="dim">{t.app.loading}</p>}>
          <ChangeCamera key={`form-${camera.id}`} camera={camera} onDone={() => setChanging(false)} />
        </Suspense>
      ) : (
        <>
          {camera.source.kind === 'push' && <PublishKey key={`key-${camera.id}`} camera={camera} />}
          <div className="menu-buttons">
            {mayWrite && (
              <button type="button" onClick={() => setChanging(true)}>
                {t.cameras.change}
              </button>
            )}
            <button type="button" onClick={onClose}>
              {t.action.dismiss}
            </button>
          </div>
        </>
      )}
    </div>
  )
}
