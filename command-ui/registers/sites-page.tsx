import { useMemo, useState } from 'react'
import type { Site } from '../../domain/site.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { PageTable, ROWS_MAX } from '../pages/page-table.tsx'
import { goTo, route } from '../route.ts'
import { nameIn } from '../ui/names.ts'
import { useRegisterText } from './register-words.ts'
import { SiteDetail } from './site-detail.tsx'

/** The protected places: found by any of their words, one open beside the list. */
export function SitesPage() {
  const t = useRegisterText().sites
  const sites = useAll(store.sites)
  const { id: chosenId } = useObservable(route)
  const chosen = useOne(store.sites, chosenId)
  const [words, setWords] = useState('')
  const rows = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    return sites
      .filter((site) => wanted === '' || wordsOf(site).some((text) => text.toLowerCase().includes(wanted)))
      .sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, 'zh'))
  }, [sites, words])
  return (
    <PageFrame
      heading={t.heading}
      count={rows.length}
      tools={
        <input
          type="search"
          value={words}
          placeholder={t.search}
          aria-label={t.search}
          onChange={(event) => setWords(event.target.value)}
        />
      }
      aside={chosen && <SiteDetail key={chosen.id} site={chosen} onClose={() => goTo('sites')} />}
    >
      {rows.length === 0 ? (
        <p className="empty dim">{sites.length === 0 ? t.empty : t.noMatch}</p>
      ) : (
        <SiteTable rows={rows} chosenId={chosenId} />
      )}
    </PageFrame>
  )
}

function wordsOf(site: Site): string[] {
  const contacts = site.contacts.flatMap(({ name, phone }) => [name, phone])
  return [site.name, site.nameEn ?? '', site.address, site.id, ...contacts]
}

function SiteTable({ rows, chosenId }: { rows: readonly Site[]; chosenId: string | null }) {
  const t = useRegisterText().sites
  const other = useText().action.other
  const lang = useObservable(language)
  const c = t.columns
  const columns = [c.name, c.kind, ...(chosenId === null ? [c.address, c.contacts] : []), c.cameras, c.id, null]
  return (
    <PageTable columns={columns} nameless={other}>
      {rows.slice(0, ROWS_MAX).map((site) => (
        <tr key={site.id} data-site-row={site.id} className={site.id === chosenId ? 'chosen' : ''}>
          <td>
            <strong>{nameIn(lang, site)}</strong>
          </td>
          <td>{t.kind[site.kind]}</td>
          {chosenId === null && (
            <>
              <td className="address">{site.address}</td>
              <td>
                {site.contacts[0]?.name ?? '—'}{' '}
                <span className="dim num">{site.contacts.length > 1 ? `+${site.contacts.length - 1}` : ''}</span>
              </td>
            </>
          )}
          <td className="num">{site.cameraIds.length}</td>
          <td className="num dim">{site.id}</td>
          <td className="row-buttons">
            <button type="button" className="quiet" onClick={() => goTo('sites', site.id)}>
              {t.open}
            </button>
          </td>
        </tr>
      ))}
    </PageTable>
  )
}
