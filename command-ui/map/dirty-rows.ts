/** Rows that are told together: 1 KB of 64-byte rows. */
const PAGE_ROWS = 16
/** Clean pages between two dirty ones that are sent along, because one call less is worth 4 KB. */
const GAP_PAGES_MAX = 4
/** With more pieces than this one piece is cheaper. */
const PIECES_MAX = 32

/** Which rows of a buffer have changed since they were last sent to the graphics card, by pages. Price: one byte per page. */
export class DirtyRows {
  #pages = new Uint8Array(64)
  #first = Infinity
  #last = -1

  mark(row: number): void {
    const page = Math.floor(row / PAGE_ROWS)
    if (page >= this.#pages.length) {
      const wider = new Uint8Array(Math.max(page + 1, this.#pages.length * 2))
      wider.set(this.#pages)
      this.#pages = wider
    }
    this.#pages[page] = 1
    if (page < this.#first) this.#first = page
    if (page > this.#last) this.#last = page
  }

  markAll(count: number): void {
    for (let row = 0; row < count; row += PAGE_ROWS) this.mark(row)
  }

  get isEmpty(): boolean {
    return this.#last < 0
  }

  /**
   * Calls for each piece of rows that must be sent, and forgets them.
   * @param count rows in use; what is behind them is never sent
   */
  take(count: number, each: (fromRow: number, rows: number) => void): void {
    if (this.isEmpty) return
    const pieces = this.#pieces()
    const give = (from: number, to: number) => {
      const row = from * PAGE_ROWS
      const rows = Math.min(count, (to + 1) * PAGE_ROWS) - row
      if (rows > 0) each(row, rows)
    }
    if (pieces.length > PIECES_MAX) give(this.#first, this.#last)
    else for (const [from, to] of pieces) give(from, to)
    this.#pages.fill(0, this.#first, this.#last + 1)
    this.#first = Infinity
    this.#last = -1
  }

  #pieces(): [from: number, to: number][] {
    const pieces: [from: number, to: number][] = []
    for (let page = this.#first; page <= this.#last; page++) {
      if (this.#pages[page] === 0) continue
      const piece = pieces.at(-1)
      if (piece && page - piece[1] <= GAP_PAGES_MAX + 1) piece[1] = page
      else pieces.push([page, page])
      if (pieces.length > PIECES_MAX) break
    }
    return pieces
  }
}
