import { type Clock, toIso } from '../../domain/clock.ts'
import type { Condition, ConditionsMessage, PulseMessage } from './internal-topics.ts'

/** A change is told at once, the next one not before this; so often this intake says that it is there. */
const TELL_MS = 1_000
/** Told again although nothing changed: a core that has just started, or missed one, is right again after this. */
const AGAIN_MS = 10_000
/** Of each message; more have one cause. About 30 KB. */
const TOLD_MAX = 100

/**
 * What stands at this intake now (the journal fails, a device floods, …), told as the whole list: whoever hears one message knows all. Sources are asked
 * once a second; nothing is remembered here that could disagree with them. The same second carries the pulse: the core takes its absence for a program that hangs.
 */
export class Conditions {
  readonly #clock: Clock
  readonly #program: string
  readonly #publish: (message: ConditionsMessage) => void
  readonly #pulse: (message: PulseMessage) => void
  readonly #sources: (() => Condition[])[] = []
  #toldAtMs = -Infinity
  #told = ''
  #timer: NodeJS.Timeout | null = null

  constructor(deps: {
    clock: Clock
    program: string
    publish: (message: ConditionsMessage) => void
    pulse: (message: PulseMessage) => void
  }) {
    this.#pulse = deps.pulse
    this.#clock = deps.clock
    this.#program = deps.program
    this.#publish = deps.publish
  }

  /** @param source answers from memory */
  addSource(source: () => Condition[]): void {
    this.#sources.push(source)
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), TELL_MS)
    this.#timer.unref()
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  now(): ConditionsMessage {
    const conditions = this.#sources.flatMap((source) => source()).slice(0, TOLD_MAX)
    return { program: this.#program, at: toIso(this.#clock.nowMs()), conditions }
  }

  #look(): void {
    this.#pulse({ program: this.#program, at: toIso(this.#clock.nowMs()) })
    const message = this.now()
    const text = JSON.stringify(message.conditions)
    const nowMs = this.#clock.monotonicMs()
    if (text === this.#told && nowMs - this.#toldAtMs < AGAIN_MS) return
    this.#told = text
    this.#toldAtMs = nowMs
    this.#publish(message)
  }
}
