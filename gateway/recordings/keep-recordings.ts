import { toIso, type Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import { DeletedFiles } from './deleted-files.ts'
import { lockRealIncidents } from './lock-rows.ts'
import { MakeRoom } from './make-room.ts'
import { DELETE_FILES_MAX, OldestFirst } from './oldest-first.ts'

const TURN_MS = 10_000
const DAY_MS = 24 * 3600_000
/** Until then a worker that finds an old file again is told that it was deleted. Why its time is empty stays: that is a gap of its own. */
const FORGET_AFTER_DAYS = 30
/** Incidents closed so long ago have had their lock, whatever a clock or a row that came late did; the first turn looks at all. */
const LOCK_SINCE_MS = 2 * DAY_MS

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
  /** How long a disk may take to show freed room; tests do not wait. */
  settleMs?: number
}

/**
 * Deletes recordings that have been kept their days, and the oldest when there is no room. What an incident's lock covers is never
 * deleted, whatever happens. The row says `deleted` before the file goes: what is in the index is there.
 */
export class KeepRecordings {
  readonly #deps: KeepRecordingsDeps
  readonly #deleted
  readonly #failed
  readonly #files: DeletedFiles
  readonly #room: MakeRoom
  readonly #expired: OldestFirst
  /** What the desk was told, by code. */
  readonly #told = new Map<string, string>()
  #lockSinceMs = 0
  #timer: NodeJS.Timeout | null = null
  #isTurning = false

  constructor(deps: KeepRecordingsDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#deleted = metrics.counter('vigil_recordings_deleted_total', 'Files of recordings deleted, by why')
    this.#failed = metrics.counter('vigil_recordings_sweeps_failed_total', 'Steps of the sweep that failed, by step')
    this.#files = new DeletedFiles(deps)
    this.#room = new MakeRoom(deps, this.#files)
    // The larger of the days that the camera's site says and that the incident's site says.
    const isYoung = (days: string) => `f.ended_at >= $5::timestamptz - coalesce(${days}, $6::int) * interval '1 day'`
    const ofCamera = `(select (s.body ->> 'recordDays')::int from camera c join site s on s.id = c.body ->> 'siteId'
      where c.id = f.camera_id)`
    const staysFor = `w.site_id is not null and ${isYoung('w.days')}`
    const mayGo = `not (${isYoung(ofCamera)})`
    this.#expired = new OldestFirst({ ...deps, staysFor, mayGo, why: 'kept its days', windows: 1 })
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Never rejects; a step that fails is no reason for the next one to wait. Public for tests. */
  async turn(): Promise<void> {
    if (this.#isTurning) return
    this.#isTurning = true
    let coming = 0
    await this.#step('lock', () => this.#lockReal())
    await this.#step('days', () => this.#deleteExpired())
    await this.#step('unlink', async () => {
      coming = await this.#files.removeLeft()
      const { fault } = this.#files
      const detail = `deleted recordings stay on the disk (${fault ?? ''}), it is tried again and again`
      await this.#tell('recording-stays', fault === null ? null : detail)
    })
    await this.#step('room', async () => {
      const words = await this.#room.turn(coming)
      if (words === undefined) return
      const detail = `recordings: ${words ?? ''}`
      await this.#tell('recording-space', words === null ? null : detail)
    })
    await this.#step('forget', () => this.#forgetDeleted())
    this.#isTurning = false
  }

  /** A worker's disk refuses to write: room is made at once. */
  async diskFault(workerId: string, fault: string | null): Promise<void> {
    const { troubles } = this.#deps
    if (fault === null) return await troubles.restoreNow('program', workerId, 'recording-fails')
    const detail = `${workerId} cannot write recordings (${fault}); live pictures and alarms are not touched`
    await troubles.raiseNow({ subjectKind: 'program', subjectId: workerId, code: 'recording-fails', detail })
    void this.turn()
  }

  async #step(step: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#failed.of({ step }).add()
      this.#deps.log.warn('a step of the sweep of recordings failed', { step, reason: reasonOf(error) })
    }
  }

  /** Raises, says it in new words when something else is the case now, restores. */
  async #tell(code: string, detail: string | null): Promise<void> {
    const { troubles } = this.#deps
    if (detail === null) {
      this.#told.delete(code)
      return await troubles.restoreNow('program', 'recordings', code)
    }
    const trouble = { subjectKind: 'program' as const, subjectId: 'recordings', code, detail }
    if (!troubles.stands('program', 'recordings', code)) await troubles.raiseNow(trouble)
    else if (this.#told.get(code) !== detail) await troubles.changeNow(trouble)
    this.#told.set(code, detail)
  }

  async #lockReal(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    await lockRealIncidents(this.#deps.database, this.#lockSinceMs, toIso(nowMs))
    this.#lockSinceMs = nowMs - LOCK_SINCE_MS
  }

  async #deleteExpired(): Promise<void> {
    const { database, clock, daysDefault } = this.#deps
    const [fewest] = await database.query<{ days: number }>(
      `select least($1::int, min((body ->> 'recordDays')::int)) as days from site`,
      [daysDefault],
    )
    const nowMs = clock.nowMs()
    const wish = { beforeMs: nowMs - fewest!.days * DAY_MS, bytes: Infinity, files: DELETE_FILES_MAX }
    const { files } = await this.#expired.take({ ...wish, values: [toIso(nowMs), daysDefault] })
    this.#deleted.of({ why: 'days' }).add(files.length)
    await this.#files.remove(files)
  }

  async #forgetDeleted(): Promise<void> {
    const { database, clock } = this.#deps
    await database.execute(
      `delete from recording_file where id in (
         select id from recording_file where unlinked_at < $1::timestamptz - $2::int * interval '1 day' limit $3)`,
      [toIso(clock.nowMs()), FORGET_AFTER_DAYS, DELETE_FILES_MAX],
    )
  }
}
