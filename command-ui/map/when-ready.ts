/** What must wait for the map's style, in the order in which it was asked for. */
export class WhenReady {
  /** False again while a driver that restarts brings the style back. */
  isReady = false
  readonly #waiting: (() => void)[] = []

  /** Now, or when it is ready. */
  run(job: () => void): void {
    if (this.isReady) job()
    else this.#waiting.push(job)
  }

  begin(): void {
    this.isReady = true
    for (const job of this.#waiting.splice(0)) job()
  }
}
