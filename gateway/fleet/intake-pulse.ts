import type { Clock } from '../../domain/clock.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { PulseMessage } from '../intake/internal-topics.ts'
import type { Word } from '../live/health.ts'
import type { Troubles } from '../live/troubles.ts'

/** An intake pulses once a second. Two lost ones, and a busy machine's delay: with the pulse of the desks at once behind it, the officer knows within five seconds. */
export const SILENT_AFTER_MS = 3_500
const LOOK_MS = 250
/** One that was taken away for good, while another is there, is forgotten after this. */
const FORGET_AFTER_MS = 3_600_000
/** Edges that may stand beside each other; see JOURNALS_MAX. */
const PROGRAMS_MAX = 32
const CODE = 'intake-silent'

/**
 * Whether the intakes are there, by their own pulse: a connection that stands says nothing about a program that hangs behind it. Own delays are not
 * theirs: when this process itself was held up, or cannot hear a broker that stands between them, the time is given to them.
 */
export class IntakePulse {
  readonly #clock: Clock
  readonly #troubles: Pick<Troubles, 'raiseNow' | 'restoreNow'>
  readonly #onChange: () => void
  readonly #isDeaf: () => boolean
  /** When each was heard last, monotonic. */
  readonly #heardAtMs = new Map<string, number>()
  readonly #silent = new Set<string>()
  #startedAtMs: number
  #lookedAtMs: number
  #word: Word = 'ok'
  #work: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null

  /** @param deps `onChange`: desks are told at once, not with their next pulse; `isDeaf`: no pulse could be heard now, whoever sends one */
  constructor(deps: {
    clock: Clock
    metrics: Metrics
    troubles: Pick<Troubles, 'raiseNow' | 'restoreNow'>
    onChange: () => void
    isDeaf?: () => boolean
  }) {
    this.#isDeaf = deps.isDeaf ?? (() => false)
    this.#clock = deps.clock
    this.#troubles = deps.troubles
    this.#onChange = deps.onChange
    this.#startedAtMs = this.#lookedAtMs = deps.clock.monotonicMs()
    const silent = deps.metrics.gauge('vigil_intakes_silent', 'Intakes that do not pulse').of()
    deps.metrics.onRead(() => silent.set(this.#silent.size))
  }

  start(): void {
    this.#startedAtMs = this.#lookedAtMs = this.#clock.monotonicMs()
    this.#timer = setInterval(() => this.look(), LOOK_MS)
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** `away`: none is heard, presses are not received · `degraded`: one of several is not. */
  word(): Word {
    return this.#word
  }

  take({ program }: PulseMessage): void {
    if (!this.#heardAtMs.has(program) && this.#heardAtMs.size >= PROGRAMS_MAX) return
    this.#heardAtMs.set(program, this.#clock.monotonicMs())
    if (this.#silent.delete(program)) {
      this.#tell(() => this.#troubles.restoreNow('program', program, CODE))
    }
    this.#settle()
  }

  /** Called by a timer; a test may call it. */
  look(): void {
    const nowMs = this.#clock.monotonicMs()
    const isDeaf = this.#isDeaf()
    const sinceMs = nowMs - this.#lookedAtMs
    const ownDelayMs = isDeaf ? sinceMs : Math.max(0, sinceMs - 2 * LOOK_MS)
    this.#lookedAtMs = nowMs
    if (ownDelayMs > 0) {
      this.#startedAtMs += ownDelayMs
      for (const [program, heardAtMs] of this.#heardAtMs) this.#heardAtMs.set(program, heardAtMs + ownDelayMs)
    }
    for (const [program, heardAtMs] of this.#heardAtMs) {
      const silentMs = nowMs - heardAtMs
      if (silentMs < SILENT_AFTER_MS) continue
      if (!this.#silent.has(program)) {
        this.#silent.add(program)
        const detail = `${program} gives no sign of life: presses are not received there, devices keep theirs and send them again`
        this.#tell(() => this.#troubles.raiseNow({ subjectKind: 'program', subjectId: program, code: CODE, detail }))
      } else if (silentMs > FORGET_AFTER_MS && this.#silent.size < this.#heardAtMs.size) {
        this.#heardAtMs.delete(program)
        this.#silent.delete(program)
        this.#tell(() => this.#troubles.restoreNow('program', program, CODE))
      }
    }
    this.#settle()
  }

  #settle(): void {
    const known = this.#heardAtMs.size
    const isFirst = known === 0 && this.#clock.monotonicMs() - this.#startedAtMs < SILENT_AFTER_MS
    const heard = known - this.#silent.size
    const isWhole = isFirst || (heard > 0 && this.#silent.size === 0)
    // Deaf: presses may well be received, nobody here can say.
    const word = isWhole && !this.#isDeaf() ? 'ok' : isWhole || heard > 0 ? 'degraded' : 'away'
    if (word === this.#word) return
    this.#word = word
    this.#onChange()
  }

  /** One after the other: a trouble that ends must not overtake its beginning. Both log their failures themselves. */
  #tell(what: () => Promise<void>): void {
    this.#work = this.#work.then(what)
  }
}
