import { lazy, Suspense, useMemo, useState } from 'react'
import { CLOCK_OFF_MS, type Camera } from '../../domain/camera.ts'
import { store } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { useAll, useNowMs, useObservable } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { BulkPanel } from '../registers/bulk-panel.tsx'
import { ImportPanel } from '../registers/import-panel.tsx'
import { useManyText } from '../registers/many-words.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { RegisterTools } from '../registers/register-tools.tsx'
import { AllCheck, RowCheck } from '../registers/row-check.tsx'
import { SelectedBar } from '../registers/selected-bar.tsx'
import { useSelectedRows, type SelectedRows } from '../registers/use-selected-rows.ts'
import { inOrder, useSort, type Sort } from '../registers/use-sort.ts'
import { CameraWord, ToneWord } from '../ui/marks.tsx'
import { nameIn } from '../ui/names.ts'
import { SearchField } from '../ui/search-field.tsx'
import { LifeSelect } from '../registers/life-select.tsx'
import { CAMERA_LIFE, CAMERA_ORDER, cameraKey, fitsCamera, type CameraColumn, type CameraLife } from './camera-order.ts'
import { PageFrame } from './page-frame.tsx'
import { EmptyState, LoadingState, useIsLoading } from './page-state.tsx'
import { PageTable, ROWS_MAX } from './page-table.tsx'
import { RemoveCamera } from './remove-camera.tsx'
import { SiteName } from './site-name.tsx'
import { WatchCamera } from './watch-camera.tsx'

const AddCamera = lazy(() => import('./add-camera.tsx').then((m) => ({ default: m.AddCamera })))

/** What stands beside the list. */
type Beside = 'nothing' | 'add' | 'import' | 'bulk' | { watch: string }

/** The register of cameras: found, sorted by what is broken, changed many at a time, taken in and given out as a file. */
export function CamerasPage() {
  const t = useText()
  const isLoading = useIsLoading()
  const mayWrite = useMayWrite('camera')
  const [words, setWords] = useState('')
  const [life, setLife] = useState<CameraLife>('all')
  const [beside, setBeside] = useState<Beside>('nothing')
  const sort = useSort<CameraColumn>('state')
  const { cameras, found } = useFound(words, life, sort)
  const ids = useMemo(() => found.map(({ id }) => id), [found])
  const rows = useSelectedRows(ids)
  const toggle = (what: 'add' | 'import') => setBeside(beside === what ? 'nothing' : what)
  return (
    <PageFrame
      heading={t.cameras.heading}
      count={found.length}
      tools={
        <>
          <CameraFilters {...{ life, setLife, words, setWords }} />
          <RegisterTools
            register="cameras"
            mayWrite={mayWrite}
            isImporting={beside === 'import'}
            onImport={() => toggle('import')}
          />
          {mayWrite && (
            <button type="button" className="primary" aria-expanded={beside === 'add'} onClick={() => toggle('add')}>
              + {t.cameras.add}
            </button>
          )}
        </>
      }
      aside={beside === 'nothing' ? null : <BesideList beside={beside} rows={rows} onShow={setBeside} />}
    >
      {isLoading ? (
        <LoadingState />
      ) : found.length === 0 ? (
        <EmptyState
          words={cameras.length === 0 ? t.cameras.empty : t.cameras.noMatch}
          {...(cameras.length === 0 && mayWrite && { hint: t.cameras.emptyHint })}
        />
      ) : (
        <>
          <CameraTable
            found={found}
            sort={sort}
            rows={mayWrite ? rows : null}
            watchedId={typeof beside === 'object' ? beside.watch : null}
            onWatch={(watch) => setBeside({ watch })}
          />
          {mayWrite && <SelectedBar rows={rows} onChange={() => setBeside('bulk')} />}
        </>
      )}
    </PageFrame>
  )
}

