import { clock } from '../data/clock.ts'
import { countOddity, store, tell } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { chooseSiren, MUTE_MS, type Mute } from './choose-siren.ts'
import { Loudspeaker, type AudioState } from './loudspeaker.ts'

/** Ten looks a second: a siren that is due starts within 100 ms also when no event came. */
const LOOK_EVERY_MS = 100

const DUTY_KEY = 'vigil.on-duty'

export const audio = new Observable<AudioState>('blocked')
export const mute = new Observable<Mute | null>(null)
/** True once the officer has started duty on this page, or had before it was reloaded. */
export const onDuty = new Observable(wasOnDuty())

const loudspeaker = new Loudspeaker((state) => {
  audio.set(state)
  if (onDuty.get()) tell({ type: 'duty', on: true, sound: state })
})
let timer: ReturnType<typeof setInterval> | null = null

function wasOnDuty(): boolean {
  try {
    return sessionStorage.getItem(DUTY_KEY) === 'yes'
  } catch (error) {
    countOddity('storage-refused', error)
    return false
  }
}

/** Within the officer's click: unlocks audio, plays the test tone, begins to ring for alarms. */
export async function startDuty(): Promise<void> {
  onDuty.set(true)
  try {
    sessionStorage.setItem(DUTY_KEY, 'yes')
  } catch (error) {
    countOddity('storage-refused', error)
  }
  await unlockSound()
  loudspeaker.once('test')
}

export function endDuty(): void {
  onDuty.set(false)
  loudspeaker.loop(null)
  tell({ type: 'duty', on: false, sound: audio.get() })
  try {
    sessionStorage.removeItem(DUTY_KEY)
  } catch (error) {
    countOddity('storage-refused', error)
  }
}

export async function unlockSound(): Promise<void> {
  try {
    // Without a click the browser leaves the promise open for ever; the red banner is then the answer.
    await Promise.race([loudspeaker.unlock(), new Promise((resolve) => setTimeout(resolve, 1000))])
  } catch (error) {
    countOddity('audio-failed', error)
  }
  audio.set(loudspeaker.state)
}

export function playTestTone(): void {
  loudspeaker.once('test')
}

export function muteForAWhile(): void {
  const nowMs = clock.nowMs()
  const { newestSignalMs } = chooseSiren(store.alarms.all(), null, nowMs)
  mute.set({ untilMs: nowMs + MUTE_MS, newestSignalMs })
  look()
}

/** Follows alarms and the stream; writes what a journey can read onto the body. Returns what ends it. */
export function watchSound(): () => void {
  const unfollow = [store.alarms.subscribe(look), store.live.subscribe(look), onDuty.subscribe(look)]
  timer = setInterval(look, LOOK_EVERY_MS)
  const unfollowLive = store.live.subscribe(() => {
    if (store.live.get() === 'live' && onDuty.get()) tell({ type: 'duty', on: true, sound: audio.get() })
  })
  look()
  return () => {
    for (const end of unfollow) end()
    unfollowLive()
    if (timer) clearInterval(timer)
    loudspeaker.loop(null)
  }
}

function look(): void {
  const nowMs = clock.nowMs()
  const muted = mute.get()
  const { tone, newestSignalMs } = chooseSiren(store.alarms.all(), muted, nowMs)
  if (muted && (nowMs >= muted.untilMs || newestSignalMs > muted.newestSignalMs)) mute.set(null)
  // Alarms that do not come sound like a desk that hears none.
  const isBlind = store.live.get() === 'blind' || store.health.get()?.intake === 'away'
  const wanted = onDuty.get() ? (tone ?? (isBlind ? 'blind' : null)) : null
  loudspeaker.loop(wanted)
  const body = document.body.dataset
  body['audio'] = audio.get()
  body['siren'] = tone ?? 'off'
  body['tone'] = wanted ?? 'off'
  body['sirenLevel'] = loudspeaker.level().toFixed(3)
  body['live'] = store.live.get()
}
