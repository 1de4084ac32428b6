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

/**
 * Slabs are 12, 24, 48 … KiB. A part that does not fit any more moves to the next slab, and what it leaves behind is lost, as is
 * half a slab at either end of the ring: simulated with the parts of real clips at 0.2–2 Mbit/s, small slabs that fit the part
 * waste a fifth, 64 KiB and room for four parts a half.
 */
const SLAB_BYTES_MIN = 12 * 1024
/** One part never needs more: a 25 MB frame does not exist, and streams with parts over 16 MiB are refused upstream. */
export const SLAB_BYTES_MAX = 32 * 1024 * 1024
/** Kept for the next stream; beyond it memory goes back to the system. */
const FREE_BYTES_MAX = 64 * 1024 * 1024

export class SlabPool {
  #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  #usedBytes = 0

  /** @returns a slab of the next size, holder count 1 */
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
