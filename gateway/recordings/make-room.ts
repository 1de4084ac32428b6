import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../domain/clock.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Database } from '../store/database.ts'
import type { DeletedFiles, Removed } from './deleted-files.ts'
import { DELETE_FILES_MAX, OldestFirst, type Taken } from './oldest-first.ts'

/** A minute of eight cameras at 4 Mbit/s is 240 MB: room for it until the next turn. */
export const DISK_RESERVE_BYTES = 1024 ** 3
/** A file younger than this may still grow; deleting it frees nothing while a worker holds it open. */
const WRITTEN_MS = 120_000
/** What is younger stays while the disk has room, whatever the limit says. */
const YOUNG_MS = 24 * 3600_000
/** Kept bytes are added up so often: a few milliseconds for each terabyte. */
const SUM_MS = 60_000
/** Locked files that a turn walks past: a second of the database at the very most. */
const WINDOWS = 10
/** A disk that shows freed room later than at once (btrfs, ZFS) does so within this. */
const SETTLE_MS = 8_000
const SETTLE_STEP_MS = 1_000
/** Deleting has helped when so much of it is seen; others write meanwhile. */
const SEEN_SHARE = 0.1
/** After a deletion that freed nothing one file is tried, so much later, then after twice as long, at last each hour. */
const AGAIN_FIRST_MS = 60_000
const AGAIN_LONGEST_MS = 3600_000

export interface MakeRoomDeps {
  database: Database
  clock: Clock
  metrics: Metrics
  recordDir: string
  /** null: as the disk allows. */
  bytesMax: number | null
  /** Free bytes of the disk; tests give one of their own. */
  freeBytes?: (() => Promise<number>) | undefined
  settleMs?: number | undefined
}

/** undefined: the walk along what is kept has not come to an end, whatever was said before holds on. */
type Words = string | null | undefined

/**
 * Deletes the oldest recordings while there is too little room. Two kinds of too little: the limit that somebody has set lets go what is
 * closed and older than a day; a disk that is full lets go everything that is not locked, closed incidents first. When deleting frees
 * nothing it stops, since all that is left would go for nothing.
 */
export class MakeRoom {
  readonly #deps: MakeRoomDeps
  readonly #files: DeletedFiles
  readonly #deleted
  readonly #overLimit: OldestFirst
  readonly #closed: OldestFirst
  readonly #any: OldestFirst
  #kept = 0
  #summedMs = -Infinity
  #futile: { words: string; waitMs: number; untilMs: number } | null = null

  constructor(deps: MakeRoomDeps, files: DeletedFiles) {
    this.#deps = deps
    this.#files = files
    this.#deleted = deps.metrics.counter('vigil_recordings_deleted_total', 'Files of recordings deleted, by why')
    const walk = { ...deps, why: 'made room for newer ones', windows: WINDOWS }
    this.#overLimit = new OldestFirst({ ...walk, staysFor: 'w.is_open' })
    this.#closed = new OldestFirst({ ...walk, staysFor: 'w.is_open' })
    this.#any = new OldestFirst({ ...walk, staysFor: 'false' })
  }

  /**
   * @param coming bytes that are deleted and not yet off the disk, without any that the disk keeps
   * @returns what the desk is told; null: there is room
   */
  async turn(coming: number): Promise<Words> {
    const limit = await this.#keepLimit()
    const disk = await this.#keepReserve(coming)
    return disk === null ? limit : disk
  }

  async #keepLimit(): Promise<Words> {
    const { database, clock, bytesMax } = this.#deps
    if (bytesMax === null) return null
    if (clock.monotonicMs() - this.#summedMs >= SUM_MS) {
      const [row] = await database.query<{ kept: number }>(
        'select coalesce(sum(bytes), 0)::double precision as kept from recording_file where deleted_at is null',
      )
      this.#kept = row!.kept
      this.#summedMs = clock.monotonicMs()
    }
    const over = this.#kept - bytesMax
    if (over <= 0) return null
    const beforeMs = clock.nowMs() - YOUNG_MS
    const taken = await this.#overLimit.take({ beforeMs, bytes: over, files: DELETE_FILES_MAX })
    await this.#remove(taken)
    this.#kept -= taken.bytes
    const what = `the limit of ${Math.round(bytesMax / 1e9)} GB is reached`
    if (taken.bytes >= over || !taken.isAll) return taken.bytes > 0 ? `${what}, the oldest were deleted` : undefined
    return `${what}, what is left is locked, of open incidents or not a day old and stays while the disk has room`
  }

  async #keepReserve(coming: number): Promise<Words> {
    const { clock } = this.#deps
    const before = await this.#free()
    const short = DISK_RESERVE_BYTES - before
    if (short <= 0) {
      this.#futile = null
      return null
    }
    if (this.#futile && clock.monotonicMs() < this.#futile.untilMs) return this.#futile.words
    if (short - coming <= 0) return undefined
    const wish = {
      beforeMs: clock.nowMs() - WRITTEN_MS,
      bytes: short - coming,
      files: this.#futile ? 1 : DELETE_FILES_MAX,
    }
    let taken = await this.#closed.take(wish)
    let done = 'the oldest were deleted'
    if (taken.isAll && taken.files.length === 0) {
      taken = await this.#any.take(wish)
      done = 'the oldest were deleted, also of open incidents'
    }
    if (taken.files.length === 0) return taken.isAll ? 'the disk is full, what is left is locked' : undefined
    const removed = await this.#remove(taken)
    const why = await this.#whyFutile(removed, before)
    if (why !== null) return this.#stop(`the disk is full, ${why}`)
    this.#futile = null
    return `the disk is full, ${done}`
  }

  async #remove({ files }: Taken): Promise<Removed> {
    this.#deleted.of({ why: 'room' }).add(files.length)
    return await this.#files.remove(files)
  }

  /** Null: the disk has more room than before, or there was nothing on it of what was deleted. */
  async #whyFutile({ bytes, failed }: Removed, before: number): Promise<string | null> {
    if (bytes === 0) return failed > 0 ? 'and nothing can be deleted from it: no more is tried for now' : null
    const { settleMs = SETTLE_MS } = this.#deps
    for (let waitedMs = 0; ; waitedMs += SETTLE_STEP_MS) {
      if ((await this.#free()) - before >= bytes * SEEN_SHARE) return null
      if (waitedMs >= settleMs) return 'and deleting frees nothing (has it snapshots?): no more is deleted for now'
      await sleep(SETTLE_STEP_MS, undefined, { ref: false })
    }
  }

  #stop(words: string): string {
    const waitMs = Math.min(this.#futile ? this.#futile.waitMs * 2 : AGAIN_FIRST_MS, AGAIN_LONGEST_MS)
    this.#futile = { words, waitMs, untilMs: this.#deps.clock.monotonicMs() + waitMs }
    return words
  }

  async #free(): Promise<number> {
    if (this.#deps.freeBytes) return await this.#deps.freeBytes()
    try {
      const { bavail, bsize } = await statfs(this.#deps.recordDir)
      return bavail * bsize
    } catch (error) {
      // No worker has recorded yet: there is no folder to ask.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Infinity
      throw error
    }
  }
}
