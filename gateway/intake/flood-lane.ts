import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Pacer } from './pacer.ts'
import type { TakeEvent } from './take-event.ts'

/**
 * Behind an external broker one connection brings the events of all devices, so none of them can be read more slowly than the others. What a device sends beyond its share
 * (`Pacer`: 20 at once, 5 a second) goes into a journal of its own instead, until the device has kept to its share for ten seconds. Everything is durable before it is
 * acknowledged, as ever; but the core follows each journal by itself, and a press of another device never stands behind a flood there.
 */
export class FloodLane {
  readonly #log: Log
  readonly #pacer: Pacer
  readonly #take: TakeEvent
  readonly #takeAside: TakeEvent
  readonly #aside

  /**
   * @param deps `take`: into the journal that everybody shares; `takeAside`: into that of the floods
   */
  constructor(deps: { pacer: Pacer; take: TakeEvent; takeAside: TakeEvent; log: Log; metrics: Metrics }) {
    this.#log = deps.log
    this.#pacer = deps.pacer
    this.#take = deps.take
    this.#takeAside = deps.takeAside
    this.#aside = deps.metrics
      .counter('vigil_intake_aside_total', 'Events of devices beyond their share, kept in a journal of their own')
      .of()
  }

  readonly take: TakeEvent = async (record) => {
    const { deviceId } = record
    // Once there, it stays there: its own events keep their order.
    if (!this.#pacer.isBeyond(deviceId) && this.#pacer.allowance(deviceId) >= 1) {
      this.#pacer.spend(deviceId, 1)
      return await this.#take(record)
    }
    if (this.#pacer.allowance(deviceId) >= 1) this.#pacer.spend(deviceId, 1)
    else this.#pacer.note(deviceId, 1)
    this.#aside.add()
    try {
      await this.#takeAside(record)
    } catch (error) {
      this.#log.warn('the journal of floods refuses, the other one is tried', { deviceId, reason: reasonOf(error) })
      // Its health is that of the intake: the self-test tries it once a minute.
      await this.#take(record)
    }
  }
}
