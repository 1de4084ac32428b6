const KEPT = 32

/** The last times of something that is done again and again: what it usually takes, and what it takes when nothing comes between. */
export class Recent {
  #ms = new Float64Array(KEPT)
  #count = 0

  add(ms: number): void {
    this.#ms[this.#count++ % KEPT] = ms
  }

  /** NaN before the first. */
  get median(): number {
    const sorted = this.#kept().sort()
    return sorted[sorted.length >> 1] ?? NaN
  }

  get least(): number {
    return this.#count === 0 ? NaN : Math.min(...this.#kept())
  }

  #kept(): Float64Array {
    return this.#ms.slice(0, Math.min(KEPT, this.#count))
  }
}
