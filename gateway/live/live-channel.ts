import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import { encodeDots } from '../../domain/wire/dots.ts'
import type { Health, LogEvent, ServerMessage } from '../../domain/wire/live.ts'
import { CLOSE_CODES } from '../http/close-codes.ts'
import type { DeskRequest, DeskSocket } from '../http/websocket.ts'
import { isCalled } from '../../domain/calls.ts'
import { covers } from '../../domain/jurisdiction.ts'
import type { OwnedDot } from '../fleet/fleet.ts'
import { deskMessageSchema } from './desk-message.ts'
import type { EventLog } from './event-log.ts'
import { whoOf, type Who } from './visibility.ts'

/** The strip is red after 5 s without one. */
export const PULSE_MS = 2_000
/** A desk that is this far behind would show old alarms as new: it is cut off and takes a fresh snapshot. */
const BUFFERED_BYTES_MAX = 1024 * 1024
/** Dots are the first thing a slow desk goes without; the newest will follow. */
const DOTS_BUFFERED_MAX = 256 * 1024
/** Screens of one district, with margin. */
const DESKS_MAX = 500

/** Alarms that one desk has painted and may still be standing there. */
const PAINTED_MAX = 1_000

/** What hangs on the thing that was moved comes and goes with it. */
const MOVED: ServerMessage = { type: 'reset', reason: 'something was moved to another jurisdiction' }

interface Desk {
  socket: DeskSocket
  request: DeskRequest
  who: Who
  isOnDuty: boolean
  /** Told again when its officer goes on duty. */
  painted: Set<string>
}

export interface LiveDeps {
  events: EventLog
  clock: Clock
  log: Log
  metrics: Metrics
  health: () => Health
  /** Changed dots since the last call. */
  takeDots: (nowMs: number) => OwnedDot[]
  version: string
  /** The event as desks get it; the same for nearly all. */
  dress: (event: LogEvent) => LogEvent
  /** As this officer gets it: `dressed`, else as gone, or its number alone. */
  shown: (who: Who, event: LogEvent, dressed: LogEvent) => LogEvent
  /** Whether it changes what this officer sees beyond what it tells. */
  movesOthers: (who: Who, event: LogEvent) => boolean
  coverageFor: (who: Who, coverage: Coverage) => Coverage
  /** Alarms that are shown but not stored as they are shown. */
  provisional: () => Alarm[]
  onRendered: (alarmId: string, desk: { sessionId: string; who: Who; isOnDuty: boolean }) => void
  onDuty: (request: DeskRequest, on: boolean, sound: 'running' | 'blocked') => void
}

/** Sends the event log, pulses and dots to every desk. Each text is made once, whoever gets it. */
export class LiveChannel {
  readonly #deps: LiveDeps
  readonly #desks = new Set<Desk>()
  readonly #cut
  readonly #refused
  #timers: NodeJS.Timeout[] = []
  #stop: (() => void) | null = null

