import { store } from '../data/centre.ts'
import type { ApiFault } from '../data/api-fault.ts'
import { useObservable } from '../data/use-store.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'

/** Nothing has come from the centre yet: a list that is empty now says nothing. */
export function useIsLoading(): boolean {
  return useObservable(store.city) === null
}

export function LoadingState() {
  const t = useText()
  return (
    <p className="empty dim page-state" role="status" data-state="loading">
      <span aria-hidden="true">◌</span> {t.page.loading}
    </p>
  )
}

/** Nothing is there, or nothing fits what was asked for; with what can be done about it. */
export function EmptyState({ words, hint, children }: { words: string; hint?: string; children?: React.ReactNode }) {
  return (
    <div className="empty page-state" data-state="empty">
      <p>
        <span aria-hidden="true">○</span> {words}
      </p>
      {hint !== undefined && <p className="dim">{hint}</p>}
      {children}
    </div>
  )
}

/** This role may not see it. Says which role that is, so that the right thing can be asked for. */
export function ForbiddenState() {
  const t = useText()
  const me = useObservable(store.me)
  return (
    <div className="empty page-state" role="alert" data-state="forbidden">
      <p>
        <span aria-hidden="true">⊘</span> {t.page.forbidden}
      </p>
      {me && <p className="dim">{t.page.forbiddenHint(t.role[me.role])}</p>}
    </div>
  )
}

/** It did not come, and why; a refusal is not tried again. */
export function FailedState({ fault, onAgain }: { fault: ApiFault; onAgain: () => void }) {
  const t = useText()
  if (fault.code === 'forbidden') return <ForbiddenState />
  return (
    <div className="empty page-state" role="alert" data-state="failed">
      <p>
        <span aria-hidden="true">▲</span> {t.page.failed} {faultSentence(fault)}
      </p>
      <p>
        <button type="button" onClick={onAgain}>
          {t.page.again}
        </button>
      </p>
    </div>
  )
}
