import { useEffect, useState } from 'react'
import { clock } from '../data/clock.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { notice, undo, undoDispatch, UNDO_MS } from './actions.ts'
import './toasts.css'

/** How long a sentence stands; long enough to be read twice. */
const NOTICE_MS = 8000

/** Five seconds to take an order back, instead of "are you sure" before it. */
export function UndoToast() {
  const t = useText()
  const last = useObservable(undo)
  const [leftMs, setLeftMs] = useState(UNDO_MS)
  useEffect(() => {
    if (!last) return
    const follow = () => setLeftMs(Math.max(0, last.untilMs - clock.nowMs()))
    follow()
    const timer = setInterval(follow, 200)
    return () => clearInterval(timer)
  }, [last])
  if (!last) return null
  return (
    <div className="toast toast-undo" role="status" aria-label={t.undoToast.label} data-undo={last.assignmentId}>
      <strong>✓ {t.action.dispatched(last.callsign)}</strong>
      <button type="button" onClick={() => void undoDispatch()}>
        {t.action.undo} <Key>Z</Key>
      </button>
      <span className="num dim">{t.action.undoIn(Math.ceil(leftMs / 1000))}</span>
      <progress max={UNDO_MS} value={leftMs} aria-hidden="true" />
    </div>
  )
}

/** One sentence about what the officer just did or could not do. */
export function NoticeToast() {
  const t = useText()
  const said = useObservable(notice)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => notice.set(null), NOTICE_MS)
    return () => clearTimeout(timer)
  }, [said])
  return (
    <div className="toast-place" role="status" aria-live="polite">
      {said && (
        <div key={said.key} className={`toast ${said.isWrong ? 'toast-wrong' : ''}`} data-notice>
          <span>
            {said.isWrong ? '▲ ' : '✓ '}
            {said.text}
          </span>
          <button type="button" className="quiet" onClick={() => notice.set(null)} aria-label={t.action.dismiss}>
            ✕
          </button>
        </div>
      )}
    </div>
  )
}
