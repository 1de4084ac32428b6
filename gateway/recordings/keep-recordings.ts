import { statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { toIso, type Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database, Tx } from '../store/database.ts'
import { lockForDeletion, lockRealIncidents, NOT_LOCKED } from './lock-rows.ts'

/** A minute of eight cameras at 4 Mbit/s is 240 MB: room for it until the next turn. */
export const DISK_RESERVE_BYTES = 1024 ** 3
const TURN_MS = 10_000
/** At each turn; more are taken ten seconds later. */
const DELETE_FILES_MAX = 200
/** Until then a worker that finds an old file again is told that it was deleted. Why its time is empty stays: that is a gap of its own. */
const FORGET_AFTER_DAYS = 30
/** A file younger than this may still grow; deleting it frees nothing while a worker holds it open. */
const WRITTEN_MS = 120_000

export interface KeepRecordingsDeps {
  database: Database
  troubles: Troubles
  clock: Clock
  log: Log
  metrics: Metrics
  recordDir: string
  daysDefault: number
  /** null: as the disk allows. */
  bytesMax: number | null
  /** Free bytes of the disk; tests give one of their own. */
  freeBytes?: () => Promise<number>
}

interface DeletableFile {
  id: string
  folder: string
  bytes: number
}

/**
 * Deletes recordings that have been kept their days, and the oldest when there is no room. What an incident's lock covers is never
 * deleted, whatever happens. The row says `deleted` before the file goes: what is in the index is there.
 */
export class KeepRecordings {
  readonly #deps: KeepRecordingsDeps
  readonly #deleted
  readonly #failed
  #timer: NodeJS.Timeout | null = null
  #isTurning = false

  constructor(deps: KeepRecordingsDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#deleted = metrics.counter('vigil_recordings_deleted_total', 'Files of recordings deleted, by why')
    this.#failed = metrics.counter('vigil_recordings_sweeps_failed_total', 'Sweeps of recordings that failed').of()
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Never rejects. Public for tests. */
  async turn(): Promise<void> {
    if (this.#isTurning) return
    this.#isTurning = true
    try {
      await this.#deps.database.tx((tx) => lockRealIncidents(tx, toIso(this.#deps.clock.nowMs())))
      await this.#deleteExpired()
      await this.#makeRoom()
      await this.#unlinkDeleted()
      await this.#forgetDeleted()
    } catch (error) {
      this.#failed.add()
      this.#deps.log.warn('recordings could not be swept', { reason: reasonOf(error) })
    } finally {
      this.#isTurning = false
    }
  }

  /** A worker's disk refuses to write: room is made at once. */
  async diskFault(workerId: string, fault: string | null): Promise<void> {
    const { troubles } = this.#deps
    if (fault === null) return await troubles.restoreNow('program', workerId, 'recording-fails')
    const detail = `${workerId} cannot write recordings (${fault}); live pictures and alarms are not touched`
    await troubles.raiseNow({ subjectKind: 'program', subjectId: workerId, code: 'recording-fails', detail })
    void this.turn()
  }

  async #deleteExpired(): Promise<void> {
    const { database, clock, daysDefault } = this.#deps
    const files = await database.tx(async (tx) => {
      await lockForDeletion(tx)
      const rows = await tx.query<DeletableFile>(
        `select f.id, f.folder, f.bytes from recording_file f
           left join camera c on c.id = f.camera_id left join site s on s.id = c.body ->> 'siteId'
          where f.deleted_at is null and ${NOT_LOCKED}
            and f.ended_at < $1::timestamptz - coalesce((s.body ->> 'recordDays')::int, $2::int) * interval '1 day'
          order by f.started_at limit $3 for update of f`,
        [toIso(clock.nowMs()), daysDefault, DELETE_FILES_MAX],
      )
      await this.#markDeleted(tx, rows, 'kept its days')
      return rows
    })
    this.#deleted.of({ why: 'days' }).add(files.length)
  }

  async #makeRoom(): Promise<void> {
    const { database, troubles, bytesMax } = this.#deps
    const [{ kept } = { kept: 0 }] = await database.query<{ kept: number }>(
      'select coalesce(sum(bytes), 0)::double precision as kept from recording_file where deleted_at is null',
    )
    const over = bytesMax === null ? 0 : kept - bytesMax
    const short = DISK_RESERVE_BYTES - (await this.#free())
    const needed = Math.max(over, short)
    if (needed <= 0) return await troubles.restoreNow('program', 'recordings', 'recording-space')
    const freed = await database.tx(async (tx) => {
      await lockForDeletion(tx)
      const rows = await tx.query<DeletableFile>(
        `select f.id, f.folder, f.bytes from recording_file f
          where f.deleted_at is null and f.ended_at < $2 and ${NOT_LOCKED}
          order by f.started_at limit $1 for update of f`,
        [DELETE_FILES_MAX, toIso(this.#deps.clock.nowMs() - WRITTEN_MS)],
      )
      let bytes = 0
      const chosen: DeletableFile[] = []
      for (const row of rows) {
        if (bytes >= needed) break
        chosen.push(row)
        bytes += row.bytes
      }
      await this.#markDeleted(tx, chosen, 'made room for newer ones')
      this.#deleted.of({ why: 'room' }).add(chosen.length)
      return bytes
    })
    const what = over >= short ? `the limit of ${gigabytes(bytesMax ?? 0)} is reached` : 'the disk is full'
    const done = freed >= needed ? 'the oldest were deleted' : 'and what is left is locked or cannot be deleted'
    const detail = `recordings: ${what}, ${done}`
    await troubles.raiseNow({ subjectKind: 'program', subjectId: 'recordings', code: 'recording-space', detail })
  }

  /** Their time becomes a gap with its reason, their rows go, all in one transaction. */
  async #markDeleted(tx: Tx, files: readonly DeletableFile[], why: string): Promise<void> {
    if (files.length === 0) return
    const ids = files.map((file) => file.id)
    await tx.execute(
      `insert into recording_gap (camera_id, from_at, to_at, reason, detail)
       select camera_id, started_at, ended_at, 'deleted', $2 from recording_file where id = any($1)
       on conflict (camera_id, from_at, reason) do nothing`,
      [ids, why],
    )
    await tx.execute('delete from recording_segment where file_id = any($1)', [ids])
    await tx.execute('update recording_file set deleted_at = $2 where id = any($1)', [
      ids,
      toIso(this.#deps.clock.nowMs()),
    ])
  }

  /** Also what a crash between row and file has left. */
  async #unlinkDeleted(): Promise<void> {
    const { database, recordDir, clock } = this.#deps
    const rows = await database.query<DeletableFile>(
      `select id, folder, bytes from recording_file where deleted_at is not null and unlinked_at is null
        order by deleted_at limit $1`,
      [DELETE_FILES_MAX],
    )
    for (const { id, folder } of rows) {
      for (const name of [`${id}.mp4`, `${id}.open.mp4`]) {
        await unlink(join(recordDir, folder, name)).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error
        })
      }
      await database.execute('update recording_file set unlinked_at = $2 where id = $1', [id, toIso(clock.nowMs())])
    }
  }

  async #forgetDeleted(): Promise<void> {
    const { database, clock } = this.#deps
    await database.execute(
      `delete from recording_file where id in (
         select id from recording_file where unlinked_at < $1::timestamptz - $2::int * interval '1 day' limit $3)`,
      [toIso(clock.nowMs()), FORGET_AFTER_DAYS, DELETE_FILES_MAX],
    )
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

function gigabytes(bytes: number): string {
  return `${Math.round(bytes / 1e9)} GB`
}
