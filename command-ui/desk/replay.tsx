import { useEffect, useRef, useState } from 'react'
import type { CameraRecording, IncidentRecordings } from '../../domain/recording.ts'
import { api } from '../data/api.ts'
import { asApiFault, type ApiFault } from '../data/api-fault.ts'
import { countOddity, store } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { useOne } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { LockIcon } from '../ui/icons.tsx'
import { TimeAxis, type AxisMark } from '../video/time-axis.tsx'
import { useReplay } from '../video/use-replay.ts'
import { say } from './actions.ts'
import { faultSentence } from './fault-sentence.ts'
import { useCurrent } from './selection.ts'
import './replay.css'

/** A running recording grows by segments of a second; the axis need not be finer. */
const ASK_AGAIN_MS = 5_000

/** What the incident's cameras have recorded: one at a time, with a time axis to seek on. */
export function Replay() {
  const t = useText()
  const { incidentId, incident } = useCurrent(true)
  const { recordings, wrong, take } = useRecordings(incidentId ?? null)
  const [chosenId, choose] = useState<string | null>(null)
  const [reason, giveReason] = useState<string | null>(null)
  if (!recordings) return <p className="dim">{wrong === null ? t.replay.loading : faultSentence(wrong)}</p>
  const cameras = bestFirst(recordings.cameras, incident?.cameraIds ?? [])
  const chosen = cameras.find((one) => one.cameraId === chosenId) ?? cameras.find((one) => one.playlist) ?? cameras[0]
  if (!chosen) return <p className="dim">{t.replay.none}</p>
  return (
    <div className="replay" data-replay={chosen.cameraId}>
      <div className="replay-cameras" role="group">
        {cameras.map(({ cameraId }) => (
          <CameraChoice key={cameraId} id={cameraId} isChosen={cameraId === chosen.cameraId} onChoose={choose} />
        ))}
      </div>
      {recordings.needsReason && reason === null ? (
        <ReasonForm label={t.replay.reasonNeeded} button={t.replay.look} onReason={giveReason} />
      ) : (
        <ReplayPicture key={chosen.cameraId} recording={chosen} reason={reason} />
      )}
      <div className="replay-foot">
        <Lock recordings={recordings} onLocked={take} />
        <a href={`#/replay/${encodeURIComponent(recordings.incidentId)}`}>{t.replay.whole} →</a>
      </div>
    </div>
  )
}

/** The camera that sees the scene best is the one to begin with; those on the way of a vehicle follow in the order of its way. */
export function bestFirst(cameras: readonly CameraRecording[], order: readonly string[]): CameraRecording[] {
  const rank = ({ cameraId }: CameraRecording) => (order.includes(cameraId) ? order.indexOf(cameraId) : order.length)
  return [...cameras].sort((a, b) => rank(a) - rank(b) || timeMs(a.fromAt) - timeMs(b.fromAt))
}

export function useRecordings(incidentId: string | null) {
  const [shown, setShown] = useState<{ id: string; recordings: IncidentRecordings } | null>(null)
  const [wrong, setWrong] = useState<ApiFault | null>(null)
  useEffect(() => {
    if (incidentId === null) return
    let isGone = false
    const ask = () => {
      api.recordings(incidentId).then(
        (recordings) => {
          if (!isGone) setShown({ id: incidentId, recordings })
        },
        (error: unknown) => {
          countOddity('recordings-not-loaded', error)
          if (!isGone) setWrong(asApiFault(error))
        },
      )
    }
    ask()
    const timer = setInterval(ask, ASK_AGAIN_MS)
    return () => {
      isGone = true
      clearInterval(timer)
    }
  }, [incidentId])
  const take = (recordings: IncidentRecordings) => setShown({ id: recordings.incidentId, recordings })
  return { recordings: shown?.id === incidentId ? shown.recordings : null, wrong, take }
}

function CameraChoice({ id, isChosen, onChoose }: { id: string; isChosen: boolean; onChoose: (id: string) => void }) {
  const camera = useOne(store.cameras, id)
  return (
    <button type="button" className="quiet ellipsis" aria-pressed={isChosen} onClick={() => onChoose(id)}>
      {camera?.name ?? id}
    </button>
  )
}

