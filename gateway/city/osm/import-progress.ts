const BAR_CHARS = 30
/** Where nobody watches a bar (a log file), a line for each tenth. */
const LINE_EVERY = 0.1

/** How far an import is: a bar on a terminal, a few lines in a log. */
export class ImportProgress {
  readonly #out: NodeJS.WriteStream
  #shown = -1

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  /** @param share 0–1 of the whole work */
  show(share: number, what: string): void {
    const step = this.#out.isTTY ? 0.01 : LINE_EVERY
    if (share - this.#shown < step && !(share === 1 && this.#shown < 1)) return
    this.#shown = share
    const percent = `${String(Math.floor(share * 100)).padStart(3)} %`
    if (!this.#out.isTTY) {
      this.#out.write(`import: ${percent} ${what}\n`)
      return
    }
    const full = Math.round(share * BAR_CHARS)
    this.#out.write(`\r[${'█'.repeat(full)}${'░'.repeat(BAR_CHARS - full)}] ${percent} ${what}\x1b[K`)
  }

  end(): void {
    if (this.#out.isTTY) this.#out.write('\n')
  }
}
