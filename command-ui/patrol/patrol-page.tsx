// First: the rules of the parts are finer than its own.
import './patrol.css'
import { useEffect, useState } from 'react'
import type { Me } from '../../domain/officer.ts'
import { countOddity } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { ErrorFence } from '../ui/error-fence.tsx'
import { Crew } from './crew.ts'
import { light, watchLight } from './day-night.ts'
import { OrderScreen } from './order-screen.tsx'
import { usePatrolText } from './patrol-words.ts'
import { PhoneContext, usePhone, type Phone } from './phone-context.ts'
import { PhoneDuty } from './phone-duty.ts'
import { PhoneNotice } from './phone-notice.ts'
import { OwnPosition } from './position.ts'
import { RefusalCard } from './cards.tsx'
import { IdleScreen } from './idle-screen.tsx'
import { registerShell } from './register-shell.ts'
import { isOver, postingWithTaps, stateWithTaps } from './pending.ts'
import { PostingScreen } from './posting-screen.tsx'
import { TopBar } from './top-bar.tsx'
import { useNotices } from './use-notices.ts'

/** Everything that a crew sees. Whoever is signed in as a patrol is here, whatever the address says. */
export function PatrolPage({ me }: { me: Me }) {
  const t = usePatrolText()
  const lit = useObservable(light)
  const [phone, setPhone] = useState<Phone | null>(null)
  const [isBroken, setBroken] = useState(false)
  useEffect(() => {
    if (location.hash !== '#/patrol') history.replaceState(null, '', '#/patrol')
    document.title = t.title
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', lit === 'day' ? '#ffffff' : '#000000')
  }, [t, lit])
  useEffect(() => watchLight(), [])
  useEffect(() => {
    registerShell()
    let opened: Crew | null = null
    let isGone = false
    Crew.open(me).then(
      (crew) => {
        if (isGone) return
        opened = crew
        setPhone({ crew, duty: new PhoneDuty(), notice: new PhoneNotice(), place: new OwnPosition(crew) })
        crew.start().catch((error: unknown) => countOddity('outbox-failed', error))
      },
      (error: unknown) => {
        countOddity('storage-refused', error)
        setBroken(true)
      },
    )
    return () => {
      isGone = true
      opened?.stop()
    }
  }, [me])
  return (
    <div className="crew" data-light={lit}>
      {phone ? (
        <PhoneContext value={phone}>
          <ErrorFence label="patrol">
            <CrewScreen />
          </ErrorFence>
        </PhoneContext>
      ) : (
        <p className="crew-centre" role="status">
          {isBroken ? t.storageFailed : t.loading}
        </p>
      )}
    </div>
  )
}

function CrewScreen() {
  const { crew, duty, notice, place } = usePhone()
  const isOnDuty = useObservable(duty.isOn)
  const view = useObservable(crew.view)
  const entries = useObservable(crew.outbox.entries)
  const order = view?.order ?? null
  const state = order ? stateWithTaps(order.assignment, entries) : null
  const posting = view?.posting ?? null
  const postingState = posting ? postingWithTaps(posting, entries) : 'ended'
  const isRinging = isOnDuty && state === 'ordered'
  const orderId = order?.assignment.id
  useNotices(notice, view, state, isOnDuty)
  useEffect(() => duty.ring(isRinging), [duty, isRinging])
  useEffect(() => () => duty.ring(false), [duty])
  useEffect(() => {
    if (!isOnDuty) return
    void duty.unlock()
    const unlock = () => {
      if (duty.audio.get() !== 'running') void duty.unlock()
    }
    addEventListener('pointerdown', unlock)
    return () => removeEventListener('pointerdown', unlock)
  }, [duty, isOnDuty])
  useEffect(() => {
    if (!isOnDuty) return
    place.start()
    return () => place.stop()
  }, [place, isOnDuty])
  return (
    <div className="crew-screen" data-state={state ?? 'none'} data-order={orderId ?? ''}>
      <TopBar />
      <RefusalCard />
      {order && state && !isOver(state) && isOnDuty ? (
        <OrderScreen key={order.assignment.id} order={order} state={state} />
      ) : posting && isOnDuty && !order && postingState !== 'ended' ? (
        <PostingScreen key={posting.id} posting={posting} state={postingState} />
      ) : (
        <IdleScreen order={order} />
      )}
    </div>
  )
}
