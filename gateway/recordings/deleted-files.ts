import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { toIso, type Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Database } from '../store/database.ts'
import { DELETE_FILES_MAX, type DeletedFile } from './oldest-first.ts'

export interface Removed {
  /** Of files that were there. */
  bytes: number
  /** How many the disk keeps. */
  failed: number
}

/** Takes files that the index has as deleted off the disk. One that the disk keeps stands in nobody's way, and is tried again. */
export class DeletedFiles {
  readonly #deps
  readonly #failed
  /** The last one that was tried of those that were left; null: from the beginning. */
  #after: { at: string; id: string } | null = null
  #lapFault: string | null = null
  /** What the disk said when it kept one, in the last look at all of them; null: there is none. */
  fault: string | null = null

  constructor(deps: { database: Database; recordDir: string; clock: Clock; log: Log; metrics: Metrics }) {
    this.#deps = deps
    this.#failed = deps.metrics.counter(
      'vigil_recordings_unlink_failed_total',
      'Deleted files the disk keeps, by error',
    )
  }

  /** @throws Fault `database-away`; the files are found again as left */
  async remove(files: readonly DeletedFile[]): Promise<Removed> {
    const { database, clock } = this.#deps
    const gone: string[] = []
    let bytes = 0
    for (const file of files) {
      const found = await this.#unlink(file)
      if (found === null) continue
      gone.push(file.id)
      if (found) bytes += file.bytes
    }
    if (gone.length > 0) {
      const at = toIso(clock.nowMs())
      await database.execute('update recording_file set unlinked_at = $2 where id = any($1)', [gone, at])
    }
    return { bytes, failed: files.length - gone.length }
  }

  /** What a crash between row and file, or the disk, has left: the next of them. @returns bytes of those that were not tried yet */
  async removeLeft(): Promise<number> {
    const { database } = this.#deps
    if (this.#after === null) this.#lapFault = null
    const rows = await database.query<DeletedFile & { at: string }>(
      `select id, folder, bytes, deleted_at as at from recording_file
        where deleted_at is not null and unlinked_at is null and (deleted_at, id) > ($1::timestamptz, $2)
        order by deleted_at, id limit $3`,
      [this.#after?.at ?? '-infinity', this.#after?.id ?? '', DELETE_FILES_MAX],
    )
    await this.remove(rows)
    this.#after = rows.length < DELETE_FILES_MAX ? null : { at: rows.at(-1)!.at, id: rows.at(-1)!.id }
    if (this.#after === null) {
      this.fault = this.#lapFault
      return 0
    }
    const [left] = await database.query<{ bytes: number }>(
      `select coalesce(sum(bytes), 0)::double precision as bytes from recording_file
        where deleted_at is not null and unlinked_at is null and (deleted_at, id) > ($1::timestamptz, $2)`,
      [this.#after.at, this.#after.id],
    )
    return left!.bytes
  }

  /** @returns whether it was there; null: the disk keeps it */
  async #unlink({ id, folder }: DeletedFile): Promise<boolean | null> {
    const { recordDir, log } = this.#deps
    let wasThere = false
    for (const name of [`${id}.mp4`, `${id}.open.mp4`]) {
      try {
        await unlink(join(recordDir, folder, name))
        wasThere = true
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
        if (code === 'ENOENT') continue
        this.#failed.of({ code }).add()
        if (this.fault === null && this.#lapFault === null) {
          log.error('a deleted recording stays on the disk', { file: name, reason: reasonOf(error) })
        }
        this.#lapFault = code
        return null
      }
    }
    return wasThere
  }
}
