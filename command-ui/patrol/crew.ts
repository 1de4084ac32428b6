import type { CrewStep } from '../../domain/assignment.ts'
import { newId } from '../../domain/ids.ts'
import type { PostingStep } from '../../domain/posting.ts'
import type { Me } from '../../domain/officer.ts'
import type { CrewMessage, CrewView } from '../../domain/wire/crew.ts'
import { api } from '../data/api.ts'
import { asApiFault, type ApiFault } from '../data/api-fault.ts'
import { countOddity, endSession } from '../data/centre.ts'
import { clock } from '../data/clock.ts'
import type { SocketLike } from '../data/live-channel.ts'
import { Observable } from '../data/observable.ts'
import { sendEntry } from './crew-api.ts'
import { CrewStream } from './crew-stream.ts'
import { HOLD_MS, type Entry, type NewEntry } from './entries.ts'
import { Outbox } from './outbox.ts'
import { PhoneStore } from './phone-store.ts'

/** What the centre has refused for good, until the crew has read it. */
export interface Refusal {
  id: string
  what: CrewStep | 'photo' | 'confirm' | 'posting'
  code: ApiFault['code']
  /** The state of the order that stood against it, where it was told. */
  state: string | null
}
const REFUSALS_MAX = 10

type NewAction = { [K in NewEntry['kind']]: Omit<Extract<NewEntry, { kind: K }>, keyof Base> }[NewEntry['kind']]
type Base = Pick<NewEntry, 'id' | 'userId' | 'assignmentId' | 'tappedAtMs' | 'notBeforeMs' | 'tries'>