function ReplayPicture({ recording, reason }: { recording: CameraRecording; reason: string | null }) {
  const t = useText()
  const video = useRef<HTMLVideoElement>(null)
  // A growing playlist is taken anew only when the officer wants it: it would begin again.
  const newest = recording.kept.at(-1)?.toAt ?? null
  const [shownEnd, showUntil] = useState<string | null>(newest)
  if (shownEnd === null && newest !== null) showUntil(newest)
  const url = recording.playlist && shownEnd ? urlOf(recording.playlist, shownEnd, reason) : null
  const { state, player } = useReplay(video, url)
  const marks = useMarks()
  return (
    <figure className="tile replay-tile" data-phase={state.phase}>
      <video ref={video} muted playsInline className={state.phase === 'ready' ? '' : 'unseen'} />
      {state.phase !== 'ready' && (
        <p className="tile-words" role="status">
          {recording.playlist === null ? t.replay.noneYet : wordsOf(state.phase, t.replay)}
        </p>
      )}
      <figcaption>
        <button
          type="button"
          className="quiet"
          disabled={state.phase !== 'ready'}
          onClick={() => player.current?.toggle()}
        >
          {state.isPaused ? `▶ ${t.replay.play}` : `❚❚ ${t.replay.pause}`}
        </button>
        <span className="num">{state.atMs === null ? '' : timeOfDay(state.atMs)}</span>
        {recording.isRunning && <span className="replay-running">● {t.replay.running}</span>}
        {shownEnd !== newest && (
          <button type="button" className="quiet" onClick={() => showUntil(newest)}>
            {t.replay.newest}
          </button>
        )}
      </figcaption>
      <TimeAxis recording={recording} marks={marks} atMs={state.atMs} onSeek={(ms) => player.current?.seek(ms)} />
    </figure>
  )
}

export function urlOf(playlist: string, endAt: string, reason: string | null): string {
  const query = new URLSearchParams({ to: endAt })
  if (reason !== null) query.set('reason', reason)
  return `${playlist}?${query.toString()}`
}

function wordsOf(
  phase: 'loading' | 'failed' | 'unsupported',
  words: { loading: string; failed: string; unsupported: string },
) {
  return words[phase]
}

function useMarks(): AxisMark[] {
  const { alarm, incident } = useCurrent(true)
  const times = [
    ['press', alarm?.raisedAt ?? incident?.openedAt],
    ['acknowledged', alarm?.acknowledgedAt],
    ['arrival', incident?.onSceneAt],
  ] as const
  return times.flatMap(([kind, at]) => (at ? [{ kind, atMs: timeMs(at) }] : []))
}

function Lock({
  recordings,
  onLocked,
}: {
  recordings: IncidentRecordings
  onLocked: (recordings: IncidentRecordings) => void
}) {
  const t = useText()
  const [isOpen, setOpen] = useState(false)
  const { lock, incidentId } = recordings
  if (lock) {
    const words = lock.lockedBy === 'centre' ? t.replay.lockedReal : t.replay.locked(lock.lockedBy, lock.reason)
    return (
      <p className="dim">
        <LockIcon /> {words}
      </p>
    )
  }
  if (!isOpen) {
    return (
      <button type="button" className="quiet" onClick={() => setOpen(true)}>
        {t.replay.lock}
      </button>
    )
  }
  const send = (reason: string) => {
    api.lockRecording(incidentId, reason).then(onLocked, (error: unknown) => {
      say(t.action.failed(t.replay.lock, faultSentence(asApiFault(error))), true)
    })
  }
  return <ReasonForm label={t.replay.lockWhy} button={t.replay.lock} onReason={send} />
}

export function ReasonForm({
  label,
  button,
  onReason,
}: {
  label: string
  button: string
  onReason: (reason: string) => void
}) {
  const t = useText()
  const [words, setWords] = useState('')
  return (
    <form
      className="replay-reason"
      onSubmit={(event) => {
        event.preventDefault()
        if (words.trim() !== '') onReason(words.trim())
      }}
    >
      <label>
        <span className="dim">{label}</span>
        <input value={words} maxLength={200} placeholder={t.replay.reason} onChange={(e) => setWords(e.target.value)} />
      </label>
      <button type="submit" disabled={words.trim() === ''}>
        {button}
      </button>
    </form>
  )
}
