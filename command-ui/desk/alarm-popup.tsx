import { useEffect, useState } from 'react'
import { store } from '../data/centre.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { Key, PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { AlarmAge } from './alarm-age.tsx'
import { CameraElsewhere } from './camera-elsewhere.tsx'
import { PrimaryAction } from './primary-action.tsx'
import { useRendered } from './rendered.ts'
import { folded, selectAlarm, useCurrent } from './selection.ts'
import { Steps } from './steps.tsx'
import './alarm-popup.css'

/** After the dispatch the pop-up stays as long as the order can be taken back, then it folds by itself. */
const STAYS_MS = 6000

/**
 * The first-priority alarm in the panel, as a headline with the one button that Enter presses. Not a dialog: it takes no
 * focus and covers no field; the map under it is still the map of the scene.
 */
export function AlarmPopup({ isDesk, onGoTo }: { isDesk: boolean; onGoTo: () => void }) {
  const t = useText()
  const lang = useObservable(language)
  const { alarm, stage } = useCurrent()
  const site = useOne(store.sites, alarm?.siteId ?? null)
  const device = useOne(store.devices, alarm?.deviceId ?? null)
  const isFolded = useObservable(folded).has(alarm?.id ?? '')
  const isWork = stage === 'acknowledge' || stage === 'dispatch' || stage === 'others'
  const stays = useStays(alarm?.id ?? null, isWork)
  const isShown = alarm !== undefined && alarm.priority === 1 && (isWork || stays) && stage !== 'closed' && !isFolded
  useRendered(isShown ? alarm.id : '')
  if (!isShown) return <WaitingAlarms exceptId={null} />
  return (
    <section
      className={`popup ${stage === 'acknowledge' ? 'popup-raised' : ''}`}
      role="alert"
      aria-label={t.popup.label}
      data-popup={alarm.id}
      data-stage={stage}
    >
      <header>
        <PriorityMark priority={alarm.priority} />
        <strong className="popup-type">
          {t.stack.priority(alarm.priority)} {t.alarmType[alarm.type]}
        </strong>
        <span className="popup-place ellipsis">
          {placeName(lang, alarm, site)}
          {device?.spot ? <span className="dim"> · {device.spot}</span> : null}
        </span>
        {alarm.occurrences > 1 && <span className="chip num">{t.stack.occurrences(alarm.occurrences)}</span>}
        <AlarmAge alarm={alarm} />
        <button type="button" className="quiet" onClick={() => folded.update((ids) => new Set(ids).add(alarm.id))}>
          {t.action.dismiss} <Key>Esc</Key>
        </button>
      </header>
      <Steps />
      <CameraElsewhere />
      <div className="popup-actions">
        <PrimaryAction />
        {!isDesk && (
          <button type="button" onClick={onGoTo}>
            {t.popup.goTo}
          </button>
        )}
      </div>
      <WaitingAlarms exceptId={alarm.id} />
    </section>
  )
}

/** True while there is work on this alarm, and for `STAYS_MS` after it has ended under the officer's eyes. */
function useStays(alarmId: string | null, isWork: boolean): boolean {
  const [worked, setWorked] = useState<string | null>(null)
  if (isWork && worked !== alarmId) setWorked(alarmId)
  useEffect(() => {
    if (isWork || worked === null) return
    const timer = setTimeout(() => setWorked(null), STAYS_MS)
    return () => clearTimeout(timer)
  }, [isWork, worked])
  return alarmId !== null && worked === alarmId
}

/** First-priority alarms that nobody has, beside the one in the panel: every single one shows. */
function WaitingAlarms({ exceptId }: { exceptId: string | null }) {
  const t = useText()
  const lang = useObservable(language)
  const alarms = useAll(store.alarms)
  const { alarm, stage } = useCurrent()
  const busyWith = exceptId ?? (stage === 'acknowledge' ? alarm?.id : null)
  const others = alarms.filter((a) => a.priority === 1 && a.state === 'raised' && a.id !== busyWith)
  const next = [...others].sort((a, b) => (a.raisedAt < b.raisedAt ? -1 : 1))[0]
  if (!next) return null
  return (
    <div className={exceptId ? 'popup-others' : 'popup popup-raised popup-others-alone'} role="status">
      <PriorityMark priority={1} />
      <span>{t.popup.others(others.length)}</span>
      <span className="ellipsis">{placeName(lang, next, store.sites.get(next.siteId ?? ''))}</span>
      <AlarmAge alarm={next} />
      <button type="button" onClick={() => selectAlarm(next, true)}>
        {t.popup.next} <Key>N</Key>
      </button>
    </div>
  )
}
