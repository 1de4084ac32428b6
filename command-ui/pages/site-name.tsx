import { store } from '../data/centre.ts'
import { useObservable, useOne } from '../data/use-store.ts'
import { language } from '../i18n/language.ts'
import { nameIn } from '../ui/names.ts'

/** The site of a row, in the officer's language. */
export function SiteName({ siteId }: { siteId: string | null }) {
  const lang = useObservable(language)
  const site = useOne(store.sites, siteId)
  return site ? <>{nameIn(lang, site)}</> : <span className="dim">—</span>
}
