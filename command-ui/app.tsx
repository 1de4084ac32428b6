import { lazy, Suspense, useEffect, useRef } from 'react'
import { enter, resumeSession, session, store } from './data/centre.ts'
import { useObservable } from './data/use-store.ts'
import { keptCrew } from './data/kept-crew.ts'
import { useText } from './i18n/language.ts'
import { forgetLink, goTo, route, screenOf } from './route.ts'
import { SignInPage } from './pages/sign-in-page.tsx'

const SetPasswordPage = lazy(() =>
  import('./pages/set-password-page.tsx').then((m) => ({ default: m.SetPasswordPage })),
)

const WallScreen = lazy(() => import('./wall/wall-screen.tsx').then((m) => ({ default: m.WallScreen })))
const loadDesk = () => import('./desk/desk.tsx').then((m) => ({ default: m.Desk }))
const PatrolPage = lazy(() => import('./patrol/patrol-page.tsx').then((m) => ({ default: m.PatrolPage })))
// A desk begins to load it before anybody has asked who is here; a crew's phone never does.
const deskLoading = keptCrew() || location.hash.startsWith('#/patrol') ? null : loadDesk()
const Desk = lazy(() => deskLoading ?? loadDesk())

/** Who is here decides what is shown: sign-in, the first password, or the desk. */
export function App() {
  const state = useObservable(session)
  const here = useObservable(route)
  const me = useObservable(store.me)
  const t = useText()
  const link = here.page === 'sign-in' ? here.query.get('link') : null
  const asked = useRef(false)
  useEffect(() => {
    document.title = `${t.app.name} · ${t.app.title}`
  }, [t])
  useEffect(() => {
    // A one-time link must be used exactly once, also when React mounts twice while developing.
    if (asked.current || link !== null) return
    asked.current = true
    void resumeSession()
  }, [link])

  if (link !== null || state === 'out' || state === 'forbidden') {
    return (
      <SignInPage
        link={link}
        isForbidden={state === 'forbidden'}
        onSignedIn={(mustSetPassword) => {
          asked.current = true
          if (link !== null) forgetLink()
          else if (here.page === 'sign-in') goTo('desk')
          enter(mustSetPassword)
        }}
        onLinkFailed={() => {
          forgetLink()
          session.set('out')
        }}
      />
    )
  }
  if (state === 'unknown') return <p className="centre-words">{t.app.loading}</p>
  if (state === 'password') {
    return (
      <Suspense fallback={<p className="centre-words">{t.app.loading}</p>}>
        <SetPasswordPage onDone={() => enter(false)} />
      </Suspense>
    )
  }
  const screen = here.page === 'wall' && me?.role !== 'patrol' ? screenOf(here) : 1
  if (screen > 1) {
    return (
      <Suspense fallback={<p className="centre-words">{t.app.loading}</p>}>
        <WallScreen screen={screen} />
      </Suspense>
    )
  }
  return (
    <Suspense fallback={<p className="centre-words">{t.app.loading}</p>}>
      {me?.role === 'patrol' ? <PatrolPage me={me} /> : <Desk />}
    </Suspense>
  )
}
