import { useEffect, useRef, useState } from 'react'
import type { Posting, PostingStep } from '../../domain/posting.ts'
import { countOddity } from '../data/centre.ts'
import { clock } from '../data/clock.ts'
import { useObservable } from '../data/use-store.ts'
import { EndedCard } from './cards.tsx'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import { DeclineSheet } from './sheets.tsx'
import { REST_MS } from './step-bar.tsx'
import { WayPanel } from './way-panel.tsx'
import './order-screen.css'

/** "Stand there": where, the way, and one big button. It is no alarm: a short tone, no ringing. */
export function PostingScreen({ posting, state }: { posting: Posting; state: Posting['state'] }) {
  const t = usePatrolText()
  const { duty } = usePhone()
  const audio = useObservable(duty.audio)
  const { id, lng, lat, placeName } = posting
  const isThere = state === 'there'
  const isNew = useRef(state === 'sent')
  useEffect(() => {
    if (!isNew.current) return
    duty.chime()
    navigator.vibrate?.([300, 150, 300])
  }, [duty])
  return (
    <>
      <main className="crew-order" data-posting={id} data-posting-state={state}>
        <section className="crew-what">
          <p className="crew-type">
            <span aria-hidden="true">◇</span> {t.posting.heading}
            <span className="crew-state">{t.posting.state[state]}</span>
          </p>
          <h1>{placeName}</h1>
          <p>{t.posting.text}</p>
        </section>
        {!isThere && <WayPanel target={{ id, scene: [lng, lat], etaS: null, distanceM: null, goal: null }} />}
        <div className="crew-more">
          {audio === 'blocked' && (
            <button type="button" className="crew-warn-button" onClick={() => void duty.unlock()}>
              ▲ {t.duty.soundBlocked}
            </button>
          )}
          <EndedCard />
        </div>
      </main>
      <PostingBar posting={posting} state={state} />
    </>
  )
}

function PostingBar({ posting, state }: { posting: Posting; state: Posting['state'] }) {
  const t = usePatrolText()
  const { crew } = usePhone()
  const [isDeclining, setDeclining] = useState(false)
  const [isFull, setFull] = useState(false)
  const restsUntilMs = useRef(0)
  const next: PostingStep | null = state === 'sent' ? 'accept' : state === 'accepted' ? 'there' : null
  const tell = async (step: PostingStep, reason?: string) => {
    if (clock.monotonicMs() < restsUntilMs.current) return
    try {
      restsUntilMs.current = clock.monotonicMs() + REST_MS
      await crew.posting(posting.id, step, reason)
      navigator.vibrate?.(40)
      setFull(false)
    } catch (error) {
      countOddity('tap-not-kept', error)
      setFull(true)
    }
  }
  if (isDeclining) {
    return <DeclineSheet onBack={() => setDeclining(false)} onDone={(reason) => void tell('decline', reason)} />
  }
  return (
    <footer className="crew-bottom">
      {isFull && <p role="alert">▲ {t.storageFailed}</p>}
      <div className="crew-row">
        <button type="button" data-action="decline-posting" onClick={() => setDeclining(true)}>
          {t.step.decline}
        </button>
      </div>
      {next && (
        <button type="button" className="crew-primary" data-posting-step={next} onClick={() => void tell(next)}>
          {t.posting.step[next]}
        </button>
      )}
    </footer>
  )
}
