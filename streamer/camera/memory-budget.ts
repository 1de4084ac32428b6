import type { Log } from '../../domain/log.ts'
import type { SlabPool } from '../fmp4/slab.ts'
import type { Camera } from './camera.ts'

/** Room that is made at once, so that it is not made anew in every second. */
const GOAL = 0.9

type Weighed = Pick<Camera, 'stream'> & { order: Pick<Camera['order'], 'record'> }

/** What the pictures of all cameras of a worker may take together; each has its own bound too (`hls/ring.ts`). */
export class MemoryBudget {
  readonly #slabs: Pick<SlabPool, 'usedBytes'>
  readonly #maxBytes: number
  readonly #log: Log
  #isShort = false

  constructor(slabs: Pick<SlabPool, 'usedBytes'>, maxBytes: number, log: Log) {
    this.#slabs = slabs
    this.#maxBytes = maxBytes
    this.#log = log
  }

  /**
   * Once a second. Beyond the bound the older half of the largest rings goes, of those first of which nothing is being recorded; live pictures
   * go on. Counted with the segments that leave early.
   * @param nowMs monotonic
   */
  keep(cameras: Iterable<Weighed>, nowMs: number): void {
    const isShort = this.#slabs.usedBytes > this.#maxBytes
    if (isShort && !this.#isShort)
      this.#log.warn('memory for pictures is short: cameras keep less than they should', {
        usedBytes: this.#slabs.usedBytes,
        maxBytes: this.#maxBytes,
      })
    this.#isShort = isShort
    if (!isShort) return
    const isRecorded = ({ order }: Weighed) => Number(Boolean(order.record))
    const largest = [...cameras].sort(
      (a, b) => isRecorded(a) - isRecorded(b) || b.stream.ring.bytes - a.stream.ring.bytes,
    )
    for (const { stream } of largest) {
      if (this.#slabs.usedBytes <= this.#maxBytes * GOAL) return
      stream.shed(nowMs)
    }
  }
}
