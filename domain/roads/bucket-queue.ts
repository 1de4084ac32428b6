/** Of a search that is cut at half an hour, 0.9 s each: less than most edges take, so that hardly anything is looked at twice. */
const BUCKETS = 2048
/** Width of a bucket when nothing cuts the search: two hours and a quarter; what lies beyond waits in the last one. */
const OPEN_WIDTH_S = 4

/**
 * The searches' queue: one list for each step of time, instead of a heap. A push and a pop touch a handful of array cells whatever the
 * number of waiting junctions is (Dial 1969; with wide buckets, the sequential form of delta-stepping).
 *
 * Inside of a bucket the order is not by time. So a junction may be taken out before its final time is known, and comes again with the better
 * one: the caller compares `key` with the time it holds, as with a heap that keeps old entries. After `isDoneTo(s)` all times to s are final.
 */
export class BucketQueue {
  length = 0
  /** Of the item that `pop` returned last, seconds. */
  key = 0
  readonly #first = new Int32Array(BUCKETS).fill(-1)
  #keys: Float64Array
  #items: Int32Array
  #next: Int32Array
  /** Entries that were taken out, as a list. */
  #free = -1
  #used = 0
  #at = 0
  #perS = 1 / OPEN_WIDTH_S

  constructor(capacity = 1024) {
    this.#keys = new Float64Array(capacity)
    this.#items = new Int32Array(capacity)
    this.#next = new Int32Array(capacity)
  }

  /** Empties it for a search that goes no further than `cutS`; Infinity: everywhere. */
  start(cutS: number): void {
    if (this.length > 0) this.#first.fill(-1)
    this.length = 0
    this.#free = -1
    this.#used = 0
    this.#at = 0
    this.#perS = cutS > 0 && cutS < Infinity ? BUCKETS / cutS : 1 / OPEN_WIDTH_S
  }

  /** @param key not less than that of the item that is being looked at */
  push(item: number, key: number): void {
    let entry = this.#free
    if (entry >= 0) this.#free = this.#next[entry]!
    else {
      entry = this.#used++
      if (entry === this.#keys.length) this.#grow()
    }
    const position = key * this.#perS
    const bucket = position < BUCKETS - 1 ? Math.max(this.#at, Math.trunc(position)) : BUCKETS - 1
    this.#keys[entry] = key
    this.#items[entry] = item
    this.#next[entry] = this.#first[bucket]!
    this.#first[bucket] = entry
    this.length++
  }

  /** Takes an item of the earliest bucket; only when there is one. */
  pop(): number {
    const first = this.#first
    let at = this.#at
    while (first[at]! < 0) at++
    this.#at = at
    const entry = first[at]!
    first[at] = this.#next[entry]!
    this.#next[entry] = this.#free
    this.#free = entry
    this.length--
    this.key = this.#keys[entry]!
    return this.#items[entry]!
  }

  /** Whether nothing that waits can still make a time of at most `s` seconds better. */
  isDoneTo(s: number): boolean {
    if (this.length === 0) return true
    while (this.#first[this.#at]! < 0) this.#at++
    return this.#at > s * this.#perS
  }

  #grow(): void {
    const size = this.#keys.length * 2
    const [keys, items, next] = [new Float64Array(size), new Int32Array(size), new Int32Array(size)]
    keys.set(this.#keys)
    items.set(this.#items)
    next.set(this.#next)
    this.#keys = keys
    this.#items = items
    this.#next = next
  }
}
