import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { camerasOf } from '../alarms/open-incident.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Database } from '../store/database.ts'
import { saveSpans, spansUntil, type WantedSpan } from './recording-rows.ts'

/** A span is told to workers so much longer than it wants, so that its last segment and its gaps are told too. */
const LINGER_MS = 30_000
const TURN_MS = 1_000

export interface RecordingSpansDeps {
  database: Database
  events: EventLog
  state: Pick<CentreState, 'alarms' | 'incidents' | 'sites' | 'cameras'>
  /** Alarms that are not stored yet, because the database is away; they have no incident. */
  provisional: () => readonly Alarm[]
  clock: Clock
  log: Log
  metrics: Metrics
  beforeMs: number
  afterMs: number
}

/**
 * What must be kept: of every alarm the time around it, of every camera of its incident. Begun by the event of the alarm and found
 * again at the start from the alarms that stand, so that a core that dies between the two forgets none. Read from memory at every beat
 * of a worker; rows follow within a second, later when the database is away.
 */
export class RecordingSpans {
  readonly #deps: RecordingSpansDeps
  /** By incident and camera. */
  readonly #spans = new Map<string, WantedSpan>()
  /** By alarm and camera, from memory alone: its stored alarm will want the same. */
  readonly #provisional = new Map<string, { cameraId: string; fromMs: number; toMs: number }>()
  readonly #byCamera = new Map<string, { fromMs: number; untilMs: number }>()
  readonly #unsaved = new Map<string, WantedSpan>()
  readonly #failed
  #saving: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #unsubscribe: (() => void) | null = null

  constructor(deps: RecordingSpansDeps) {
    this.#deps = deps
    this.#failed = deps.metrics
      .counter('vigil_recording_spans_failed_total', 'Writes of recording spans that failed')
      .of()
  }

  /** @throws Fault `database-away` */
  async start(): Promise<void> {
    const { database, events, state, clock } = this.#deps
    for (const span of await spansUntil(database, clock.nowMs() - LINGER_MS)) this.#take(span, true)
    this.#unsubscribe = events.subscribe((event) => this.onEvent(event))
    for (const alarm of state.alarms.values()) this.#wantOf(alarm)
    this.#timer = setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.#unsubscribe?.()
  }

  /** What is not known from an alarm alone; it becomes one with what is wanted of this incident and camera already. */
  want(span: WantedSpan): void {
    this.#take(span, false)
  }

  /** For the beat of the worker that serves this camera. */
  recordOf(cameraId: string): { fromMs: number; untilMs: number } | null {
    return this.#byCamera.get(cameraId) ?? null
  }

  onEvent(event: LogEvent): void {
    if (event.kind === 'alarm') this.#wantOf(event.body as unknown as Alarm)
    if (event.kind !== 'incident') return
    // The alarm may have been told before its incident.
    for (const alarm of this.#deps.state.alarms.values()) if (alarm.incidentId === event.subjectId) this.#wantOf(alarm)
  }

  /** Once a second: rows, and what is over is forgotten. Public for tests. Never rejects. */
  async turn(): Promise<void> {
    const endMs = this.#deps.clock.nowMs() - LINGER_MS
    let isChanged = this.#wantProvisional(endMs)
    for (const [key, span] of this.#spans) {
      if (span.toMs > endMs || this.#unsaved.has(key)) continue
      this.#spans.delete(key)
      isChanged = true
    }
    if (isChanged) this.#index()
    await this.#save()
  }

  #wantOf(alarm: Alarm): void {
    // A test of the button is no alarm of anybody.
    if (alarm.type === 'test' || alarm.incidentId === null) return
    const incident = this.#deps.state.incidents.get(alarm.incidentId)
    if (!incident) return
    const { fromMs, toMs } = this.#timeOf(alarm)
    if (toMs <= this.#deps.clock.nowMs() - LINGER_MS) return
    for (const cameraId of incident.cameraIds) this.#take({ incidentId: incident.id, cameraId, fromMs, toMs }, false)
    void this.#save()
  }

  #timeOf(alarm: Alarm): { fromMs: number; toMs: number } {
    const { beforeMs, afterMs } = this.#deps
    return { fromMs: Date.parse(alarm.raisedAt) - beforeMs, toMs: Date.parse(alarm.lastOccurrenceAt) + afterMs }
  }

  /** The half minute before them leaves the rings while the database is away. @returns true when something is new or over */
  #wantProvisional(endMs: number): boolean {
    let isChanged = false
    for (const [key, span] of this.#provisional) if (span.toMs <= endMs) isChanged = this.#provisional.delete(key)
    for (const alarm of this.#deps.provisional()) {
      const { fromMs, toMs } = this.#timeOf(alarm)
      if (alarm.type === 'test' || toMs <= endMs) continue
      const incident = alarm.incidentId === null ? undefined : this.#deps.state.incidents.get(alarm.incidentId)
      for (const cameraId of incident?.cameraIds ?? camerasOf(this.#deps.state, alarm)) {
        const key = `${alarm.id} ${cameraId}`
        if (this.#provisional.get(key)?.toMs === toMs) continue
        this.#provisional.set(key, { cameraId, fromMs, toMs })
        isChanged = true
      }
    }
    return isChanged
  }

  #take(span: WantedSpan, isSaved: boolean): void {
    const key = `${span.incidentId} ${span.cameraId}`
    const known = this.#spans.get(key)
    if (known && known.fromMs <= span.fromMs && known.toMs >= span.toMs) return
    const wider = known
      ? { ...span, fromMs: Math.min(known.fromMs, span.fromMs), toMs: Math.max(known.toMs, span.toMs) }
      : span
    this.#spans.set(key, wider)
    if (!isSaved) this.#unsaved.set(key, wider)
    this.#index()
  }

  #index(): void {
    this.#byCamera.clear()
    for (const { cameraId, fromMs, toMs } of [...this.#spans.values(), ...this.#provisional.values()]) {
      const known = this.#byCamera.get(cameraId)
      this.#byCamera.set(cameraId, {
        fromMs: Math.min(known?.fromMs ?? Infinity, fromMs),
        untilMs: Math.max(known?.untilMs ?? 0, toMs),
      })
    }
  }

  /** One statement at a time; what comes meanwhile goes with the next. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveAll().finally(() => (this.#saving = null))
    return this.#saving
  }

  async #saveAll(): Promise<void> {
    try {
      while (this.#unsaved.size > 0) {
        const spans = new Map(this.#unsaved)
        await saveSpans(this.#deps.database, [...spans.values()])
        for (const [key, span] of spans) if (this.#unsaved.get(key) === span) this.#unsaved.delete(key)
      }
    } catch (error) {
      this.#failed.add()
      this.#deps.log.debug('recording spans could not be stored yet', { reason: reasonOf(error) })
    }
  }
}
