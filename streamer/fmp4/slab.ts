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

/** Fits a few pictures of a stream whose groups are not known yet. */
const SLAB_BYTES_MIN = 12 * 1024
/** One part never needs more: a 25 MB frame does not exist, and streams with parts over 16 MiB are refused upstream. */
export const SLAB_BYTES_MAX = 32 * 1024 * 1024
/** From one size to the next. With steps of a sixteenth groups wander between sizes, and what is free is never of the size that is wanted. */
const SIZE_STEP = 1 + 1 / 8
/** A free slab that is so many sizes larger will do. */
const SIZES_LARGER = 1
const SIZES = listSizes()

/** Kept for the next stream; beyond it memory goes back to the system. */
const FREE_BYTES_MAX = 16 * 1024 * 1024

export class SlabPool {
  #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  #usedBytes = 0

  /** @returns a slab of that size or little more, holder count 1 */
  take(bytes: number): Slab {
    const at = SIZES.findIndex((size) => size >= bytes)
    const first = at < 0 ? SIZES.length - 1 : at
    for (let i = first; i <= first + SIZES_LARGER && i < SIZES.length; i++) {
      const reused = this.#free.get(SIZES[i]!)?.pop()
      if (!reused) continue
      this.#freeBytes -= reused.length
      this.#usedBytes += reused.length
      return new Slab(reused, this)
    }
    this.#usedBytes += SIZES[first]!
    return new Slab(Buffer.allocUnsafeSlow(SIZES[first]!), this)
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

function listSizes(): number[] {
  const sizes = [SLAB_BYTES_MIN]
  for (let size = SLAB_BYTES_MIN; size < SLAB_BYTES_MAX; sizes.push(size)) {
    size = Math.min(SLAB_BYTES_MAX, Math.ceil((size * SIZE_STEP) / 1024) * 1024)
  }
  return sizes
}
