/** Rows to begin with; four times as many slots as keys keep the runs short. */
const SLOTS_FIRST = 1 << 12

/** How often each cell of a grid was counted: a hash table in flat arrays, used again and again without clearing. Keys are whole numbers up to 2^53. */
export class CellCounts {
  #keys = new Float64Array(SLOTS_FIRST)
  #counts = new Uint16Array(SLOTS_FIRST)
  /** A slot belongs to this round or is free. */
  #rounds = new Uint32Array(SLOTS_FIRST)
  #round = 0

  /** @param keysMax how many different keys may come until the next `begin` */
  begin(keysMax: number): void {
    let slots = this.#keys.length
    while (slots < keysMax * 4) slots *= 2
    if (slots > this.#keys.length) {
      this.#keys = new Float64Array(slots)
      this.#counts = new Uint16Array(slots)
      this.#rounds = new Uint32Array(slots)
    }
    this.#round++
  }

  /** Counts one more, unless there are `most` already. @returns true when it was counted */
  take(key: number, most: number): boolean {
    const mask = this.#keys.length - 1
    let slot = hashOf(key) & mask
    while (this.#rounds[slot] === this.#round && this.#keys[slot] !== key) slot = (slot + 1) & mask
    if (this.#rounds[slot] !== this.#round) {
      this.#rounds[slot] = this.#round
      this.#keys[slot] = key
      this.#counts[slot] = 0
    }
    if (this.#counts[slot]! >= most) return false
    this.#counts[slot]!++
    return true
  }
}

function hashOf(key: number): number {
  const high = Math.floor(key / 0x1_0000_0000)
  let h = Math.imul((key >>> 0) ^ Math.imul(high, 0x9e3779b9), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
