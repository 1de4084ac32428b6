import { toIso, type Clock } from '../../domain/clock.ts'
import type { Database, Tx } from '../store/database.ts'
import { lockForDeletion, WANTED, wantedByNone } from './lock-rows.ts'
import { MS } from './recording-rows.ts'

export interface DeletedFile {
  id: string
  folder: string
  bytes: number
}

export interface Wish {
  /** Only what ended before. */
  beforeMs: number
  /** So many bytes are enough. */
  bytes: number
  /** No more at once. */
  files: number
  /** Of `staysFor` and `mayGo`. */
  values?: readonly unknown[]
}

export interface Taken {
  files: DeletedFile[]
  bytes: number
  /** Nothing else can be taken now. */
  isAll: boolean
}

/** At each turn; more are taken ten seconds later. */
export const DELETE_FILES_MAX = 200
/** Files that one statement looks at: about 20 ms. */
const WINDOW_FILES = 5_000
/** What was passed is looked at again so much later: a lock may have been released meanwhile, an incident closed. */
const LAP_MS = 300_000
/** Longer than any file: one that began before the end of a lap and ended after it is not passed. */
const FILE_LONGEST_MS = 600_000

export interface OldestFirstOptions {
  database: Database
  clock: Clock
  /** SQL for what an incident wants `w` of a file `f`: for this it stays, as it does for a lock. Its own parameters begin with `$5`. */
  staysFor: string
  /** SQL for a file `f` alone: it may go. */
  mayGo?: string
  /** For the gap that is left. */
  why: string
  /** How many windows one call looks at. */
  windows: number
}

/**
 * Marks files as deleted, the oldest first, and none that is locked. It walks along those that stand and remembers how far it came, so
 * that a turn costs the same however many have to stay.
 */
export class OldestFirst {
  readonly #options: OldestFirstOptions
  #fromMs = 0
  #lapMs = -Infinity
  /** Behind the place that was reached nothing is owed: a new lap may begin. */
  #isDone = true

  constructor(options: OldestFirstOptions) {
    this.#options = options
  }

  /** @throws Fault `database-away` */
  async take(wish: Wish): Promise<Taken> {
    const { clock, windows } = this.#options
    if (this.#isDone && clock.monotonicMs() - this.#lapMs >= LAP_MS) {
      this.#lapMs = clock.monotonicMs()
      this.#fromMs = 0
    }
    const taken: Taken = { files: [], bytes: 0, isAll: false }
    for (let i = 0; i < windows && !taken.isAll; i++) {
      const files = wish.files - taken.files.length
      const bytes = wish.bytes - taken.bytes
      if (files <= 0 || bytes <= 0) break
      const found = await this.#window({ ...wish, files, bytes })
      taken.files.push(...found.files)
      taken.bytes += found.bytes
      taken.isAll = found.isAll
    }
    this.#isDone = taken.isAll || taken.bytes >= wish.bytes
    return taken
  }

  async #window(wish: Wish): Promise<Taken> {
    const { database, clock, staysFor, mayGo = 'true', why } = this.#options
    const fromMs = Math.min(this.#fromMs, Math.max(0, wish.beforeMs - FILE_LONGEST_MS))
    const [taken, reachedMs] = await database.tx(async (tx): Promise<[Taken, number]> => {
      await lockForDeletion(tx)
      const [window] = await tx.query<{ files: number; lastMs: number | null; endMs: number | null }>(
        `select count(*)::int as files, ${MS('max(started_at)')} as "lastMs", ${MS('max(ended_at)')} as "endMs"
           from (select started_at, ended_at from recording_file where deleted_at is null and started_at >= $1
                    and started_at < $2 order by started_at limit $3) f`,
        [toIso(fromMs), toIso(wish.beforeMs), WINDOW_FILES],
      )
      const { files: count, lastMs, endMs } = window!
      if (lastMs === null || endMs === null) return [{ files: [], bytes: 0, isAll: true }, wish.beforeMs]
      const isLast = count < WINDOW_FILES
      // Those of one millisecond alone would be looked at for ever.
      const toMs = isLast ? wish.beforeMs : Math.max(Math.floor(lastMs), fromMs + 1)
      const bounds = [toIso(fromMs), toIso(Math.ceil(endMs))]
      const rows = await tx.query<DeletedFile & { atMs: number }>(
        // By itself: planned together with the limit, each file is compared with everything that is wanted.
        `with ${WANTED}, free as materialized (
           select f.* from recording_file f
            where f.deleted_at is null and f.started_at >= $1 and f.started_at < $3 and f.ended_at < $4
              and ${wantedByNone(`w.is_locked or ${staysFor}`)} and ${mayGo}
         ) select id, folder, bytes, ${MS('started_at')} as "atMs" from free order by started_at limit ${wish.files}`,
        [...bounds, toIso(toMs), toIso(wish.beforeMs), ...(wish.values ?? [])],
      )
      let bytes = 0
      const chosen = rows.filter((row) => bytes < wish.bytes && (bytes += row.bytes) > 0)
      const files = await markDeleted(tx, chosen, [...bounds, why, toIso(clock.nowMs())])
      const isWhole = rows.length < wish.files && chosen.length === rows.length
      const reached = isWhole ? toMs : Math.floor(chosen.at(-1)?.atMs ?? fromMs)
      const marked = files.reduce((sum, file) => sum + file.bytes, 0)
      return [{ files, bytes: marked, isAll: isWhole && isLast }, reached]
    })
    this.#fromMs = reachedMs
    return taken
  }
}

/** Their time becomes a gap with its reason, their rows go, all in one transaction. @returns those that no lock has caught meanwhile */
async function markDeleted(tx: Tx, files: readonly DeletedFile[], values: readonly string[]): Promise<DeletedFile[]> {
  if (files.length === 0) return []
  const gone = await tx.query<DeletedFile>(
    `with ${WANTED}, gone as (
       update recording_file f set deleted_at = $4
        where f.id = any($5) and f.deleted_at is null and ${wantedByNone('w.is_locked')}
       returning id, folder, bytes, camera_id, started_at, ended_at
     ), gap as (
       insert into recording_gap (camera_id, from_at, to_at, reason, detail)
       select camera_id, started_at, ended_at, 'deleted', $3 from gone
       on conflict (camera_id, from_at, reason) do nothing
     ) select id, folder, bytes from gone`,
    [...values, files.map((file) => file.id)],
  )
  await tx.execute('delete from recording_segment where file_id = any($1)', [gone.map((file) => file.id)])
  return gone
}
