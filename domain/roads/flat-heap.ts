/**
 * The searches' own heap: four children to a node in two flat arrays, so that a push touches two cache lines and allocates nothing.
 * Numbers may be in it several times; the caller skips those that are out of date.
 */
export class FlatHeap {
  length = 0
  #keys: Float64Array
  #items: Int32Array

  constructor(capacity = 1024) {
    this.#keys = new Float64Array(capacity)
    this.#items = new Int32Array(capacity)
  }

  clear(): void {
    this.length = 0
  }

  push(item: number, key: number): void {
    if (this.length === this.#keys.length) this.#grow()
    const keys = this.#keys
    const items = this.#items
    let at = this.length++
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (keys[parent]! <= key) break
      keys[at] = keys[parent]!
      items[at] = items[parent]!
      at = parent
    }
    keys[at] = key
    items[at] = item
  }

  /** Key of the next item; only when there is one. */
  get leastKey(): number {
    return this.#keys[0]!
  }

  /** Takes the item of the least key; only when there is one. */
  pop(): number {
    const keys = this.#keys
    const items = this.#items
    const top = items[0]!
    const end = --this.length
    const key = keys[end]!
    const item = items[end]!
    let at = 0
    for (;;) {
      const first = at * 4 + 1
      if (first >= end) break
      let least = first
      const last = first + 4 < end ? first + 4 : end
      for (let child = first + 1; child < last; child++) if (keys[child]! < keys[least]!) least = child
      if (keys[least]! >= key) break
      keys[at] = keys[least]!
      items[at] = items[least]!
      at = least
    }
    keys[at] = key
    items[at] = item
    return top
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2)
    const items = new Int32Array(keys.length)
    keys.set(this.#keys)
    items.set(this.#items)
    this.#keys = keys
    this.#items = items
  }
}
