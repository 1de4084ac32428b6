import { useMemo, useState } from 'react'
import type { Site } from '../../domain/site.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { EmptyState, LoadingState, useIsLoading } from '../pages/page-state.tsx'
import { PageTable, ROWS_MAX } from '../pages/page-table.tsx'
import { goTo, route } from '../route.ts'
import { nameIn } from '../ui/names.ts'
import { SearchField } from '../ui/search-field.tsx'
import { BulkPanel } from './bulk-panel.tsx'
import { useMayWrite } from './may-write.ts'
import { useRegisterText } from './register-words.ts'
import { AllCheck, RowCheck } from './row-check.tsx'
import { SelectedBar } from './selected-bar.tsx'
import { SiteDetail } from './site-detail.tsx'
import { useSelectedRows, type SelectedRows } from './use-selected-rows.ts'
import { inOrder, useSort, type Sort } from './use-sort.ts'

type SiteColumn = 'name' | 'kind' | 'cameras' | 'id' | 'days'

/** The protected places: found by any of their words, one open beside the list. */
export function SitesPage() {
  const t = useRegisterText().sites
  const sites = useAll(store.sites)
  const { id: chosenId } = useObservable(route)
  const chosen = useOne(store.sites, chosenId)
  const isLoading = useIsLoading()
  const mayWrite = useMayWrite('site')
  const [words, setWords] = useState('')
  const [isBulk, setBulk] = useState(false)
  const sort = useSort<SiteColumn>('kind')
  const { by, isDown } = sort
  const found = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const fits = (site: Site) => wordsOf(site).some((text) => text.toLowerCase().includes(wanted))
    const then = (a: Site, b: Site) => a.name.localeCompare(b.name, 'zh')
    return inOrder(sites.filter(fits), (site) => keyOf(site, by), isDown, then)
  }, [sites, words, by, isDown])
  const ids = useMemo(() => found.map(({ id }) => id), [found])
  const rows = useSelectedRows(ids)
  return (
    <PageFrame
      heading={t.heading}
      count={found.length}
      tools={<SearchField label={t.search} value={words} onChange={setWords} />}
      aside={
        isBulk ? (
          <BulkPanel
            register="sites"
            ids={rows.ids}
            nameOf={(id) => store.sites.get(id)?.name ?? id}
            onClose={() => setBulk(false)}
          />
        ) : (
          chosen && <SiteDetail key={chosen.id} site={chosen} onClose={() => goTo('sites')} />
        )
      }
    >
      {isLoading ? (
        <LoadingState />
      ) : found.length === 0 ? (
        <EmptyState words={sites.length === 0 ? t.empty : t.noMatch} />
      ) : (
        <>
          <SiteTable
            found={found}
            sort={sort}
            rows={mayWrite ? rows : null}
            chosenId={chosenId}
            onOpen={(id) => {
              setBulk(false)
              goTo('sites', id)
            }}
          />
          {mayWrite && <SelectedBar rows={rows} onChange={() => setBulk(true)} />}
        </>
      )}
    </PageFrame>
  )
}

function keyOf(site: Site, by: SiteColumn): string | number | null {
  switch (by) {
    case 'name':
      return site.name
    case 'kind':
      return site.kind
    case 'cameras':
      return site.cameraIds.length
    case 'id':
      return site.id
    case 'days':
      return site.recordDays ?? null
    default: {
      const never: never = by
      return never
    }
  }
}

function wordsOf(site: Site): string[] {
  const contacts = site.contacts.flatMap(({ name, phone }) => [name, phone])
  return [site.name, site.nameEn ?? '', site.address, site.id, ...contacts]
}

function SiteTable({
  found,
  sort: { head },
  rows,
  chosenId,
  onOpen,
}: {
  found: readonly Site[]
  sort: Sort<SiteColumn>
  /** Null: this officer changes nothing here. */
  rows: SelectedRows | null
  chosenId: string | null
  onOpen: (id: string) => void
}) {
  const t = useRegisterText().sites
  const other = useText().action.other
  const lang = useObservable(language)
  const c = t.columns
  const isWide = chosenId === null
  return (
    <PageTable
      columns={[
        ...(rows ? [{ label: '', box: <AllCheck rows={rows} found={found.length} /> }] : []),
        head(c.name, 'name'),
        head(c.kind, 'kind'),
        ...(isWide ? [c.address, c.contacts] : []),
        head(c.cameras, 'cameras'),
        head(c.days, 'days'),
        head(c.id, 'id'),
        null,
      ]}
      nameless={other}
      more={found.length - ROWS_MAX}
    >
      {found.slice(0, ROWS_MAX).map((site) => (
        <tr
          key={site.id}
          data-site-row={site.id}
          className={site.id === chosenId || rows?.has(site.id) ? 'chosen' : ''}
        >
          {rows && (
            <td>
              <RowCheck id={site.id} name={site.name} rows={rows} />
            </td>
          )}
          <td>
            <strong>{nameIn(lang, site)}</strong>
          </td>
          <td>{t.kind[site.kind]}</td>
          {isWide && (
            <>
              <td className="address">{site.address}</td>
              <td>
                {site.contacts[0]?.name ?? '—'}{' '}
                <span className="dim num">{site.contacts.length > 1 ? `+${site.contacts.length - 1}` : ''}</span>
              </td>
            </>
          )}
          <td className="num">{site.cameraIds.length}</td>
          <td className="num">{site.recordDays ?? <span className="dim">—</span>}</td>
          <td className="num dim">{site.id}</td>
          <td className="row-buttons">
            <button type="button" className="quiet" onClick={() => onOpen(site.id)}>
              {t.open}
            </button>
          </td>
        </tr>
      ))}
    </PageTable>
  )
}
