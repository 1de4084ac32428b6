/**
 * Memory of the parts: slabs that many parts lie in one behind the other, shared by all streams of a thread, counted by their
 * holders and used again when the last part in them is gone and no answer is still being sent from them.
 */
export class Slab {
  readonly bytes: Buffer
  #holders = 1
  readonly #pool: SlabPool
  constructor(bytes: Buffer, pool: SlabPool) {
    this.bytes = bytes
    this.#pool = pool
  }
  hold(): void {
    this.#holders++
  }
  release(): void {
    if (--this.#holders === 0) this.#pool.takeBack(this.bytes)
    if (this.#holders < 0) throw new Error('assertion failed: a slab is released once per holder')
  }
}

/** A key frame of a 400 kbit/s sub-stream with its part; the ring of six seconds wastes one of them on average. */
const SLAB_BYTES_MIN = 32 * 1024
/** One part never needs more: a 25 MB frame does not exist, and streams with parts over 16 MiB are refused upstream. */
export const SLAB_BYTES_MAX = 32 * 1024 * 1024
/** Kept for the next stream; beyond it memory goes back to the system. */
const FREE_BYTES_MAX = 64 * 1024 * 1024

export class SlabPool {
  #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  #usedBytes = 0

  /** @returns a slab of the next power of two, holder count 1 */
  take(bytes: number): Slab {
    let size = SLAB_BYTES_MIN
    while (size < bytes && size < SLAB_BYTES_MAX) size *= 2
    const reused = this.#free.get(size)?.pop()
    if (reused) this.#freeBytes -= size
    this.#usedBytes += size
    return new Slab(reused ?? Buffer.allocUnsafeSlow(size), this)
  }

  takeBack(bytes: Buffer): void {
    this.#usedBytes -= bytes.length
    if (this.#freeBytes + bytes.length > FREE_BYTES_MAX) return
    this.#freeBytes += bytes.length
    const list = this.#free.get(bytes.length)
    if (list) list.push(bytes)
    else this.#free.set(bytes.length, [bytes])
  }

  get usedBytes(): number {
    return this.#usedBytes
  }
  get freeBytes(): number {
    return this.#freeBytes
  }
}