function BesideList({
  beside,
  rows,
  onShow,
}: {
  beside: Exclude<Beside, 'nothing'>
  rows: SelectedRows
  onShow: (beside: Beside) => void
}) {
  const t = useText()
  const close = () => onShow('nothing')
  if (beside === 'import') return <ImportPanel register="cameras" onClose={close} />
  if (beside === 'add') {
    return (
      <Suspense fallback={<p className="dim">{t.app.loading}</p>}>
        <AddCamera onClose={close} onAdded={({ id }) => onShow({ watch: id })} />
      </Suspense>
    )
  }
  if (beside === 'bulk') {
    const nameOf = (id: string) => store.cameras.get(id)?.name ?? id
    return <BulkPanel register="cameras" ids={rows.ids} nameOf={nameOf} onClose={close} />
  }
  return <WatchCamera id={beside.watch} onClose={close} />
}

function useFound(words: string, life: CameraLife, { by, isDown }: Sort<CameraColumn>) {
  const cameras = useAll(store.cameras)
  const lang = useObservable(language)
  const found = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const siteName = (id: string | null) => {
      const site = store.sites.get(id ?? '')
      return site ? nameIn(lang, site) : ''
    }
    const fits = (camera: Camera) =>
      fitsCamera(camera, life) &&
      [camera.name, camera.id, camera.source.address].some((text) => text.toLowerCase().includes(wanted))
    const then = (a: Camera, b: Camera) =>
      CAMERA_ORDER.indexOf(a.state) - CAMERA_ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'zh')
    return inOrder(cameras.filter(fits), (camera) => cameraKey(camera, by, siteName), isDown, then)
  }, [cameras, words, life, by, isDown, lang])
  return { cameras, found }
}

function CameraFilters({
  life,
  setLife,
  words,
  setWords,
}: {
  life: CameraLife
  setLife: (life: CameraLife) => void
  words: string
  setWords: (words: string) => void
}) {
  const t = useText()
  return (
    <>
      <LifeSelect all={CAMERA_LIFE} value={life} onChange={setLife} />
      <SearchField label={t.cameras.search} value={words} onChange={setWords} />
    </>
  )
}

function CameraTable({
  found,
  sort: { head },
  rows,
  watchedId,
  onWatch,
}: {
  found: readonly Camera[]
  sort: Sort<CameraColumn>
  /** Null: this officer changes nothing here. */
  rows: SelectedRows | null
  watchedId: string | null
  onWatch: (id: string) => void
}) {
  const t = useText()
  const c = t.cameras.columns
  return (
    <PageTable
      columns={[
        ...(rows ? [{ label: '', box: <AllCheck rows={rows} found={found.length} /> }] : []),
        head(c.state, 'state'),
        head(c.name, 'name'),
        head(c.id, 'id'),
        head(c.site, 'site'),
        c.source,
        c.picture,
        c.warm,
        head(c.seen, 'since'),
        null,
      ]}
      nameless={t.action.other}
      more={found.length - ROWS_MAX}
    >
      {found.slice(0, ROWS_MAX).map((camera) => (
        <CameraRow key={camera.id} camera={camera} rows={rows} isWatched={camera.id === watchedId} onWatch={onWatch} />
      ))}
    </PageTable>
  )
}

function CameraRow({
  camera,
  rows,
  isWatched,
  onWatch,
}: {
  camera: Camera
  rows: SelectedRows | null
  isWatched: boolean
  onWatch: (id: string) => void
}) {
  const t = useText()
  const many = useManyText()
  const nowMs = useNowMs()
  return (
    <tr data-camera-row={camera.id} className={isWatched || rows?.has(camera.id) ? 'chosen' : ''}>
      {rows && (
        <td>
          <RowCheck id={camera.id} name={camera.name} rows={rows} />
        </td>
      )}
      <td>
        {camera.enabled ? (
          <CameraWord state={camera.state} reason={camera.stateReason} />
        ) : (
          <ToneWord tone="quiet">{many.off}</ToneWord>
        )}
        {camera.enabled && camera.stateReason && <div className="dim reason">{t.sentence(camera.stateReason)}</div>}
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
        {rows && <RemoveCamera camera={camera} />}
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
