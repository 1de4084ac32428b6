import { store } from '../data/centre.ts'
import { useOne } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { LiveTile } from '../video/live-tile.tsx'
import { PublishKey } from './publish-key.tsx'

/** One camera beside the list, live; of one that pushes also its key. */
export function WatchCamera({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const camera = useOne(store.cameras, id)
  if (!camera) return null
  return (
    <div className="page-watch">
      <LiveTile key={camera.id} camera={camera} mode="fast" canSound />
      {camera.source.kind === 'push' && <PublishKey key={`key-${camera.id}`} camera={camera} />}
      <button type="button" onClick={onClose}>
        {t.action.dismiss}
      </button>
    </div>
  )
}
