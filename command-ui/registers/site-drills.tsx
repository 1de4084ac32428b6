import { useCallback, useEffect, useState } from 'react'
import { toIso } from '../../domain/clock.ts'
import type { Drill } from '../../domain/drill.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { countOddity } from '../data/centre.ts'
import { clock, timeMs } from '../data/clock.ts'
import { useNowMs } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { dayOfYear, timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import { useMayWrite } from './may-write.ts'
import { useRegisterText } from './register-words.ts'

/** The newest are read; the rest is for reports. */
const SHOWN_MAX = 10

/** Drills of one site: what is planned, what was, and the form for the next. */
export function SiteDrills({ siteId }: { siteId: string }) {
  const t = useRegisterText().drills
  const failed = useText().action.failed
  const mayPlan = useMayWrite('drill')
  const { drills, hasFailed, reload } = useDrills(siteId)
  const cancel = (drill: Drill) =>
    void api.cancelDrill(siteId, drill.id).then(
      () => {
        say(t.cancelled)
        reload()
      },
      (error: unknown) => say(failed(t.cancel, faultSentence(asApiFault(error))), true),
    )
  return (
    <>
      <h3>{t.heading}</h3>
      {hasFailed && <p className="wrong">{t.failed}</p>}
      {drills?.length === 0 && <p className="dim">{t.none}</p>}
      <ul className="site-drills">
        {drills?.slice(0, SHOWN_MAX).map((drill) => (
          <DrillLine key={drill.id} drill={drill} onCancel={mayPlan ? cancel : null} />
        ))}
      </ul>
      {mayPlan && <DrillForm siteId={siteId} onPlanned={reload} />}
    </>
  )
}

/** The component lives as long as its site is open, so an answer cannot come to another site. */
function useDrills(siteId: string) {
  const [drills, setDrills] = useState<readonly Drill[] | null>(null)
  const [hasFailed, setFailed] = useState(false)
  const reload = useCallback(() => {
    api.drills(siteId).then(
      ({ items }) => {
        setDrills(items)
        setFailed(false)
      },
      (error: unknown) => {
        countOddity('drills-not-loaded', error)
        setFailed(true)
      },
    )
  }, [siteId])
  useEffect(reload, [reload])
  return { drills, hasFailed, reload }
}

function DrillLine({ drill, onCancel }: { drill: Drill; onCancel: ((drill: Drill) => void) | null }) {
  const t = useRegisterText().drills
  const nowMs = useNowMs()
  const [fromMs, toMs] = [timeMs(drill.from), timeMs(drill.to)]
  const isOver = drill.cancelledAt !== null || toMs <= nowMs
  const isRunning = !isOver && fromMs <= nowMs
  const state = drill.cancelledAt !== null ? t.wasCancelled : isOver ? t.over : isRunning ? t.running : t.isPlanned
  return (
    <li data-drill={drill.id}>
      <span>
        <span className="num">
          {dayOfYear(fromMs)} {timeOfDay(fromMs).slice(0, 5)}–{timeOfDay(toMs).slice(0, 5)}
        </span>{' '}
        {drill.why}
      </span>
      <span className="chip">{state}</span>
      <span className="dim">{t.by(drill.by)}</span>
      {onCancel && !isOver && (
        <button type="button" className="quiet" onClick={() => onCancel(drill)}>
          {isRunning ? t.end : t.cancel}
        </button>
      )}
    </li>
  )
}

/** The value of a `datetime-local` field, in the desk's own zone. */
function localMinute(ms: number): string {
  const at = new Date(ms)
  return `${at.getFullYear()}-${dayOfYear(ms)}T${timeOfDay(ms).slice(0, 5)}`
}

function DrillForm({ siteId, onPlanned }: { siteId: string; onPlanned: () => void }) {
  const t = useRegisterText().drills
  const [from, setFrom] = useState(() => localMinute(clock.nowMs()))
  const [minutes, setMinutes] = useState(60)
  const [why, setWhy] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const plan = () => {
    const fromMs = new Date(from).getTime()
    api.planDrill(siteId, { from: toIso(fromMs), to: toIso(fromMs + minutes * 60_000), why: why.trim() }).then(
      () => {
        setWhy('')
        setWrong(null)
        say(t.planned)
        onPlanned()
      },
      (error: unknown) => setWrong(faultSentence(asApiFault(error))),
    )
  }
  return (
    <form
      className="stacked"
      data-form="drill"
      onSubmit={(event) => {
        event.preventDefault()
        plan()
      }}
    >
      <p className="dim">{t.hint}</p>
      <div className="fields">
        <label>
          <span>{t.from}</span>
          <input type="datetime-local" required value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label>
          <span>{t.minutes}</span>
          <input
            type="number"
            required
            min={5}
            max={240}
            value={minutes}
            onChange={(event) => setMinutes(Number(event.target.value))}
          />
        </label>
      </div>
      <label>
        <span>{t.why}</span>
        <input name="why" required maxLength={200} value={why} onChange={(event) => setWhy(event.target.value)} />
      </label>
      <WrongLine words={wrong} />
      <button type="submit">{t.plan}</button>
    </form>
  )
}
