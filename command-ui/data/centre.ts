import type { DeskMessage } from '../../domain/wire/live.ts'
import { api } from './api.ts'
import { asApiFault } from './api-fault.ts'
import { clock } from './clock.ts'
import { keepCrew, keptCrew } from './kept-crew.ts'
import { LiveChannel, type SocketLike } from './live-channel.ts'
import { Observable } from './observable.ts'
import { Store } from './store.ts'
import { markTiming } from './timing-marks.ts'

/** `unknown` until the first answer; `out`: the sign-in page; `password`: came by link, has to choose one. */
export type SessionState = 'unknown' | 'out' | 'password' | 'in' | 'forbidden'

/** The store of this page. Views read it through `use-store.ts`. */
export const store = new Store(clock)
export const session = new Observable<SessionState>('unknown')
/** Survived surprises since the page was opened, by name; shown on the settings page for support. */
export const oddities = new Observable<Readonly<Record<string, number>>>({})

let channel: LiveChannel | null = null

export function countOddity(what: string, error?: unknown): void {
  const name = what.split(':')[0] ?? what
  oddities.update((counts) => ({ ...counts, [name]: (counts[name] ?? 0) + 1 }))
  console.warn(`vigil: ${what}`, error ?? '')
}

/** Asks who is signed in; starts the stream when somebody is. */
export async function resumeSession(): Promise<void> {
  try {
    const me = await api.me()
    store.me.set(me)
    enter(me.mustSetPassword)
  } catch (error) {
    const fault = asApiFault(error)
    if (fault.status === 401 || fault.status === 403) session.set('out')
    else if (keptCrew()) {
      // A phone in a tunnel: the crew goes on with what it has.
      store.me.set(keptCrew())
      session.set('in')
    } else {
      // The centre is not there yet: the stream keeps trying, the desk says that it is blind.
      countOddity('session-unknown', error)
      session.set('in')
      startStream()
    }
  }
}

function startStream(): void {
  if (channel) return
  channel = new LiveChannel({
    clock,
    open: (afterN) => {
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      return new WebSocket(`${scheme}://${location.host}/api/v1/events?after=${afterN}`) as unknown as SocketLike
    },
    takeSnapshot: async () => {
      try {
        const snapshot = await api.snapshot()
        store.apply(snapshot)
        return snapshot.n
      } catch (error) {
        const fault = asApiFault(error)
        if (fault.status === 401) endSession('out')
        if (fault.status === 403) endSession('forbidden')
        throw fault
      }
    },
    onMessage: (message) => {
      if (message.type === 'event' && message.event.action === 'raised' && message.event.kind === 'alarm') {
        // With `vigil:rendered:` it shows how long the browser took of a press's way.
        markTiming(`vigil:received:${message.event.subjectId}`)
      }
      try {
        store.follow(message)
      } catch (error) {
        countOddity('message-failed', error)
      }
    },
    onDots: (frame) => store.moveDots(frame),
    onState: (state) => store.live.set(state),
    onOddity: countOddity,
    random: Math.random,
  })
  channel.start()
}

/** After the password has been chosen, or after sign-in. */
export function enter(mustSetPassword: boolean): void {
  const me = store.me.get()
  keepCrew(me?.role === 'patrol' && !mustSetPassword ? me : null)
  session.set(mustSetPassword ? 'password' : 'in')
  // A crew's phone has a stream of its own, of nothing but its order.
  if (!mustSetPassword && me?.role !== 'patrol') startStream()
}

export function endSession(state: 'out' | 'forbidden'): void {
  channel?.stop()
  channel = null
  store.live.set('connecting')
  session.set(state)
}

export async function signOut(): Promise<void> {
  try {
    await api.signOut()
  } catch (error) {
    countOddity('sign-out-failed', error)
  }
  keepCrew(null)
  endSession('out')
}

/** @returns false when the desk is not connected */
export function tell(message: DeskMessage): boolean {
  return channel?.send(message) ?? false
}
