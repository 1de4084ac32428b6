import type { Troubles } from '../live/troubles.ts'

/** A restart of the intake takes less; then nothing needs to be said. */
const AWAY_MS = 5_000
const [KIND, ID, CODE] = ['broker', 'centre', 'broker-away'] as const

/** Says that it is we who hear nothing when the broker, or our own edge, is away. Meanwhile no device is called lost (`DeviceLife.hearing`). */
export class OwnOutage {
  readonly #troubles: Troubles
  #timer: NodeJS.Timeout | null = null

  constructor(deps: { troubles: Troubles }) {
    this.#troubles = deps.troubles
  }

  hearing(isConnected: boolean): void {
    // Each failed try to come back says "away" once more; the first one counts.
    if (!isConnected && this.#timer) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (isConnected) return void this.#troubles.restoreNow(KIND, ID, CODE)
    const detail =
      'the core has no connection to the broker: no fixes, beats and states are heard; presses still come by the journal'
    this.#timer = setTimeout(() => {
      void this.#troubles.raiseNow({ subjectKind: KIND, subjectId: ID, code: CODE, detail })
    }, AWAY_MS)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }
}
