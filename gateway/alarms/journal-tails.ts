import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf } from '../../domain/fault.ts'
import { JournalReader } from '../intake/journal/reader.ts'
import { JournalTail, type TailDeps } from './journal-tail.ts'
import { SelfWatch } from './self-watch.ts'

/** A new intake's journal is found within this. */
const LOOK_MS = 1_000
/** Edges that may write beside each other. */
const JOURNALS_MAX = 32

export type TailsDeps = Omit<TailDeps, 'reader' | 'selfWatch'>

/** Follows every journal in the folder; each intake writes its own. */
export class JournalTails {
  readonly #root: string
  readonly #deps: TailsDeps
  readonly #selfWatch: SelfWatch
  readonly #tails = new Map<string, JournalTail>()
  #hasLooked = false
  #timer: NodeJS.Timeout | null = null

  /** @param root VIGIL_JOURNAL_DIR */
  constructor(root: string, deps: TailsDeps) {
    this.#root = root
    this.#deps = deps
    this.#selfWatch = new SelfWatch(deps)
  }

  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true })
    await this.#look()
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#selfWatch.start()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#selfWatch.stop()
    await Promise.all([...this.#tails.values()].map((tail) => tail.stop()))
  }

  /** Signals of some journal take effect late or not at all although the database answers. */
  get isStruggling(): boolean {
    return [...this.#tails.values()].some((tail) => tail.isStruggling)
  }

  /** Everything that is in the journals has taken effect, as far as is known. */
  isCaughtUp(): boolean {
    return this.#hasLooked && [...this.#tails.values()].every((tail) => tail.isCaughtUp)
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
        const tail = new JournalTail({ ...this.#deps, selfWatch: this.#selfWatch, reader })
        this.#tails.set(journal, tail)
        tail.start()
        log.info('following a journal', { journal })
      }
      this.#hasLooked = true
    } catch (error) {
      this.#deps.log.error('the journals cannot be looked for', { reason: reasonOf(error) })
    }
  }
}
