import type { Assignment } from '../../domain/assignment.ts'
import { asApiFault, type ApiFault } from '../data/api-fault.ts'
import { Observable } from '../data/observable.ts'
import { nextEntry, retryAfterMs, verdictOf, type Entry, type NewEntry } from './entries.ts'
import { ENTRIES_MAX, type PhoneStore } from './phone-store.ts'

export interface OutboxParts {
  store: PhoneStore
  userId: string
  send(entry: Entry, photo: ArrayBuffer | undefined): Promise<Assignment | undefined>
  deviceMs(): number
  random(): number
  /** The centre has it. `after`: the order as it stands there. */
  onSent(entry: Entry, after: Assignment | undefined): void
  /** The centre has refused it for good; it is out of the queue. */
  onRefused(entry: Entry, fault: ApiFault): void
  onSignedOut(): void
  onOddity(what: string, error: unknown): void
}

/** Taps and photos on their way: kept on the phone until the centre has answered, sent one at a time, in order, again and again. */
export class Outbox {
  /** What has not been answered yet, oldest first. */
  readonly entries = new Observable<readonly Entry[]>([])
  /** When the centre took the last one, device clock, ms; null: none since the page was opened. */
  readonly lastSentMs = new Observable<number | null>(null)
  readonly #parts: OutboxParts
  #failures = 0
  #isRunning = false
  #isSignedOut = false
  #isStopped = false
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    await this.#read()
    this.kick()
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  /** Resolves when it is on the phone's disk. @throws when there is no room */
  async add(entry: NewEntry, photo?: ArrayBuffer): Promise<void> {
    if (this.entries.get().length >= ENTRIES_MAX) throw new Error(`already ${ENTRIES_MAX} entries wait`)
    await this.#parts.store.add(entry, photo)
    await this.#read()
    this.kick()
  }

  /** Takes back what is still held. @returns false when it is already on its way */
  async takeBack(id: string): Promise<boolean> {
    const entry = this.entries.get().find((one) => one.id === id)
    if (!entry || entry.notBeforeMs <= this.#parts.deviceMs()) return false
    await this.#parts.store.remove(entry)
    await this.#read()
    return true
  }

  /** The network is there again, or somebody has signed in: at once, not after the pause. */
  kick(): void {
    this.#failures = 0
    this.#isSignedOut = false
    this.#schedule(0)
  }

  #schedule(afterMs: number): void {
    if (this.#isStopped) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#run()
    }, afterMs)
  }

  async #run(): Promise<void> {
    if (this.#isRunning || this.#isSignedOut) return
    this.#isRunning = true
    let againMs: number | null = null
    try {
      while (!this.#isStopped && againMs === null && !this.#isSignedOut) {
        await this.#read()
        const next = nextEntry(this.entries.get(), this.#parts.deviceMs())
        if (!next) break
        againMs = 'waitMs' in next ? next.waitMs : await this.#send(next.entry)
      }
    } catch (error) {
      this.#parts.onOddity('outbox-failed', error)
      againMs = retryAfterMs(++this.#failures, this.#parts.random)
    } finally {
      this.#isRunning = false
    }
    if (againMs !== null) this.#schedule(againMs)
  }

  /** @returns how long to wait; null: go on at once */
  async #send(entry: Entry): Promise<number | null> {
    const { store, send, onSent, onRefused, onSignedOut, deviceMs, random } = this.#parts
    try {
      const after = await send(entry, entry.kind === 'photo' ? await store.photo(entry.id) : undefined)
      onSent(entry, after)
      await store.remove(entry)
      this.lastSentMs.set(deviceMs())
      this.#failures = 0
      return null
    } catch (error) {
      const fault = asApiFault(error)
      const verdict = verdictOf(fault.status)
      switch (verdict) {
        case 'never':
          onRefused(entry, fault)
          await store.remove(entry)
          return null
        case 'signed-out':
          this.#isSignedOut = true
          onSignedOut()
          return null
        case 'again':
          await store.update({ ...entry, tries: entry.tries + 1 })
          return retryAfterMs(++this.#failures, random)
        default: {
          const never: never = verdict
          throw new Error(`unknown verdict ${String(never)}`, { cause: error })
        }
      }
    }
  }

  async #read(): Promise<void> {
    this.entries.set(await this.#parts.store.entries(this.#parts.userId))
  }
}
