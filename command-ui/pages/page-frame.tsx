import { useText } from '../i18n/language.ts'
import { goTo } from '../route.ts'
import './page-frame.css'

/** A page beside the alarm stack: heading, tools, a scrolling table, and a side for forms and pictures. */
export function PageFrame({
  heading,
  count,
  tools,
  aside,
  children,
}: {
  heading: string
  count?: number
  tools?: React.ReactNode
  aside?: React.ReactNode
  children: React.ReactNode
}) {
  const t = useText()
  return (
    <section className="panel page" aria-label={heading}>
      <header className="page-head">
        <h1>{heading}</h1>
        {count !== undefined && <span className="dim num">{t.page.rows(count)}</span>}
        <div className="page-tools">{tools}</div>
        <button type="button" onClick={() => goTo('desk')}>
          ← {t.page.close}
        </button>
      </header>
      <div className="page-body">
        <div className="page-scroll">{children}</div>
        {aside && <aside className="page-aside">{aside}</aside>}
      </div>
    </section>
  )
}