  constructor(deps: LiveDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#cut = metrics.counter('vigil_desks_cut_off_total', 'Desks that were too slow').of()
    this.#refused = metrics
      .counter('vigil_desk_messages_refused_total', 'Messages of desks that could not be read')
      .of()
    const desks = metrics.gauge('vigil_desks', 'Desks that are connected').of()
    metrics.onRead(() => desks.set(this.#desks.size))
  }

  get desks(): number {
    return this.#desks.size
  }

  /** Whether any desk has an officer on duty who may answer. */
  isAnybodyOnDuty(): boolean {
    for (const desk of this.#desks) if (desk.isOnDuty) return true
    return false
  }

  /** Of the desks that are connected now. */
  jurisdictions(): ReadonlySet<string> {
    return new Set([...this.#desks].map(({ who }) => who.jurisdiction))
  }

  start(): void {
    this.#stop = this.#deps.events.subscribe((event) => this.#event(event))
    this.#timers = [setInterval(() => this.#pulse(), PULSE_MS), setInterval(() => this.#dots(), 1000)]
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#stop?.()
    for (const desk of this.#desks) desk.socket.close(CLOSE_CODES.goingAway, 'the centre is restarting')
    this.#desks.clear()
  }

  /** Follows a desk until its socket closes. The caller has checked who it is. */
  attach(socket: DeskSocket, request: DeskRequest): void {
    if (this.#desks.size >= DESKS_MAX) return socket.close(CLOSE_CODES.tooMany, 'too many desks')
    const { events, clock, version } = this.#deps
    const desk: Desk = { socket, request, who: whoOf(request.subject), isOnDuty: false, painted: new Set() }
    socket.onMessage((text) => this.#hear(desk, text))
    socket.onClose(() => this.#desks.delete(desk))
    const at = toIso(clock.nowMs())
    this.#sendTo(desk, { type: 'hello', n: events.n, at, program: 'core', version })
    if (request.after !== null && request.after !== events.n) {
      const missed = events.after(request.after)
      if (missed) for (const event of missed) this.#sendTo(desk, { type: 'event', event: this.#eventFor(desk, event) })
      else this.#sendTo(desk, { type: 'reset', reason: 'too far behind' })
      if (missed?.some((event) => this.#deps.movesOthers(desk.who, event))) this.#sendTo(desk, MOVED)
    }
    this.#sendTo(desk, { type: 'pulse', at, n: events.n, health: this.#deps.health() })
    for (const alarm of this.#deps.provisional()) {
      if (isCalled(desk.who, alarm)) this.#sendTo(desk, { type: 'provisional', alarm })
    }
    // Nothing above waits, so no event can come between what was missed and what follows.
    this.#desks.add(desk)
  }

  broadcastProvisional(alarm: Alarm): void {
    const text = JSON.stringify({ type: 'provisional', alarm } satisfies ServerMessage)
    for (const desk of this.#desks) if (isCalled(desk.who, alarm)) this.#sendText(desk, text)
  }
  /** Every desk takes a new snapshot: something it was shown turned out not to be. */
  resetDesks(reason: string): void {
    this.#broadcast({ type: 'reset', reason })
  }
  broadcastCoverage(coverage: Coverage): void {
    const texts = new Map<string, string>()
    for (const desk of this.#desks) {
      const own = desk.who.jurisdiction
      const told = () =>
        ({ type: 'coverage', coverage: this.#deps.coverageFor(desk.who, coverage) }) satisfies ServerMessage
      const text = texts.get(own) ?? JSON.stringify(told())
      texts.set(own, text)
      this.#sendText(desk, text)
    }
  }

  #event(event: LogEvent): void {
    const texts = new Map<string, string>()
    const dressed = this.#deps.dress(event)
    for (const desk of this.#desks) {
      const shown = this.#deps.shown(desk.who, event, dressed)
      // Three texts at most: whole, gone, a number.
      const key = shown === dressed ? 'whole' : shown.action
      const text = texts.get(key) ?? JSON.stringify({ type: 'event', event: shown } satisfies ServerMessage)
      texts.set(key, text)
      this.#sendText(desk, text)
      if (this.#deps.movesOthers(desk.who, event)) this.#sendTo(desk, MOVED)
    }
  }

  #eventFor(desk: Desk, event: LogEvent): LogEvent {
    return this.#deps.shown(desk.who, event, this.#deps.dress(event))
  }

  /** Something of the strip has changed that must not wait for the next pulse. */
  pulseNow(): void {
    this.#pulse()
  }

  #pulse(): void {
    if (this.#desks.size === 0) return
    const { clock, events, health } = this.#deps
    this.#broadcast({ type: 'pulse', at: toIso(clock.nowMs()), n: events.n, health: health() })
  }

  #dots(): void {
    const nowMs = this.#deps.clock.nowMs()
    const dots = this.#deps.takeDots(nowMs)
    if (dots.length === 0 || this.#desks.size === 0) return
    // One frame for each jurisdiction that has a desk, not for each desk.
    const frames = new Map<string, Uint8Array<ArrayBuffer> | null>()
    for (const { socket, who } of this.#desks) {
      if (socket.bufferedBytes >= DOTS_BUFFERED_MAX) continue
      const own = who.jurisdiction
      if (!frames.has(own)) frames.set(own, frameFor(own, nowMs, dots))
      const frame = frames.get(own)
      if (frame) socket.send(frame)
    }
  }

  #broadcast(message: ServerMessage): void {
    const text = JSON.stringify(message)
    for (const desk of this.#desks) this.#sendText(desk, text)
  }

  #sendTo(desk: Desk, message: ServerMessage): void {
    this.#sendText(desk, JSON.stringify(message))
  }

  #sendText(desk: Desk, text: string): void {
    if (desk.socket.bufferedBytes > BUFFERED_BYTES_MAX) {
      this.#cut.add()
      this.#desks.delete(desk)
      this.#deps.log.warn('a desk was too slow and is cut off', { officer: desk.request.actor })
      desk.socket.close(CLOSE_CODES.tooSlow, 'too slow, take a new snapshot')
      return
    }
    desk.socket.send(text)
  }

  #hear(desk: Desk, text: string): void {
    const message = deskMessageSchema.safeParse(parse(text))
    if (!message.success) return this.#refused.add()
    const { onDuty, log } = this.#deps
    try {
      if (message.data.type === 'rendered') return this.#painted(desk, message.data.alarmId)
      const began = message.data.on && !desk.isOnDuty
      desk.isOnDuty = message.data.on
      onDuty(desk.request, message.data.on, message.data.sound)
      // What stands on this screen is now before an officer on duty.
      if (began) this.#paintedBefore(desk)
    } catch (error) {
      log.error('a message of a desk failed', { type: message.data.type, reason: reasonOf(error) })
    }
  }

  #paintedBefore(desk: Desk): void {
    // A copy: each one is put to the end of the set again.
    const before = Array.from(desk.painted)
    for (const alarmId of before) this.#painted(desk, alarmId)
  }

  #painted(desk: Desk, alarmId: string): void {
    const { who, isOnDuty, painted, request } = desk
    painted.delete(alarmId)
    painted.add(alarmId)
    if (painted.size > PAINTED_MAX) for (const oldest of painted) if (painted.delete(oldest)) break
    this.#deps.onRendered(alarmId, { sessionId: request.sessionId, who, isOnDuty })
  }
}

/** Null when none of the dots is this jurisdiction's to see. */
function frameFor(own: string, nowMs: number, dots: readonly OwnedDot[]): Uint8Array<ArrayBuffer> | null {
  const mine = own === '' ? dots : dots.filter(({ jurisdiction }) => covers(own, jurisdiction))
  return mine.length === 0 ? null : encodeDots(nowMs, mine)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Undefined does not fit the schema: refused and counted there.
    return undefined
  }
}
