import type { Clock } from '../../domain/clock.ts'

/**
 * Between two announcements of one collection. The first change is told at once (an alarm must not wait), those that follow
 * within this time are told together: a storm of 10,000 alarms a minute renders 20 times a second, not 170.
 */
export const ANNOUNCE_EVERY_MS = 50

/**
 * A snapshot and its upserts: what the live channel writes and the views read. `all()` is the same array until something
 * changed, as `useSyncExternalStore` wants it. Price: one copy of the array per announcement that is read.
 */
export class Collection<T extends { id: string }> {
  #items = new Map<string, T>()
  #array: readonly T[] | null = []
  #listeners = new Set<() => void>()
  #clock: Pick<Clock, 'monotonicMs'>
  #announcedMs = -Infinity
  #timer: ReturnType<typeof setTimeout> | null = null
  readonly #itemsMax: number
  readonly #isDisposable: (item: T) => boolean

  /**
   * @param itemsMax beyond this the oldest item for which `isDisposable` holds makes room; a shift of twelve hours at flood
   *   rate stays below the default
   */
  constructor(clock: Pick<Clock, 'monotonicMs'>, itemsMax = 20_000, isDisposable: (item: T) => boolean = () => false) {
    this.#clock = clock
    this.#itemsMax = itemsMax
    this.#isDisposable = isDisposable
  }

  get size(): number {
    return this.#items.size
  }

  get(id: string): T | undefined {
    return this.#items.get(id)
  }

  /** Insertion order; the same array until the next change. */
  all = (): readonly T[] => (this.#array ??= [...this.#items.values()])

  reset(items: readonly T[]): void {
    this.#items = new Map(items.map((item) => [item.id, item]))
    this.#changed()
  }

  upsert(item: T): void {
    this.#items.set(item.id, item)
    if (this.#items.size > this.#itemsMax) this.#dropOne()
    this.#changed()
  }

  remove(id: string): void {
    if (this.#items.delete(id)) this.#changed()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #dropOne(): void {
    for (const item of this.#items.values()) {
      if (!this.#isDisposable(item)) continue
      this.#items.delete(item.id)
      return
    }
  }

  #changed(): void {
    this.#array = null
    if (this.#timer !== null) return
    const waitMs = this.#announcedMs + ANNOUNCE_EVERY_MS - this.#clock.monotonicMs()
    if (waitMs <= 0) this.#announce()
    else this.#timer = setTimeout(() => this.#announce(), waitMs)
  }

  #announce(): void {
    this.#timer = null
    this.#announcedMs = this.#clock.monotonicMs()
    for (const listener of this.#listeners) listener()
  }
}
