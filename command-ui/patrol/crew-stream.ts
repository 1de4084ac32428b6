import type { CrewMessage } from '../../domain/wire/crew.ts'
import type { Clock } from '../../domain/clock.ts'
import {
  BLIND_AFTER_MS,
  RECONNECT_MAX_MS,
  RECONNECT_MIN_MS,
  SILENT_SOCKET_MS,
  type SocketLike,
} from '../data/live-channel.ts'

const SIGNED_OUT_CODE = 4401
const LOOK_EVERY_MS = 250
/** Refused upgrades and cuts look alike; after so many in a row the session is asked about. */
const ATTEMPTS_BEFORE_ASKING = 3

export interface CrewStreamParts {
  clock: Clock
  open(): SocketLike
  onMessage(message: CrewMessage): void
  /** Whether the centre is within reach. */
  onReach(isReached: boolean): void
  /** Perhaps the session has ended. */
  onDoubt(): void
  onOddity(what: string, error?: unknown): void
  random(): number
}

/** The phone's stream: whole views, so nothing has to be resumed; only kept open. */
export class CrewStream {
  readonly #parts: CrewStreamParts
  #socket: SocketLike | null = null
  #heardMs: number
  #openedMs = 0
  #attempts = 0
  #isReached: boolean | null = null
  #retry: ReturnType<typeof setTimeout> | null = null
  #watch: ReturnType<typeof setInterval> | null = null
  #isStopped = false

  constructor(parts: CrewStreamParts) {
    this.#parts = parts
    this.#heardMs = parts.clock.monotonicMs()
  }

  start(): void {
    this.#watch = setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#connect()
  }

  stop(): void {
    this.#isStopped = true
    if (this.#watch) clearInterval(this.#watch)
    if (this.#retry) clearTimeout(this.#retry)
    this.#drop()
  }

  /** The phone says that the network has changed: no use in waiting out a pause, or for a socket of the old one. */
  retryNow(): void {
    if (this.#isStopped || (this.#isReached && this.#socket)) return
    if (this.#retry) clearTimeout(this.#retry)
    this.#retry = null
    this.#attempts = 0
    this.#drop()
    this.#connect()
  }

  #connect(): void {
    if (this.#isStopped) return
    const socket = this.#parts.open()
    this.#socket = socket
    this.#openedMs = this.#parts.clock.monotonicMs()
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#receive(data)
    }
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return
      if (code === SIGNED_OUT_CODE || ++this.#attempts % ATTEMPTS_BEFORE_ASKING === 0) this.#parts.onDoubt()
      this.#reconnect()
    }
    // `close` follows; it decides.
    socket.onerror = () => undefined
  }

  #receive(frame: unknown): void {
    let message: CrewMessage
    try {
      message = JSON.parse(String(frame)) as CrewMessage
    } catch (error) {
      return this.#parts.onOddity('unreadable-message', error)
    }
    this.#attempts = 0
    this.#heardMs = this.#parts.clock.monotonicMs()
    this.#reach(true)
    this.#parts.onMessage(message)
  }

  #reconnect(): void {
    this.#drop()
    if (this.#isStopped || this.#retry) return
    const ceilingMs = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(this.#attempts, 10))
    const waitMs = RECONNECT_MIN_MS + this.#parts.random() * (ceilingMs - RECONNECT_MIN_MS)
    this.#retry = setTimeout(() => {
      this.#retry = null
      this.#connect()
    }, waitMs)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    socket.onmessage = socket.onclose = null
    socket.close()
  }

  #look(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#heardMs >= BLIND_AFTER_MS) this.#reach(false)
    const silentMs = nowMs - Math.max(this.#heardMs, this.#openedMs)
    if (this.#socket && silentMs >= SILENT_SOCKET_MS) this.#reconnect()
  }

  #reach(isReached: boolean): void {
    if (isReached === this.#isReached) return
    this.#isReached = isReached
    this.#parts.onReach(isReached)
  }
}
