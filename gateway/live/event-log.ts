import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics, Series } from '../../domain/metrics.ts'
import type { EventKind, LogEvent } from '../../domain/wire/live.ts'
import type { Database, Tx } from '../store/database.ts'
import { chainHash, storable } from './canonical.ts'
import { insertEvents, lastEventNumber, lockEventNumber, readEventsAfter } from './event-rows.ts'

/** Kept for desks that come back after a short loss: at 10 events/s more than eight minutes, about 5 MB. */
export const EVENTS_IN_MEMORY = 5_000
/** A reader that is further behind takes a new snapshot instead. */
export const EVENTS_PER_READ = 1_000
/** Finds what another program (or a transaction outside `transact`) has appended; also heals a lost notification. */
const LOOK_AGAIN_MS = 200

export interface NewEvent {
  kind: EventKind
  /** A verb in the past: raised, acknowledged, ordered, … */
  action: string
  subjectId: string
  incidentId?: string | null
  /** Username, `device:{id}` or `centre`. */
  actor: string
  /** The whole entity after the event. */
  body: object
}

export type EventListener = (event: LogEvent) => void

/**
 * The one ordered, gapless, hash-chained log (design §5). Numbers follow commits, because the row lock of `event_number` is held
 * until the transaction ends: append as late in a transaction as possible. Price: one lock and one insert for any number of
 * events, 2 round trips.
 */
export class EventLog {
  readonly #database: Database
  readonly #clock: Clock
  readonly #log: Log
  readonly #faults: Series
  readonly #listeners = new Set<EventListener>()
  readonly #recent: LogEvent[] = []
  /** Committed but not yet in turn: two commits may be told to us in the wrong order. */
  readonly #waiting = new Map<number, LogEvent>()
  #published = 0
  #timer: NodeJS.Timeout | null = null
  #looking = false

  constructor(deps: { database: Database; clock: Clock; log: Log; metrics: Metrics }) {
    this.#database = deps.database
    this.#clock = deps.clock
    this.#log = deps.log
    this.#faults = deps.metrics.counter('vigil_events_look_failed_total', 'Reads of the event log that failed').of()
    deps.metrics.onRead(() => gauge.set(this.#published))
    const gauge = deps.metrics.gauge('vigil_event_number', 'Number of the last event told to desks').of()
  }

  /** Number of the last event that all listeners have been told. */
  get n(): number {
    return this.#published
  }

  /** Loads the newest events and begins to look for those of others. */
  async start(): Promise<void> {
    const last = await lastEventNumber(this.#database)
    const first = Math.max(0, last - EVENTS_IN_MEMORY)
    for (let n = first; n < last; n = this.#recent.at(-1)?.n ?? last) {
      const events = await readEventsAfter(this.#database, n, EVENTS_PER_READ)
      if (events.length === 0) break
      this.#recent.push(...events)
    }
    this.#published = this.#recent.at(-1)?.n ?? last
    this.#timer = setInterval(() => void this.look(), LOOK_AGAIN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.#listeners.clear()
  }

  /** `listener` is called for every event after the commit, in order, without gaps. @returns how to stop it */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Runs `work` in one transaction; what it appended is told to the listeners right after the commit. The way for everybody who
   * writes events; inside a plain `database.tx` they are told up to 200 ms later.
   */
  async transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const appended: LogEvent[] = []
    const result = await this.#database.tx(async (tx) => {
      appended.length = 0
      this.#appended.set(tx, appended)
      return await work(tx)
    })
    this.#offer(appended)
    return result
  }
  readonly #appended = new WeakMap<Tx, LogEvent[]>()

  /** Appends one event in the caller's transaction. */
  async append(tx: Tx, event: NewEvent): Promise<LogEvent> {
    const [one] = await this.appendAll(tx, [event])
    return one!
  }

  /** Appends several, in this order, under one lock. */
  async appendAll(tx: Tx, events: readonly NewEvent[]): Promise<LogEvent[]> {
    if (events.length === 0) return []
    const { last, hash } = await lockEventNumber(tx)
    const at = toIso(this.#clock.nowMs())
    let previous: Buffer = hash
    const rows = events.map((event, i) => {
      const full: LogEvent = storable({
        n: last + 1 + i,
        at,
        kind: event.kind,
        action: event.action,
        subjectId: event.subjectId,
        incidentId: event.incidentId ?? null,
        actor: event.actor,
        body: event.body as Record<string, unknown>,
      })
      const row = { event: full, previous, hash: chainHash(previous, full) }
      previous = row.hash
      return row
    })
    await insertEvents(tx, rows)
    const full = rows.map((row) => row.event)
    this.#appended.get(tx)?.push(...full)
    return full
  }

  /** Events after `n` from memory; null when they reach further back than memory: take a snapshot (or read the table). */
  after(n: number): LogEvent[] | null {
    if (n > this.#published) return null
    if (n === this.#published) return []
    const first = this.#recent[0]?.n ?? this.#published + 1
    if (n + 1 < first) return null
    return this.#recent.slice(n + 1 - first)
  }

  /** Events after `n` from the table, at most 1,000, whatever memory holds. */
  async read(n: number, limit = EVENTS_PER_READ): Promise<LogEvent[]> {
    return await readEventsAfter(this.#database, n, Math.min(limit, EVENTS_PER_READ))
  }

  /** Tells what has been committed by others. Called by a timer; a test may call it. */
  async look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      for (;;) {
        const events = await readEventsAfter(this.#database, this.#published, EVENTS_PER_READ)
        this.#offer(events)
        if (events.length < EVENTS_PER_READ) return
      }
    } catch (error) {
      this.#faults.add()
      this.#log.debug('the event log could not be read', { reason: reasonOf(error) })
    } finally {
      this.#looking = false
    }
  }

  #offer(events: readonly LogEvent[]): void {
    for (const event of events) if (event.n > this.#published) this.#waiting.set(event.n, event)
    for (;;) {
      const next = this.#waiting.get(this.#published + 1)
      if (!next) break
      this.#waiting.delete(next.n)
      this.#published = next.n
      this.#recent.push(next)
      this.#tell(next)
    }
    // Cut in steps, so that each event costs no copy of the array.
    if (this.#recent.length > EVENTS_IN_MEMORY + 500) this.#recent.splice(0, this.#recent.length - EVENTS_IN_MEMORY)
  }

  #tell(event: LogEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#faults.add()
        this.#log.error('a listener of the event log failed', { n: event.n, reason: reasonOf(error) })
      }
    }
  }
}
