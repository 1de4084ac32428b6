import { useEffect, useState } from 'react'
import type { Incident } from '../../domain/incident.ts'
import { api } from '../data/api.ts'
import { timeMs } from '../data/clock.ts'
import { countOddity, store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { minutesSeconds, timeOfDay } from '../i18n/durations.ts'
import { language, useText } from '../i18n/language.ts'
import { goTo } from '../route.ts'
import { PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import './rest-panel.css'

/** As many as stand on a small screen without scrolling. */
const LATELY_MAX = 12

/** What stands beside the map while nothing is selected: how the last incidents ended, and the keys. */
export function RestPanel() {
  const t = useText()
  return (
    <section className="panel rest-panel">
      <header>
        <h2>{t.panel.emptyHeading}</h2>
        <p className="dim">{t.panel.emptyText}</p>
      </header>
      <Lately />
      <section className="rest-keys">
        <h3>{t.panel.keys}</h3>
        <dl>
          <KeyLine keys="Enter" words={`${t.action.acknowledge} → ${t.steps.dispatched}`} />
          <KeyLine keys="J K" words={t.stack.heading} />
          <KeyLine keys="1–5 ↑↓" words={t.recommend.heading} />
          <KeyLine keys="N" words={t.popup.next} />
          <KeyLine keys="D" words={t.recommend.more} />
          <KeyLine keys="Z" words={t.action.undo} />
          <KeyLine keys="C" words={t.action.classify} />
          <KeyLine keys="X" words={t.action.close} />
          <KeyLine keys="M" words={t.sound.mute} />
          <KeyLine keys="?" words={t.keys.heading} />
        </dl>
      </section>
    </section>
  )
}

function KeyLine({ keys, words }: { keys: string; words: string }) {
  return (
    <div>
      <dt>
        {keys.split(' ').map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd className="dim">{words}</dd>
    </div>
  )
}

/** The newest that are over; asked for again when one is closed. */
function useLately(): readonly Incident[] | 'failed' | null {
  const [shown, setShown] = useState<readonly Incident[] | 'failed' | null>(null)
  useEffect(() => {
    let isGone = false
    const ask = () => {
      api.closedIncidents(LATELY_MAX).then(
        ({ items }) => {
          if (!isGone) setShown(items)
        },
        (error: unknown) => {
          countOddity('lately-not-loaded', error)
          if (!isGone) setShown((before) => before ?? 'failed')
        },
      )
    }
    ask()
    const unfollow = store.onEvent(({ kind, action }) => {
      if (kind === 'incident' && action === 'closed') ask()
    })
    return () => {
      isGone = true
      unfollow()
    }
  }, [])
  return shown
}

function Lately() {
  const t = useText()
  const lang = useObservable(language)
  const shown = useLately()
  return (
    <section className="rest-lately">
      <h3>{t.panel.lately}</h3>
      {shown === null && <p className="dim">{t.app.loading}</p>}
      {shown === 'failed' && <p className="dim">▲ {t.panel.latelyFailed}</p>}
      {shown !== null && shown !== 'failed' && shown.length === 0 && <p className="dim">{t.panel.latelyNone}</p>}
      {shown !== null && shown !== 'failed' && shown.length > 0 && (
        <ol>
          {shown.map((incident) => (
            <li key={incident.id} data-lately={incident.id}>
              <button type="button" className="quiet" onClick={() => goTo('replay', incident.id)}>
                <time className="num dim">{timeOfDay(timeMs(incident.openedAt))}</time>
                <PriorityMark priority={incident.priority} />
                <span className="ellipsis">{placeName(lang, incident, store.sites.get(incident.siteId ?? ''))}</span>
                <Outcome incident={incident} />
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** Whether the promise was kept, and what it turned out to be. */
function Outcome({ incident }: { incident: Incident }) {
  const t = useText()
  const { onSceneAt, dispatchedAt, openedAt, goalS, disposition } = incident
  const tookS = onSceneAt ? (timeMs(onSceneAt) - timeMs(openedAt)) / 1000 : null
  const isKept = tookS === null || goalS === null ? null : tookS <= goalS
  return (
    <>
      <span className={`num ${isKept === false ? 'tone-warn' : isKept ? 'tone-ok' : 'dim'}`}>
        {isKept === false ? '✗ ' : isKept ? '✓ ' : ''}
        {tookS !== null ? t.panel.onSceneIn(minutesSeconds(tookS)) : dispatchedAt ? '' : t.panel.nobodySent}
      </span>
      <span className="chip">{disposition ? t.disposition[disposition] : t.incidentState[incident.state]}</span>
    </>
  )
}
