import { lazy, Suspense, useEffect } from 'react'
import { store } from '../data/centre.ts'
import { watchFlood } from '../data/load-meter.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { goTo, route } from '../route.ts'
import { overlay } from '../search/bar-state.ts'
import { onDuty, unlockSound, watchSound } from '../sound/duty-sound.ts'
import { PageGuard } from '../pages/page-guard.tsx'
import { ErrorFence } from '../ui/error-fence.tsx'
import { AlarmPopup } from './alarm-popup.tsx'
import { AlarmStack } from './alarm-stack.tsx'
import { watchAttention } from './attention.ts'
import { Banners } from './banners.tsx'
import { IncidentPanel } from './incident-panel.tsx'
import { watchKeys } from './keys.ts'
import { MapPanel } from './map-panel.tsx'
import { NoticeToast, UndoToast } from './toasts.tsx'
import { SideLists } from './side-lists.tsx'
import { StartDuty } from './start-duty.tsx'
import { Strip } from './strip.tsx'
import { watchTold } from './told.ts'
import { WallStrip } from './wall-strip.tsx'
import './desk.css'

const CamerasPage = lazy(() => import('../pages/cameras-page.tsx').then((m) => ({ default: m.CamerasPage })))
const DevicesPage = lazy(() => import('../pages/devices-page.tsx').then((m) => ({ default: m.DevicesPage })))
const VehiclesPage = lazy(() => import('../pages/vehicles-page.tsx').then((m) => ({ default: m.VehiclesPage })))
const SitesPage = lazy(() => import('../registers/sites-page.tsx').then((m) => ({ default: m.SitesPage })))
const ZonesPage = lazy(() => import('../registers/zones-page.tsx').then((m) => ({ default: m.ZonesPage })))
const ReplayPage = lazy(() => import('../replay/replay-page.tsx').then((m) => ({ default: m.ReplayPage })))
const WallPage = lazy(() => import('../wall/wall-page.tsx').then((m) => ({ default: m.WallPage })))
const ReportsPage = lazy(() => import('../reports/reports-page.tsx').then((m) => ({ default: m.ReportsPage })))
const AuditPage = lazy(() => import('../audit/audit-page.tsx').then((m) => ({ default: m.AuditPage })))
const SettingsPage = lazy(() => import('../settings/settings-page.tsx').then((m) => ({ default: m.SettingsPage })))

const CommandBar = lazy(() => import('../search/command-bar.tsx').then((m) => ({ default: m.CommandBar })))
const KeysSheet = lazy(() => import('../search/keys-sheet.tsx').then((m) => ({ default: m.KeysSheet })))

/** Addresses that ask for no page in particular. */
const LANDINGS: readonly string[] = ['', '#/', '#/desk', '#/sign-in']

/** The one screen of the duty officer. Pages open in the middle; strip, alarms and the pop-up stay. */
export function Desk() {
  const t = useText()
  const duty = useObservable(onDuty)
  const { page } = useObservable(route)
  const me = useObservable(store.me)
  // An inspector reads what happened: no siren is his, and no duty begins.
  const isReader = me?.role === 'inspector'
  const mustStart = !duty && !isReader
  const hasCity = useObservable(store.city) !== null
  useEffect(() => watchSound(), [])
  useEffect(() => watchAttention(), [])
  useEffect(() => watchFlood(), [])
  useEffect(() => watchTold(), [])
  useEffect(() => (duty ? watchKeys() : undefined), [duty])
  useEffect(() => {
    // After a reload in the middle of a shift the browser may allow sound without a new click; if not, the banner asks.
    if (onDuty.get()) void unlockSound()
  }, [])
  useEffect(() => {
    if (isReader && LANDINGS.includes(location.hash)) goTo('reports')
  }, [isReader])
  const isDesk = page === 'desk' || page === 'sign-in'
  return (
    <div className="desk" data-page={page}>
      <Strip />
      <Banners />
      <div className="desk-body" inert={mustStart}>
        <aside className="desk-left" aria-label={t.stack.heading}>
          <AlarmStack />
          <SideLists />
        </aside>
        {/* The map stays mounted under the pages: loading it again costs more than hiding it. */}
        <main className="desk-middle" hidden={!isDesk}>
          {hasCity ? <MapPanel isShown={isDesk} /> : <div className="map-panel" />}
          {isDesk && <AlarmPopup isDesk onGoTo={() => goTo('desk')} />}
          {isDesk && <WallStrip />}
        </main>
        <aside className="desk-right" aria-label={t.panel.label} hidden={!isDesk}>
          {isDesk && <IncidentPanel />}
        </aside>
        {!isDesk && (
          <main className="desk-page">
            <ErrorFence label={page}>
              <Suspense fallback={<p className="centre-words">{t.app.loading}</p>}>
                <PageGuard page={page}>
                  {page === 'wall' && <WallPage screen={1} />}
                  {page === 'replay' && <ReplayPage />}
                  {page === 'sites' && <SitesPage />}
                  {page === 'zones' && <ZonesPage />}
                  {page === 'cameras' && <CamerasPage />}
                  {page === 'devices' && <DevicesPage />}
                  {page === 'vehicles' && <VehiclesPage />}
                  {page === 'reports' && <ReportsPage />}
                  {page === 'audit' && <AuditPage />}
                  {page === 'settings' && <SettingsPage />}
                </PageGuard>
              </Suspense>
            </ErrorFence>
            <AlarmPopup isDesk={false} onGoTo={() => goTo('desk')} />
          </main>
        )}
        <UndoToast />
        <NoticeToast />
        <Overlay />
      </div>
      {mustStart && <StartDuty />}
    </div>
  )
}

/** The command bar or the sheet of keys, fetched when first asked for. */
function Overlay() {
  const which = useObservable(overlay)
  if (!which) return null
  return (
    <ErrorFence label="overlay" fallback={null}>
      <Suspense>{which === 'bar' ? <CommandBar /> : <KeysSheet />}</Suspense>
    </ErrorFence>
  )
}
