/**
 * Which pages of one chunk of memory are taken: runs lie behind one another, and the first and the last page of each say how long it is.
 *
 *   page   0  1  2  3  4  5  6  7  8  9
 *   tags  -3     -3  2  2 -4        -4  1      taken 0–2, free 3–4, taken 5–8, free 9
 *
 * Pure; what it costs is a walk over the runs of one chunk for each `take`.
 */
export class PageRuns {
  readonly pages: number
  /** Length of a run at its first and last page, negative when it is taken; what lies between has no meaning. */
  readonly #tags: Int32Array
  #freePages: number
  #largest: number

  constructor(pages: number) {
    this.pages = this.#freePages = this.#largest = pages
    this.#tags = new Int32Array(pages)
    this.#tag(0, pages, 1)
  }

  get freePages(): number {
    return this.#freePages
  }
  /** The longest free run. */
  get largest(): number {
    return this.#largest
  }

  /** Takes the start of the shortest free run that is long enough. @returns its first page, -1 when there is none */
  take(pages: number): number {
    let best = -1
    let bestLength = Infinity
    let [largest, second] = [0, 0]
    for (let page = 0; page < this.pages; page += Math.abs(this.#tags[page]!)) {
      const length = this.#tags[page]!
      if (length > largest) [largest, second] = [length, largest]
      else if (length > second) second = length
      if (length < pages || length >= bestLength) continue
      best = page
      bestLength = length
    }
    if (best < 0) return -1
    this.#tag(best, pages, -1)
    if (bestLength > pages) this.#tag(best + pages, bestLength - pages, 1)
    this.#largest = bestLength === largest ? Math.max(second, bestLength - pages) : largest
    this.#freePages -= pages
    return best
  }

  /** Gives back the taken run that begins there, all of it or what lies behind its first `keep` pages. */
  give(first: number, keep = 0): void {
    const length = -this.#tags[first]!
    if (!(length > keep)) throw new Error('assertion failed: only a run that is taken can be given back')
    if (keep > 0) this.#tag(first, keep, -1)
    let start = first + keep
    let end = first + length
    this.#freePages += end - start
    if (keep === 0 && start > 0) start -= Math.max(0, this.#tags[start - 1]!)
    if (end < this.pages) end += Math.max(0, this.#tags[end]!)
    this.#tag(start, end - start, 1)
    this.#largest = Math.max(this.#largest, end - start)
  }

  #tag(first: number, length: number, sign: 1 | -1): void {
    this.#tags[first] = this.#tags[first + length - 1] = sign * length
  }
}
