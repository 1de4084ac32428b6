import { PageRuns } from './page-runs.ts'

/**
 * Memory of the parts: slabs that many parts lie in one behind the other, shared by all streams of a thread, counted by their
 * holders and used again when the last part in them is gone and no answer is still being sent from them.
 */
export class Slab {
  readonly bytes: Buffer
  #holders = 1
  #pages: number
  readonly #chunk: Chunk
  readonly #firstPage: number
  readonly #pool: SlabPool
  constructor(chunk: Chunk, firstPage: number, pages: number, pool: SlabPool) {
    this.bytes = Buffer.from(chunk.memory, firstPage * PAGE_BYTES, pages * PAGE_BYTES)
    this.#chunk = chunk
    this.#firstPage = firstPage
    this.#pages = pages
    this.#pool = pool
  }
  hold(): void {
    // Its pages may be another stream's by now.
    if (this.#holders === 0) throw new Error('assertion failed: a slab that nobody holds cannot be held again')
    this.#holders++
  }
  release(): void {
    if (--this.#holders === 0) this.#pool.takeBack(this.#chunk, this.#firstPage, this.#pages, 0)
    if (this.#holders < 0) throw new Error('assertion failed: a slab is released once per holder')
  }
  /** Nothing more will be written: what lies behind the first `bytes` serves others at once. */
  trim(bytes: number): void {
    const keep = Math.max(1, Math.ceil(bytes / PAGE_BYTES))
    if (keep >= this.#pages) return
    this.#pool.takeBack(this.#chunk, this.#firstPage, this.#pages, keep)
    this.#pages = keep
  }
}

/** One part never needs more: a 25 MB frame does not exist, and streams with parts over 16 MiB are refused upstream. */
export const SLAB_BYTES_MAX = 32 * 1024 * 1024
const PAGE_BYTES = 4096
/** Fits a few pictures of a stream whose groups are not known yet. */
const SLAB_PAGES_MIN = 3
/**
 * Slabs are pieces of chunks, because memory that the collector counts must not come and go with every group of pictures: with an allocation
 * for each slab whose size was not at hand 1,000 streams had five full collections a second, three quarters of all CPU. What of a chunk has
 * never been written takes no memory.
 */
const CHUNK_PAGES = 2048
/** Kept for the next streams; beyond it a chunk in which nothing lies any more goes back to the system. */
const FREE_CHUNKS_MAX = 2

interface Chunk {
  memory: ArrayBuffer
  runs: PageRuns
}

export class SlabPool {
  /** In the order in which they were made; the first with room is used, so that the last ones fall empty. */
  readonly #chunks: Chunk[] = []
  #usedPages = 0

  /** @returns a slab of that size or a little more, holder count 1 */
  take(bytes: number): Slab {
    const pages = Math.max(SLAB_PAGES_MIN, Math.ceil(Math.min(bytes, SLAB_BYTES_MAX) / PAGE_BYTES))
    const chunk = this.#chunks.find(({ runs }) => runs.largest >= pages) ?? this.#addChunk(pages)
    this.#usedPages += pages
    return new Slab(chunk, chunk.runs.take(pages), pages, this)
  }

  /** Only for slabs. @param keep how many of its pages stay taken */
  takeBack(chunk: Chunk, firstPage: number, pages: number, keep: number): void {
    this.#usedPages -= pages - keep
    chunk.runs.give(firstPage, keep)
    if (!isEmpty(chunk)) return
    const isLarge = chunk.runs.pages > CHUNK_PAGES
    if (isLarge || this.#chunks.filter(isEmpty).length > FREE_CHUNKS_MAX)
      this.#chunks.splice(this.#chunks.indexOf(chunk), 1)
  }

  get usedBytes(): number {
    return this.#usedPages * PAGE_BYTES
  }
  get freeBytes(): number {
    let pages = 0
    for (const { runs } of this.#chunks) pages += runs.freePages
    return pages * PAGE_BYTES
  }

  #addChunk(pages: number): Chunk {
    const size = Math.max(CHUNK_PAGES, pages)
    const chunk = { memory: Buffer.allocUnsafeSlow(size * PAGE_BYTES).buffer as ArrayBuffer, runs: new PageRuns(size) }
    this.#chunks.push(chunk)
    return chunk
  }
}

function isEmpty({ runs }: Chunk): boolean {
  return runs.freePages === runs.pages
}
