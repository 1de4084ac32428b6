import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf } from '../../domain/fault.ts'
import { JournalReader } from '../intake/journal/reader.ts'
import { JournalTail, type TailDeps } from './journal-tail.ts'

/** A new intake's journal is found within this. */
const LOOK_MS = 1_000
/** Edges that may write beside each other. */
const JOURNALS_MAX = 32

/** Follows every journal in the folder; each intake writes its own. */
export class JournalTails {
  readonly #root: string
  readonly #deps: Omit<TailDeps, 'reader'>
  readonly #tails = new Map<string, JournalTail>()
  #timer: NodeJS.Timeout | null = null

  /** @param root VIGIL_JOURNAL_DIR */
  constructor(root: string, deps: Omit<TailDeps, 'reader'>) {
    this.#root = root
    this.#deps = deps
  }

  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true })
    await this.#look()
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await Promise.all([...this.#tails.values()].map((tail) => tail.stop()))
  }

  /** The database is back: no need to wait for the next look. */
  kick(): void {
    for (const tail of this.#tails.values()) tail.kick()
  }

  async #look(): Promise<void> {
    try {
      for (const entry of await readdir(this.#root, { withFileTypes: true })) {
        const journal = entry.name
        if (!entry.isDirectory() || this.#tails.has(journal) || this.#tails.size >= JOURNALS_MAX) continue
        const { log } = this.#deps
        const reader = new JournalReader({ folder: join(this.#root, journal), journal, log })
        const tail = new JournalTail({ ...this.#deps, reader })
        this.#tails.set(journal, tail)
        tail.start()
        log.info('following a journal', { journal })
      }
    } catch (error) {
      this.#deps.log.error('the journals cannot be looked for', { reason: reasonOf(error) })
    }
  }
}
