import type { Clock } from '../domain/clock.ts'

/**
 * What the person at the terminal sees of a start: a line per step with its seconds. On a terminal the running step is
 * rewritten in place, elsewhere (a pipe, a unit's journal) only finished steps are written.
 */
export class StartReport {
  #clock: Clock
  #out: NodeJS.WriteStream
  #beganMs: number
  #steps = new Map<string, number>()
  #running = ''

  constructor(clock: Clock, out: NodeJS.WriteStream) {
    this.#clock = clock
    this.#out = out
    this.#beganMs = clock.monotonicMs()
  }

  begin(step: string): void {
    this.#steps.set(step, this.#clock.monotonicMs())
    this.#running = step
    this.#paint('')
  }

  progress(text: string, done?: number, total?: number): void {
    const bar = done !== undefined && total ? ` ${barOf(done / total)} ${done}/${total}` : ''
    this.#paint(`${text}${bar}`)
  }

  done(step: string, fact = ''): void {
    const tookMs = this.#clock.monotonicMs() - (this.#steps.get(step) ?? this.#beganMs)
    this.#line(`  ✓ ${step.padEnd(26)} ${(tookMs / 1000).toFixed(1).padStart(5)} s  ${fact}`)
    if (this.#running === step) this.#running = ''
  }

  line(text: string): void {
    this.#line(text)
  }

  elapsedS(): number {
    return (this.#clock.monotonicMs() - this.#beganMs) / 1000
  }

  #paint(text: string): void {
    if (!this.#out.isTTY) return
    const width = (this.#out.columns || 80) - 1
    this.#out.write(`\r\x1b[2K${`  … ${this.#running}${text ? `: ${text}` : ''}`.slice(0, width)}`)
  }

  #line(text: string): void {
    this.#out.write(this.#out.isTTY ? `\r\x1b[2K${text}\n` : `${text}\n`)
  }
}

function barOf(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20)
  return '█'.repeat(filled) + '░'.repeat(20 - filled)
}