/** Everything that the views of one signed-in crew read. */
export class Crew {
  readonly me: Me
  readonly patrolId: string
  readonly store: PhoneStore
  readonly outbox: Outbox
  readonly view = new Observable<CrewView | null>(null)
  /** Null while the centre is within reach; else since when it is not, device clock, ms. */
  readonly offlineSinceMs = new Observable<number | null>(null)
  readonly refusals = new Observable<readonly Refusal[]>([])
  /** Newest order whose end the crew has read. */
  readonly readEnd = new Observable<string | null>(null)
  /** Orders that this phone has shown: only their end is news. */
  readonly seenId = new Observable<string | null>(null)
  /** How far this device's clock is ahead of the centre's, ms; from the last word of the centre. */
  aheadMs = 0
  readonly #stream: CrewStream
  #isReached = false
  readonly #onOnline = () => {
    this.#reach(this.#isReached)
    this.#stream.retryNow()
    this.outbox.kick()
  }
  readonly #onOffline = () => this.#reach(this.#isReached)

  private constructor(me: Me, store: PhoneStore) {
    this.me = me
    this.patrolId = me.patrolId ?? ''
    this.store = store
    this.outbox = new Outbox({
      store,
      userId: me.id,
      send: sendEntry,
      deviceMs: () => clock.deviceMs(),
      random: Math.random,
      onSent: (entry, after) => this.#sent(entry, after),
      onRefused: (entry, fault) => void this.#refused(entry, fault),
      onSignedOut: () => endSession('out'),
      onOddity: countOddity,
    })
    this.#stream = new CrewStream({
      clock,
      open: () => {
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
        return new WebSocket(`${scheme}://${location.host}/api/v1/events`) as unknown as SocketLike
      },
      onMessage: (message) => this.#hear(message),
      onReach: (isReached) => this.#reach(isReached),
      onDoubt: () => void this.#doubt(),
      onOddity: countOddity,
      random: Math.random,
    })
  }

  /** What this phone has kept first, then the stream. */
  static async open(me: Me): Promise<Crew> {
    const store = await PhoneStore.open()
    if ((await store.kept<string>('userId')) !== me.id) {
      await store.forgetKept()
      await store.keep('userId', me.id)
    }
    const crew = new Crew(me, store)
    crew.view.set((await store.kept<CrewView>('view')) ?? null)
    crew.refusals.set((await store.kept<Refusal[]>('refusals')) ?? [])
    crew.readEnd.set((await store.kept<string>('readEnd')) ?? null)
    crew.seenId.set((await store.kept<string>('seenId')) ?? null)
    return crew
  }

  async start(): Promise<void> {
    addEventListener('online', this.#onOnline)
    addEventListener('offline', this.#onOffline)
    this.#reach(false)
    this.#stream.start()
    await this.outbox.start()
  }

  stop(): void {
    removeEventListener('online', this.#onOnline)
    removeEventListener('offline', this.#onOffline)
    this.#stream.stop()
    this.outbox.stop()
  }

  /** A step of the present order. What ends it is held for five seconds; `accept` and the way are told at once: a desk waits for them. */
  async step(assignmentId: string, step: CrewStep, words: { reason?: string; note?: string } = {}): Promise<void> {
    await this.#add(
      assignmentId,
      { kind: 'step', step, ...words },
      step === 'clear' || step === 'decline' ? HOLD_MS : 0,
    )
  }

  async photo(assignmentId: string, jpeg: ArrayBuffer): Promise<void> {
    await this.#add(assignmentId, { kind: 'photo' }, 0, jpeg)
  }

  async confirm(assignmentId: string, messageId: string): Promise<void> {
    await this.#add(assignmentId, { kind: 'confirm', messageId }, 0)
  }

  /** A word on where this patrol is told to stand. */
  async posting(postingId: string, step: PostingStep, reason?: string): Promise<void> {
    const { patrolId } = this
    await this.#add(postingId, { kind: 'posting', patrolId, step, ...(reason === undefined ? {} : { reason }) }, 0)
  }

  async dismissRefusals(): Promise<void> {
    this.refusals.set([])
    await this.store.keep('refusals', [])
  }

  async dismissEnd(assignmentId: string): Promise<void> {
    this.readEnd.set(assignmentId)
    await this.store.keep('readEnd', assignmentId)
  }

  async #add(assignmentId: string, action: NewAction, holdMs: number, photo?: ArrayBuffer): Promise<void> {
    const tappedAtMs = clock.deviceMs()
    const base: Base = {
      id: newId(tappedAtMs),
      userId: this.me.id,
      assignmentId,
      tappedAtMs,
      notBeforeMs: tappedAtMs + holdMs,
      tries: 0,
    }
    await this.outbox.add({ ...base, ...action }, photo)
  }

  #hear(message: CrewMessage): void {
    if (message.type === 'hello' || message.type === 'pulse') {
      clock.sample(message.at)
      this.aheadMs = clock.browserAheadMs()
    } else this.#show(message.view)
  }

  #show(view: CrewView): void {
    this.view.set(view)
    const orderId = view.order?.assignment.id
    if (orderId !== undefined && orderId !== this.seenId.get()) {
      this.seenId.set(orderId)
      this.store.keep('seenId', orderId).catch((error: unknown) => countOddity('storage-refused', error))
    }
    this.store.keep('view', view).catch((error: unknown) => countOddity('storage-refused', error))
  }

  /** Out of reach: no word of the centre for some seconds, or the phone itself says that it has no network. */
  #reach(isReached: boolean): void {
    this.#isReached = isReached
    if (!isReached || !navigator.onLine) this.offlineSinceMs.update((since) => since ?? clock.deviceMs())
    else if (this.offlineSinceMs.get() !== null) {
      this.offlineSinceMs.set(null)
      this.outbox.kick()
    }
  }

  async #doubt(): Promise<void> {
    try {
      await api.me()
    } catch (error) {
      const { status } = asApiFault(error)
      if (status === 401) endSession('out')
    }
  }

  /** The stream will say the same in a moment; until then the tap must not seem to be undone. */
  #sent(entry: Entry, after: NonNullable<CrewView['order']>['assignment'] | undefined): void {
    const view = this.view.get()
    if (!after || view?.order?.assignment.id !== entry.assignmentId) return
    this.view.set({ ...view, order: { ...view.order, assignment: after } })
  }

  async #refused(entry: Entry, fault: ApiFault): Promise<void> {
    const { state } = fault.facts
    const refusal: Refusal = {
      id: entry.id,
      what: entry.kind === 'step' ? entry.step : entry.kind,
      code: fault.code,
      state: typeof state === 'string' ? state : null,
    }
    this.refusals.update((all) => [...all, refusal].slice(-REFUSALS_MAX))
    await this.store
      .keep('refusals', this.refusals.get())
      .catch((error: unknown) => countOddity('storage-refused', error))
  }
}
