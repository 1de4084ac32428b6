import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Database } from '../store/database.ts'
import { putAgain } from './outbox-rows.ts'

/** After a restart of the edge thousands of devices come within seconds: one statement for all of them. */
const GATHER_MS = 100
/** More than a district has buttons; who is not told now hears the next stage. */
const GATHERED_MAX = 20_000

/**
 * A device that was away when it was told how far its call has come hears the newest word again when it listens again. The edge keeps a few
 * messages for kept sessions; a clean session, a full store or a restarted edge keeps none, and the light on the button would lie.
 */
export class ReceiptsAgain {
  readonly #deps: { database: Database; clock: Clock; log: Log; onOutbox: () => void }
  readonly #devices = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  constructor(deps: { database: Database; clock: Clock; log: Log; onOutbox: () => void }) {
    this.#deps = deps
  }

  /** It has just subscribed to its receipts. */
  listening(deviceId: string): void {
    if (this.#devices.size < GATHERED_MAX) this.#devices.add(deviceId)
    this.#timer ??= setTimeout(() => void this.#send(), GATHER_MS)
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #send(): Promise<void> {
    const { database, clock, log, onOutbox } = this.#deps
    const devices = [...this.#devices]
    this.#devices.clear()
    this.#timer = null
    try {
      if ((await putAgain(database, devices, toIso(clock.nowMs()))) > 0) onOutbox()
    } catch (error) {
      // While the database is away nothing can have been sent to them in vain.
      const isAway = error instanceof Fault && error.code === 'database-away'
      if (!isAway) log.warn('receipts could not be put again', { devices: devices.length, reason: reasonOf(error) })
    }
  }
}
