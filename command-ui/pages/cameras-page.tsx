import { lazy, Suspense, useMemo, useState } from 'react'
import { CLOCK_OFF_MS, type Camera } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAll, useNowMs } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { CameraWord, ToneWord } from '../ui/marks.tsx'
import { LiveTile } from '../video/live-tile.tsx'
import { PageFrame } from './page-frame.tsx'
import { PageTable, ROWS_MAX } from './page-table.tsx'
import { PublishKey } from './publish-key.tsx'
import { SiteName } from './site-name.tsx'

const AddCamera = lazy(() => import('./add-camera.tsx').then((m) => ({ default: m.AddCamera })))

/** What is broken comes first. */
const ORDER = [
  'login-refused',
  'not-a-camera',
  'offline',
  'frozen',
  'stalled',
  'no-key-frame',
  'connecting',
  'online',
  'idle',
]

export function CamerasPage() {
  const t = useText()
  const cameras = useAll(store.cameras)
  const [words, setWords] = useState('')
  const [isAdding, setAdding] = useState(false)
  const [watchedId, setWatchedId] = useState<string | null>(null)
  const rows = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const match = (camera: Camera) =>
      wanted === '' ||
      [camera.name, camera.id, camera.source.address].some((text) => text.toLowerCase().includes(wanted))
    return cameras
      .filter(match)
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'zh'))
  }, [cameras, words])
  const watched = watchedId === null ? undefined : cameras.find((camera) => camera.id === watchedId)
  return (
    <PageFrame
      heading={t.cameras.heading}
      count={rows.length}
      tools={
        <>
          <input
            type="search"
            value={words}
            placeholder={t.cameras.search}
            aria-label={t.cameras.search}
            onChange={(event) => setWords(event.target.value)}
          />
          <button type="button" className="primary" aria-expanded={isAdding} onClick={() => setAdding(!isAdding)}>
            + {t.cameras.add}
          </button>
        </>
      }
      aside={
        isAdding ? (
          <Suspense fallback={<p className="dim">{t.app.loading}</p>}>
            <AddCamera onClose={() => setAdding(false)} onAdded={(camera) => setWatchedId(camera.id)} />
          </Suspense>
        ) : watched ? (
          <div className="page-watch">
            <LiveTile key={watched.id} camera={watched} mode="fast" canSound />
            {watched.source.kind === 'push' && <PublishKey key={`key-${watched.id}`} camera={watched} />}
            <button type="button" onClick={() => setWatchedId(null)}>
              {t.action.dismiss}
            </button>
          </div>
        ) : null
      }
    >
      {cameras.length === 0 ? (
        <div className="empty">
          <p>{t.cameras.empty}</p>
          <p className="dim">{t.cameras.emptyHint}</p>
        </div>
      ) : rows.length === 0 ? (
        <p className="empty dim">{t.cameras.noMatch}</p>
      ) : (
        <CameraTable rows={rows} watchedId={watchedId} onWatch={setWatchedId} />
      )}
    </PageFrame>
  )
}

function CameraTable({
  rows,
  watchedId,
  onWatch,
}: {
  rows: readonly Camera[]
  watchedId: string | null
  onWatch: (id: string) => void
}) {
  const t = useText()
  const c = t.cameras.columns
  return (
    <PageTable
      columns={[c.state, c.name, c.id, c.site, c.source, c.picture, c.warm, c.seen, null]}
      nameless={t.action.other}
    >
      {rows.slice(0, ROWS_MAX).map((camera) => (
        <CameraRow key={camera.id} camera={camera} isWatched={camera.id === watchedId} onWatch={onWatch} />
      ))}
    </PageTable>
  )
}

function CameraRow({
  camera,
  isWatched,
  onWatch,
}: {
  camera: Camera
  isWatched: boolean
  onWatch: (id: string) => void
}) {
  const t = useText()
  const nowMs = useNowMs()
  const remove = async () => {
    if (!confirm(t.cameras.removeSure(camera.name))) return
    try {
      await api.removeCamera(camera.id)
    } catch (error) {
      say(faultSentence(asApiFault(error)), true)
    }
  }
  return (
    <tr data-camera-row={camera.id} className={isWatched ? 'chosen' : ''}>
      <td>
        <CameraWord state={camera.state} reason={camera.stateReason} />
        {camera.stateReason && <div className="dim reason">{t.sentence(camera.stateReason)}</div>}
      </td>
      <td>{camera.name}</td>
      <td className="num dim">{camera.id}</td>
      <td>
        <SiteName siteId={camera.siteId} />
      </td>
      <td className="dim address">
        {camera.source.kind.toUpperCase()} {camera.source.address}
      </td>
      <td className="num dim">
        {camera.widthPx ? `${camera.widthPx}×${camera.heightPx}` : '—'} {camera.codec ?? ''}
      </td>
      <td>{camera.warm ? `● ${t.cameras.warm}` : <span className="dim">○ {t.cameras.onDemand}</span>}</td>
      <td className="num dim">
        {camera.stateAt ? t.unit.ago(t.unit.age(Math.max(0, (nowMs - timeMs(camera.stateAt)) / 1000))) : '—'}
        <CameraClock offsetMs={camera.clockOffsetMs ?? null} />
      </td>
      <td className="row-buttons">
        <button type="button" className="quiet" onClick={() => onWatch(camera.id)}>
          {t.cameras.watch}
        </button>
        <button type="button" className="quiet" onClick={() => void remove()}>
          {t.cameras.remove}
        </button>
      </td>
    </tr>
  )
}

/** Only of cameras that tell their time. */
function CameraClock({ offsetMs }: { offsetMs: number | null }) {
  const t = useText()
  if (offsetMs === null) return null
  if (Math.abs(offsetMs) <= CLOCK_OFF_MS) return <div className="dim">{t.cameras.clockGood}</div>
  return (
    <div>
      <ToneWord tone="warn">{t.cameras.clockOff(Math.round(offsetMs / 1000))}</ToneWord>
    </div>
  )
}
