import type { Clock } from '../domain/clock.ts'

/**
 * Reads of streams that nobody watches are moderated, as a network card moderates its interrupts: their sockets rest after each read and
 * are read again in rounds, all of a slot in the same turn of the event loop. What comes meanwhile waits in the kernel, so one read takes
 * a whole second of a camera: one system call instead of one per picture, and a pipeline that works on while its code and counters are in
 * the cache. The thread itself never sleeps; a stream that somebody asks for leaves the rounds and is read at once.
 */

/** A round is a second in slots of 50 ms: 20 turns a second, whatever the number of cameras. */
const SLOTS = 20
const SLOT_MS = 50
/** With fewer streams there is nothing to gain: the worker is idle anyway. */
const MODERATED_MIN = 50
/** A second, so that a kill loses no more and a stalled camera is seen in time; more gains nothing that can be measured. */
const READ_EVERY_MS = [1_000, 500, 250] as const
export type ReadEveryMs = (typeof READ_EVERY_MS)[number]
/** What may gather in the kernel between two reads: half of the shared read buffer, and what TCP lets a sender have on its way. */
const READ_BYTES_WISH = 128 * 1024

/** One connection whose reads can wait. */
export interface RestingReader {
  /** True: it rests after each read. False: it is read at once and from now on. */
  setRests(rests: boolean): void
  readOn(): void
}

/**
 * How often a stream is read that nobody watches.
 * @param beforeMs as it was; null: it was not moderated. At first often, then ever more seldom, so that TCP's window grows along
 * @returns null: it is too wide to wait at all
 */
export function readEveryMs(bytesPerS: number, beforeMs: ReadEveryMs | null): ReadEveryMs | null {
  const slowest = READ_EVERY_MS.find((ms) => (bytesPerS * ms) / 1000 <= READ_BYTES_WISH)
  const wished = slowest ?? (bytesPerS <= READ_BYTES_WISH * 8 ? 250 : null)
  if (wished === null || beforeMs === null) return wished && 250
  return Math.min(wished, beforeMs * 2) as ReadEveryMs
}

export class ReadModeration {
  /** Rounds of a slot that came a whole slot late: the worker is overloaded. */
  readonly counts = { lateSlots: 0 }
  readonly #clock: Clock
  readonly #streams: () => number
  readonly #streamsMin: number
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<RestingReader>())
  readonly #members = new Map<RestingReader, ReadEveryMs>()
  #timer: NodeJS.Timeout | null = null
  #slot = 0
  /** Spreads members over the slots. */
  #joined = 0

  /** @param streams how many cameras are served; fewer than `streamsMin` are left alone */
  constructor(clock: Clock, streams: () => number, streamsMin = MODERATED_MIN) {
    this.#clock = clock
    this.#streams = streams
    this.#streamsMin = streamsMin
  }

  get isOn(): boolean {
    return this.#streams() >= this.#streamsMin
  }

  get size(): number {
    return this.#members.size
  }

  everyMs(reader: RestingReader): ReadEveryMs | null {
    return this.#members.get(reader) ?? null
  }

  /** From now on it is read once in `everyMs`. */
  join(reader: RestingReader, everyMs: ReadEveryMs): void {
    const before = this.#members.get(reader)
    if (before === everyMs) return
    if (before !== undefined) this.#remove(reader)
    const step = everyMs / SLOT_MS
    for (let slot = this.#joined++ % step; slot < SLOTS; slot += step) this.#slots[slot]!.add(reader)
    this.#members.set(reader, everyMs)
    if (before === undefined) reader.setRests(true)
    if (!this.#timer) {
      this.#slot = this.#slotNow()
      this.#timer = setInterval(() => this.turn(), SLOT_MS)
    }
  }

  /** It is read at once. @returns false when it was not moderated */
  leave(reader: RestingReader): boolean {
    if (!this.#members.has(reader)) return false
    this.#remove(reader)
    if (this.#members.size === 0) this.stop()
    reader.setRests(false)
    return true
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** All slots whose time has come. @returns how many reads were begun */
  turn(): number {
    const now = this.#slotNow()
    if (now - this.#slot > 1) this.counts.lateSlots++
    let begun = 0
    for (let slot = Math.max(this.#slot + 1, now - SLOTS + 1); slot <= now; slot++) {
      for (const reader of this.#slots[slot % SLOTS]!) {
        reader.readOn()
        begun++
      }
    }
    this.#slot = now
    return begun
  }

  #slotNow(): number {
    return Math.floor(this.#clock.monotonicMs() / SLOT_MS)
  }

  #remove(reader: RestingReader): void {
    for (const slot of this.#slots) slot.delete(reader)
    this.#members.delete(reader)
  }
}
