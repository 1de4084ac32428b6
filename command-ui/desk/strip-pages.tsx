import { useRef } from 'react'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { PAGES, goTo, route, type Page } from '../route.ts'
import { isCameraOver } from '../video/drag-camera.ts'
import './strip-pages.css'

/** What an officer needs in a shift stands in the line; what is looked up or set now and then is one click behind it. */
const ALWAYS: readonly Page[] = ['desk', 'wall', 'replay']

export function StripPages() {
  const t = useText()
  const { page } = useObservable(route)
  const fold = useRef<HTMLDetailsElement>(null)
  const others = PAGES.filter((name) => !ALWAYS.includes(name))
  const current = others.find((name) => name === page)
  const button = (name: Page) => (
    <button
      key={name}
      type="button"
      className="quiet"
      aria-current={page === name ? 'page' : undefined}
      // A camera that is carried here opens the wall, so that it can be let go on a tile.
      onDragEnter={(event) => name === 'wall' && isCameraOver(event) && goTo('wall')}
      onClick={() => {
        fold.current?.removeAttribute('open')
        goTo(name)
      }}
    >
      {t.nav[name]}
    </button>
  )
  return (
    <nav aria-label={t.nav.pages}>
      {ALWAYS.map(button)}
      <details
        ref={fold}
        className="strip-registers"
        onKeyDown={(event) => {
          if (event.key === 'Escape') fold.current?.removeAttribute('open')
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) fold.current?.removeAttribute('open')
        }}
      >
        <summary className={current ? 'is-current' : ''}>
          {current ? t.nav[current] : t.nav.registers} <span aria-hidden="true">▾</span>
        </summary>
        <div className="strip-registers-list">{others.map(button)}</div>
      </details>
    </nav>
  )
}
