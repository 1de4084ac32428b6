import type { Series } from '../../domain/metrics.ts'
import { SUBSCRIPTIONS_MAX } from './overreach.ts'

/** The two functions of the broker's session store that are replaced. */
interface SessionStore {
  addSubscriptions(client: object, subs: { topic: string }[]): Promise<void>
  outgoingEnqueueCombi(subs: { clientId: string }[], packet: object): Promise<void>
}

/** Receipts and commands kept for a device that is away with a kept session. Older ones are of no use when it returns. */
const KEPT_FOR_ABSENT_MAX = 64

/**
 * Two things that the broker leaves open in the sessions it keeps: it stores all subscriptions of a packet, also the refused ones, and it keeps
 * messages for absent devices without a bound. Ours is small; the centre's outbox sends again.
 */
export class KeptSessions {
  readonly #isConnected: (clientId: string) => boolean
  readonly #shed: Series
  readonly #kept = new Map<string, number>()

  constructor(isConnected: (clientId: string) => boolean, shed: Series) {
    this.#isConnected = isConnected
    this.#shed = shed
  }

  /** @param maySubscribe whether this client may have that filter */
  tame(store: SessionStore, maySubscribe: (client: object, filter: string) => boolean): void {
    const add = store.addSubscriptions.bind(store)
    store.addSubscriptions = (client, subs) =>
      add(client, subs.filter(({ topic }) => maySubscribe(client, topic)).slice(0, SUBSCRIPTIONS_MAX))
    const enqueue = store.outgoingEnqueueCombi.bind(store)
    store.outgoingEnqueueCombi = (subs, packet) =>
      enqueue(
        subs.filter(({ clientId }) => this.#isConnected(clientId) || this.#keepOne(clientId)),
        packet,
      )
  }

  /** It came back and gets what was kept. */
  returned(clientId: string): void {
    this.#kept.delete(clientId)
  }

  #keepOne(clientId: string): boolean {
    const kept = this.#kept.get(clientId) ?? 0
    if (kept >= KEPT_FOR_ABSENT_MAX) {
      this.#shed.add()
      return false
    }
    this.#kept.set(clientId, kept + 1)
    return true
  }
}
