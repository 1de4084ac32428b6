import { useMemo, useRef, useState } from 'react'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { bestFirst, ReasonForm, useRecordings } from '../desk/replay.tsx'
import { isTold, subjectWords } from '../desk/timeline.tsx'
import { timeOfDay } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { goTo } from '../route.ts'
import { Key } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { usePageKeys } from '../ui/use-page-keys.ts'
import { EventAxis, type PastEvent } from './event-axis.tsx'
import { FollowingPicture } from './following-picture.tsx'
import { cameraThen } from './picture-then.ts'
import { replayKey } from './replay-keys.ts'
import { useReplayText } from './replay-words.ts'
import { TrailSketch } from './trail-sketch.tsx'
import { RATES, useHand } from './use-hand.ts'
import { usePast, type Past } from './use-past.ts'
import './incident-replay.css'

/** An incident from before the press to after its end: one hand moves picture, trails and events. */
export function IncidentReplay({ incidentId }: { incidentId: string }) {
  const t = useReplayText()
  const words = useText()
  const past = usePast(incidentId)
  if (past === null || past === 'failed') {
    return (
      <PageFrame heading={t.heading} tools={<BackButton />}>
        <p className={past ? 'empty shortfall' : 'empty dim'}>{past ? t.notLoaded : words.app.loading}</p>
      </PageFrame>
    )
  }
  return <Stage past={past} />
}

function cameraName(id: string): string {
  return store.cameras.get(id)?.name ?? id
}

function BackButton() {
  const t = useReplayText()
  return (
    <button type="button" onClick={() => goTo('replay')}>
      {t.back}
    </button>
  )
}

function Stage({ past }: { past: Past }) {
  const t = useReplayText()
  const words = useText()
  const lang = useObservable(language)
  const { incident } = past.detail
  const { hand, seek, toggle, setRate } = useHand(past.fromMs, past.toMs)
  const { recordings } = useRecordings(incident.id)
  const cameras = useMemo(() => bestFirst(recordings?.cameras ?? [], incident.cameraIds), [recordings, incident])
  const [chosenId, choose] = useState<string | null>(null)
  const [shownId, show] = useState<string | null>(null)
  const [reason, giveReason] = useState<string | null>(null)
  const caller = past.trails.find(({ isCaller }) => isCaller)?.trail ?? null
  const thenId = cameraThen(cameras, (id) => store.cameras.get(id), caller, hand.atMs, shownId)
  if (thenId !== shownId) show(thenId)
  const chosen = cameras.find((one) => one.cameraId === (chosenId ?? thenId)) ?? cameras[0]
  const events = useMemo(
    () =>
      past.detail.timeline.filter(isTold).map((event): PastEvent => ({
        n: event.n,
        atMs: timeMs(event.at),
        words: words.event[event.action] ?? event.action,
        more: subjectWords(event, words),
      })),
    [past, words],
  )
  const area = useRef<HTMLDivElement>(null)
  usePageKeys(area, (event) => {
    const act = replayKey(event, hand, { ...past, eventsMs: events.map(({ atMs }) => atMs) })
    if (act?.do === 'toggle') toggle()
    else if (act?.do === 'seek') seek(act.atMs)
    else if (act) setRate(act.rate)
    return act !== null
  })
  const place = placeName(lang, incident, store.sites.get(incident.siteId ?? '') ?? past.detail.site ?? undefined)
  return (
    <PageFrame
      heading={`${t.heading} · ${place}`}
      tools={
        <>
          <span className="dim num">{incident.number}</span>
          <BackButton />
        </>
      }
    >
      <div
        ref={area}
        className="past"
        data-past={incident.id}
        data-at-ms={Math.round(hand.atMs)}
        data-running={hand.isRunning}
      >
        <section className="past-picture">
          {cameras.length > 1 && (
            <select
              aria-label={t.camera}
              value={chosenId ?? ''}
              data-shown={chosen?.cameraId}
              onChange={(event) => choose(event.target.value || null)}
            >
              <option value="">{t.bestThen(cameraName(thenId ?? ''))}</option>
              {cameras.map(({ cameraId }) => (
                <option key={cameraId} value={cameraId}>
                  {cameraName(cameraId)}
                </option>
              ))}
            </select>
          )}
          {recordings?.needsReason && reason === null ? (
            <ReasonForm label={words.replay.reasonNeeded} button={words.replay.look} onReason={giveReason} />
          ) : chosen ? (
            <FollowingPicture key={chosen.cameraId} recording={chosen} reason={reason} hand={hand} />
          ) : (
            <p className="dim">{recordings ? t.noRecording : words.replay.loading}</p>
          )}
        </section>
        <TrailSketch past={past} atMs={hand.atMs} />
        <section className="past-controls">
          <div className="past-buttons">
            <button type="button" className="primary" data-action="play-past" onClick={toggle}>
              {hand.isRunning ? `❚❚ ${t.pause}` : `▶ ${t.play}`} <Key>Space</Key>
            </button>
            <div className="segmented" role="radiogroup" aria-label={t.speed}>
              {RATES.map((rate) => (
                <button
                  key={rate}
                  type="button"
                  role="radio"
                  aria-checked={hand.rate === rate}
                  onClick={() => setRate(rate)}
                >
                  {t.times(rate)}
                </button>
              ))}
            </div>
            <strong className="num past-time">{timeOfDay(hand.atMs)}</strong>
          </div>
          <EventAxis
            fromMs={past.fromMs}
            toMs={past.toMs}
            atMs={hand.atMs}
            events={events}
            recording={chosen ?? null}
            onSeek={seek}
          />
        </section>
        <PastEvents events={events} atMs={hand.atMs} onSeek={seek} />
      </div>
    </PageFrame>
  )
}

/** What was done, each line a way to its moment; what is still to come is grey. */
function PastEvents({
  events,
  atMs,
  onSeek,
}: {
  events: readonly PastEvent[]
  atMs: number
  onSeek: (ms: number) => void
}) {
  const t = useReplayText()
  return (
    <section className="past-events" aria-label={t.events}>
      <h2>
        {t.events} <Key>[</Key> <Key>]</Key>
      </h2>
      <ol>
        {events.map((event) => (
          <li key={event.n}>
            <button
              type="button"
              className={`quiet ${event.atMs > atMs ? 'is-ahead' : ''}`}
              aria-label={t.seekTo(`${timeOfDay(event.atMs)} ${event.words} ${event.more}`)}
              onClick={() => onSeek(event.atMs)}
            >
              <time className="num">{timeOfDay(event.atMs)}</time> <strong>{event.words}</strong>{' '}
              <span className="dim">{event.more}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
