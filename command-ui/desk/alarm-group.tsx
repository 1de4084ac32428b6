import type { Alarm } from '../../domain/alarm.ts'
import { store } from '../data/centre.ts'
import { useObservable, useOne } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { AlarmAge } from './alarm-age.tsx'
import { useRendered } from './rendered.ts'

/** In a flood: all alarms of one place on one line, with their number. Every one of them is still there, one click away. */
export function AlarmGroup({
  id,
  among,
  isOpen,
  onToggle,
}: {
  id: string
  among: readonly Alarm[]
  isOpen: boolean
  onToggle: (id: string) => void
}) {
  const t = useText()
  const lang = useObservable(language)
  const first = among[0]!
  const site = useOne(store.sites, first.siteId)
  const raised = among.filter((alarm) => alarm.state === 'raised')
  useRendered(raised.map((alarm) => alarm.id).join(' '))
  const presses = among.reduce((sum, alarm) => sum + alarm.occurrences, 0)
  return (
    <li data-group={id} data-count={among.length} data-priority={first.priority}>
      <button
        type="button"
        className={`row alarm-row alarm-group ${raised.length > 0 ? `raised raised-p${first.priority}` : ''}`}
        aria-expanded={isOpen}
        onClick={() => onToggle(id)}
      >
        <span className="row-mark">
          <PriorityMark priority={first.priority} />
          <span className={`p${first.priority}`}>{t.stack.priority(first.priority)}</span>
        </span>
        <span className="row-body">
          <span className="row-head">
            <strong className="ellipsis">{t.stack.group(among.length)}</strong>
            <AlarmAge alarm={first} />
          </span>
          <span className="ellipsis">{placeName(lang, first, site)}</span>
          <span className="row-foot">
            <span className={raised.length > 0 ? 'chip chip-alarm' : 'chip'}>{t.stack.groupRaised(raised.length)}</span>
            {presses > among.length && <span className="chip num">{t.stack.occurrences(presses)}</span>}
            <span className="dim">{isOpen ? t.stack.groupClose : t.stack.groupOpen}</span>
          </span>
        </span>
      </button>
    </li>
  )
}
