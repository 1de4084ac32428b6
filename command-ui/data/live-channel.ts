import type { Clock } from '../../domain/clock.ts'
import { openDots, type DotFrame } from '../../domain/wire/dots.ts'
import type { DeskMessage, ServerMessage } from '../../domain/wire/live.ts'

/** `connecting` before the first message; `live`; `blind` when nothing has come for `BLIND_AFTER_MS`. */
export type LiveState = 'connecting' | 'live' | 'blind'

/** The server pulses every 2 s: two lost ones, and the desk says so before five seconds are over. */
export const BLIND_AFTER_MS = 4300
/** A socket that opened but stays silent is given up after this, also a half-open one. */
export const SILENT_SOCKET_MS = 7000
export const RECONNECT_MIN_MS = 300
export const RECONNECT_MAX_MS = 5000
/** Pulses in a row that name a later event than we have, before the missing one is fetched by a snapshot. */
const PULSES_BEHIND_MAX = 2
/** Close code of the centre when the session has ended. */
const SIGNED_OUT_CODE = 4401
/** Sockets in a row that closed before a pulse, before the session is asked about by a snapshot. */
const ATTEMPTS_BEFORE_ASKING = 4
const WATCH_EVERY_MS = 100

export interface SocketLike {
  binaryType: string
  readyState: number
  send(text: string): void
  close(): void
  onopen: ((event: unknown) => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  onerror: ((event: unknown) => void) | null
}

export interface LiveChannelParts {
  clock: Clock
  /** Opens the socket of `/api/v1/events?after=n`. */
  open(afterN: number): SocketLike
  /** Takes and applies a new snapshot; resolves to the event number at which it is true. */
  takeSnapshot(): Promise<number>
  /** Every message in its order, without doubles and without gaps. */
  onMessage(message: ServerMessage): void
  onDots(frame: DotFrame): void
  onState(state: LiveState): void
  /** Something that was unexpected but survived: unreadable frames, failed snapshots. Counted by the caller. */
  onOddity(what: string, error?: unknown): void
  random(): number
}

/**
 * The one stream of the desk: a snapshot, then ordered events, resumed by event number. A gap or a `reset` leads to a new
 * snapshot; silence to `blind`; a closed socket to a new one after a jittered wait.
 */
export class LiveChannel {
  #parts: LiveChannelParts
  #socket: SocketLike | null = null
  #lastN = -1
  #state: LiveState = 'connecting'
  #heardMs: number
  #openedMs = 0
  #attempts = 0
  #pulsesBehind = 0
  #snapshotRunning = false
  #retry: ReturnType<typeof setTimeout> | null = null
  #watch: ReturnType<typeof setInterval> | null = null
  #stopped = false

  constructor(parts: LiveChannelParts) {
    this.#parts = parts
    this.#heardMs = parts.clock.monotonicMs()
  }

  get lastN(): number {
    return this.#lastN
  }

  start(): void {
    this.#watch = setInterval(() => this.#look(), WATCH_EVERY_MS)
    this.#resnapshot('start')
  }

  stop(): void {
    this.#stopped = true
    if (this.#watch) clearInterval(this.#watch)
    if (this.#retry) clearTimeout(this.#retry)
    this.#drop()
  }

  /** @returns false when there is no open socket; the caller says it again after the next `hello` */
  send(message: DeskMessage): boolean {
    if (!this.#socket || this.#socket.readyState !== 1) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  #connect(): void {
    if (this.#stopped) return
    const socket = this.#parts.open(this.#lastN)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    this.#openedMs = this.#parts.clock.monotonicMs()
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data)
    }
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return
      // A refused upgrade and a plain cut look alike; the snapshot says whether we are still signed in.
      if (code === SIGNED_OUT_CODE || this.#attempts >= ATTEMPTS_BEFORE_ASKING) this.#lastN = -1
      this.#reconnect()
    }
    socket.onerror = () => {
      if (socket === this.#socket) this.#parts.onOddity('socket-error')
    }
  }

  #receive(frame: unknown): void {
    if (frame instanceof ArrayBuffer) {
      const dots = openDots(frame)
      if (dots) this.#parts.onDots(dots)
      else this.#parts.onOddity('unreadable-dots')
      return
    }
    let message: ServerMessage
    try {
      message = JSON.parse(String(frame)) as ServerMessage
    } catch (error) {
      this.#parts.onOddity('unreadable-message', error)
      return
    }
    // Only these two prove that the server's side is alive: dots could come from a buffer that is minutes old.
    if (message.type === 'pulse' || message.type === 'hello' || message.type === 'event') this.#heard()
    this.#follow(message)
  }

  #follow(message: ServerMessage): void {
    switch (message.type) {
      case 'event': {
        const n = message.event.n
        if (n <= this.#lastN) return
        if (n !== this.#lastN + 1) return this.#resnapshot(`gap ${this.#lastN}…${n}`)
        this.#lastN = n
        this.#pulsesBehind = 0
        return this.#parts.onMessage(message)
      }
      case 'reset':
        return this.#resnapshot(message.reason)
      case 'pulse':
        this.#attempts = 0
        this.#pulsesBehind = message.n > this.#lastN ? this.#pulsesBehind + 1 : 0
        this.#parts.onMessage(message)
        if (this.#pulsesBehind > PULSES_BEHIND_MAX) this.#resnapshot(`behind ${this.#lastN}…${message.n}`)
        return
      case 'hello':
        this.#parts.onMessage(message)
        // Another log than the one we followed: the centre was set up anew.
        if (message.n < this.#lastN) this.#resnapshot(`log went back ${this.#lastN}…${message.n}`)
        return
      case 'provisional':
      case 'coverage':
        return this.#parts.onMessage(message)
      default: {
        const never: never = message
        this.#parts.onOddity('unknown-message', never)
      }
    }
  }

  #resnapshot(why: string): void {
    if (this.#snapshotRunning || this.#stopped) return
    this.#snapshotRunning = true
    this.#drop()
    if (why !== 'start') this.#parts.onOddity(`snapshot: ${why}`)
    this.#parts.takeSnapshot().then(
      (n) => {
        this.#snapshotRunning = false
        this.#lastN = n
        this.#pulsesBehind = 0
        this.#connect()
      },
      (error: unknown) => {
        this.#snapshotRunning = false
        this.#lastN = -1
        this.#parts.onOddity('snapshot-failed', error)
        this.#reconnect()
      },
    )
  }

  #reconnect(): void {
    this.#drop()
    if (this.#stopped || this.#retry) return
    const ceilingMs = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** this.#attempts++)
    const waitMs = RECONNECT_MIN_MS + this.#parts.random() * (ceilingMs - RECONNECT_MIN_MS)
    this.#retry = setTimeout(() => {
      this.#retry = null
      if (this.#lastN < 0) this.#resnapshot('start')
      else this.#connect()
    }, waitMs)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    socket.onmessage = socket.onclose = socket.onopen = null
    // It may still complain about being closed before it was open; nobody is waiting for it any more.
    socket.onerror = () => undefined
    socket.close()
  }

  #heard(): void {
    this.#heardMs = this.#parts.clock.monotonicMs()
    this.#to('live')
  }

  #look(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#heardMs >= BLIND_AFTER_MS) this.#to('blind')
    const silentMs = nowMs - Math.max(this.#heardMs, this.#openedMs)
    if (this.#socket && silentMs >= SILENT_SOCKET_MS) this.#reconnect()
  }

  #to(state: LiveState): void {
    if (state === this.#state) return
    this.#state = state
    this.#parts.onState(state)
  }
}
