import { useText } from '../i18n/language.ts'
import { useMaySee } from '../registers/may-write.ts'
import type { Page } from '../route.ts'
import { PageFrame } from './page-frame.tsx'
import { ForbiddenState } from './page-state.tsx'

/** A page that this role may not have says so, before anything is asked that would be refused. */
export function PageGuard({ page, children }: { page: Page | 'sign-in'; children: React.ReactNode }) {
  const t = useText()
  const maySee = useMaySee(page)
  if (maySee || page === 'sign-in') return children
  return (
    <PageFrame heading={t.nav[page]}>
      <ForbiddenState />
    </PageFrame>
  )
}
