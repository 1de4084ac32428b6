import { useObservable } from '../data/use-store.ts'
import { store } from '../data/centre.ts'
import { BlindBanner } from '../desk/banners.tsx'
import { NoticeToast } from '../desk/toasts.tsx'
import { StripClock } from '../desk/strip.tsx'
import { PageGuard } from '../pages/page-guard.tsx'
import { WallPage } from './wall-page.tsx'
import './wall-screen.css'

/** Another monitor: only the wall. Sirens, keys of the alarm and the duty itself stay in the window of the desk. */
export function WallScreen({ screen }: { screen: number }) {
  const live = useObservable(store.live)
  return (
    <div className="wall-screen">
      {live === 'blind' && <BlindBanner />}
      <main>
        <PageGuard page="wall">
          <WallPage screen={screen} />
        </PageGuard>
      </main>
      <header>
        <StripClock />
      </header>
      <NoticeToast />
    </div>
  )
}
