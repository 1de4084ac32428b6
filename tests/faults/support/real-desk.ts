import { WebSocket } from 'ws'
import { type LocalClock, ServerClock } from '../../../command-ui/data/clock.ts'
import { LiveChannel, type LiveState, type SocketLike } from '../../../command-ui/data/live-channel.ts'
import { Store } from '../../../command-ui/data/store.ts'
import type { Snapshot } from '../../../domain/wire/live.ts'

/** The data side of the product's own desk, in this process: its live channel, its store, its clock; only the painting is missing. */
export interface RealDesk {
  store: Store
  clock: ServerClock
  /** `connecting`, `live` and `blind` ("not receiving") in the order in which the officer saw them. */
  states: LiveState[]
  state(): LiveState
  lastN(): number
  snapshots(): number
  /** How often each alarm came up as a new one, by id. */
  popUps: Map<string, number>
  /** The socket under it, to be paused by a test. */
  socket(): WebSocket
  close(): void
}

export interface RealDeskOptions {
  /** A browser whose own clock is wrong. */
  localClock?: LocalClock
}

export function openRealDesk(httpUrl: string, token: string, options: RealDeskOptions = {}): RealDesk {
  const clock = new ServerClock(options.localClock)
  const store = new Store(clock)
  const states: LiveState[] = ['connecting']
  const popUps = new Map<string, number>()
  const known = new Set<string>()
  let socket: WebSocket
  let snapshots = 0
  // What is not among the open alarms any more and comes again would be a new pop-up.
  const look = () => {
    const raised = store.alarms.all().filter(({ state }) => state === 'raised')
    for (const { id } of raised) if (!known.has(id)) popUps.set(id, (popUps.get(id) ?? 0) + 1)
    known.clear()
    for (const { id } of store.alarms.all()) known.add(id)
  }
  const channel = new LiveChannel({
    clock,
    open: (afterN) => {
      socket = new WebSocket(`${httpUrl.replace('http', 'ws')}/api/v1/events?after=${afterN}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return socket as unknown as SocketLike
    },
    takeSnapshot: async () => {
      const answer = await fetch(`${httpUrl}/api/v1/snapshot`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(15_000),
      })
      if (!answer.ok) throw new Error(`snapshot: ${answer.status}`)
      const snapshot = (await answer.json()) as Snapshot
      store.apply(snapshot)
      look()
      snapshots++
      return snapshot.n
    },
    onMessage: (message) => {
      store.follow(message)
      look()
    },
    onDots: () => undefined,
    onState: (state) => states.push(state),
    onOddity: () => undefined,
    random: Math.random,
  })
  channel.start()
  return {
    store,
    clock,
    states,
    state: () => states.at(-1)!,
    lastN: () => channel.lastN,
    snapshots: () => snapshots,
    popUps,
    socket: () => socket,
    close: () => channel.stop(),
  }
}
