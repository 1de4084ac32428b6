import type { Camera } from '../../domain/camera.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CameraReport } from '../../domain/wire/streamers.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database, Queryable, Tx } from '../store/database.ts'
import { writeAllBut } from '../store/write-all-but.ts'
import { toCamera, type CameraRow } from './camera-row.ts'
import { follow, isBadState, turned, writeTroubles, type Followed } from './camera-troubles.ts'

/** A new reason in the same state is told this often at most. */
const REASON_EVERY_MS = 10_000
const HEALTH_EVERY_MS = 60_000

export interface CameraStatesDeps {
  database: Database
  events: EventLog
  troubles: Troubles
  clock: Clock
  log: Log
  metrics: Metrics
}

/**
 * What the streamers say about cameras becomes rows, events and troubles; with hysteresis, in one transaction a turn, and with more where
 * the database refuses a row.
 */
export class CameraStates {
  readonly #deps: CameraStatesDeps
  readonly #cameras = new Map<string, Followed>()
  readonly #failed
  #writing = false
  #lastHealthMs: number

  constructor(deps: CameraStatesDeps) {
    this.#deps = deps
    this.#lastHealthMs = deps.clock.monotonicMs()
    this.#failed = deps.metrics.counter('vigil_camera_states_failed_total', 'Writes of camera states that failed').of()
  }

  /** The cameras that exist now; what is known about each is kept. */
  setCameras(rows: readonly CameraRow[]): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const ids = new Set(rows.map((row) => row.id))
    for (const id of this.#cameras.keys()) if (!ids.has(id)) this.#cameras.delete(id)
    for (const row of rows) {
      const followed = this.#cameras.get(row.id)
      // Our own copy of the state is newer than a row that was read while it was being written.
      if (followed) {
        const { state, state_reason, state_at, stream } = followed.row
        followed.row = { ...row, state, state_reason, state_at, stream }
        continue
      }
      this.#cameras.set(row.id, follow(row, nowMs, this.#deps.troubles))
    }
  }

  report(reports: readonly CameraReport[]): void {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const report of reports) {
      const followed = this.#cameras.get(report.id)
      if (!followed) continue
      const isBad = isBadState(report.state)
      // `connecting` says nothing new about a camera that was dark before it.
      const isUndecided = report.state === 'connecting'
      if (!isUndecided && isBad !== followed.isBad) turned(followed, isBad, nowMs)
      const { state } = followed.report ?? followed.row
      followed.report = isUndecided && isBadState(state) ? { ...report, state } : report
      followed.isOrphan = false
    }
  }

  /** Nobody serves these any more: their last picture is old. */
  orphan(cameraIds: readonly string[], reason: string): void {
    for (const id of cameraIds) {
      const followed = this.#cameras.get(id)
      if (!followed?.report || followed.report.state === 'idle') continue
      followed.report = { ...followed.report, state: 'offline', reason, bitrateBps: null }
      followed.isOrphan = true
    }
  }

  counts(): { online: number; wanted: number } {
    let online = 0
    let wanted = 0
    for (const { row, report } of this.#cameras.values()) {
      if (!row.enabled) continue
      const state = report?.state ?? row.state
      if (state === 'online') online++
      if (row.body.warm || state !== 'idle') wanted++
    }
    return { online, wanted }
  }

  /** As they are now, from memory. */
  rows(): CameraRow[] {
    return [...this.#cameras.values()].map(({ row }) => row)
  }

  camera(id: string): Camera | null {
    const followed = this.#cameras.get(id)
    return followed ? toCamera(followed.row) : null
  }

  /** Writes what has changed. Never throws: what could not be written is tried again at the next turn. */
  async write(): Promise<void> {
    if (this.#writing) return
    this.#writing = true
    const { troubles, clock, log } = this.#deps
    const steps = [
      () => this.#writeStates(),
      () => writeTroubles(this.#cameras.values(), troubles, clock.monotonicMs()),
      () => this.#writeHealth(),
    ]
    for (const step of steps) {
      try {
        await step()
      } catch (error) {
        this.#failed.add()
        log.debug('camera states could not be written', { reason: reasonOf(error) })
        // Without the database none of the others goes either; else a state that cannot be stored keeps no dark camera from being told.
        if (error instanceof Fault) break
      }
    }
    this.#writing = false
  }

  async #writeStates(): Promise<void> {
    const changed = [...this.#cameras.values()].filter((followed) => this.#hasNews(followed))
    const stateAt = toIso(this.#deps.clock.nowMs())
    await writeAllBut(
      changed,
      (some) => this.#writeSome(some, stateAt),
      (followed, error) => this.#refused(followed, error),
    )
  }

  /** Its state stays untold until the database takes it; the trouble of a dark one is told all the same. */
  #refused(followed: Followed, error: unknown): void {
    const { clock, log } = this.#deps
    followed.refusedAtMs = clock.monotonicMs()
    this.#failed.add()
    log.warn('the database refuses the state of a camera', { camera: followed.row.id, reason: reasonOf(error) })
  }

  async #writeSome(changed: readonly Followed[], stateAt: string): Promise<void> {
    const { events, clock } = this.#deps
    const rows = changed.map(({ row, report }) => withReport(row, report!, stateAt))
    await events.transact(async (tx) => {
      await updateStates(tx, rows)
      await insertHealth(
        tx,
        stateAt,
        changed.map(({ report }) => report!),
      )
      const told: NewEvent[] = rows.map((row) => ({
        kind: 'camera',
        action: row.state,
        subjectId: row.id,
        actor: 'centre',
        body: toCamera(row),
      }))
      await events.appendAll(tx, told)
    })
    changed.forEach((followed, i) => {
      const { state, state_reason, state_at, stream } = rows[i]!
      followed.row = { ...followed.row, state, state_reason, state_at, stream }
      followed.toldAtMs = clock.monotonicMs()
    })
  }

  #hasNews({ row, report, toldAtMs, refusedAtMs }: Followed): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    if (!report || nowMs - refusedAtMs < REASON_EVERY_MS) return false
    if (report.state !== row.state) return true
    const { codec = null, widthPx = null, heightPx = null } = row.stream
    const hasStream = report.codec !== null
    if (hasStream && (report.codec !== codec || report.widthPx !== widthPx || report.heightPx !== heightPx)) return true
    return report.reason !== row.state_reason && nowMs - toldAtMs >= REASON_EVERY_MS
  }

  async #writeHealth(): Promise<void> {
    const { database, clock } = this.#deps
    const nowMs = clock.monotonicMs()
    if (nowMs - this.#lastHealthMs < HEALTH_EVERY_MS) return
    this.#lastHealthMs = nowMs
    const reports = [...this.#cameras.values()].flatMap(({ report }) =>
      report && report.state !== 'idle' ? [report] : [],
    )
    await writeAllBut(
      reports,
      (some) => insertHealth(database, toIso(clock.nowMs()), some),
      () => this.#failed.add(),
    )
  }
}

function withReport(row: CameraRow, report: CameraReport, stateAt: string): CameraRow {
  // Where a camera is dark, what it showed last is still the best that is known about its picture.
  const { codec, widthPx, heightPx } = report
  const stream = codec === null ? row.stream : { codec, widthPx, heightPx }
  const reason = report.state === 'online' ? null : report.reason
  return { ...row, state: report.state, state_reason: reason, state_at: stateAt, stream }
}

async function updateStates(tx: Tx, rows: readonly CameraRow[]): Promise<void> {
  await tx.execute(
    `update camera c set state = r.state, state_reason = r.reason, state_at = r.at, stream = r.stream
     from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[]) as r (id, state, reason, at, stream)
     where c.id = r.id`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.state),
      rows.map((row) => row.state_reason),
      rows.map((row) => row.state_at),
      rows.map((row) => JSON.stringify(row.stream)),
    ],
  )
}

/** Each change, and once a minute how it stands. */
async function insertHealth(database: Queryable, at: string, reports: readonly CameraReport[]): Promise<void> {
  await database.execute(
    `insert into camera_health (camera_id, at, state, reason, bitrate_bps)
     select id, $1, state, reason, bps from unnest($2::text[], $3::text[], $4::text[], $5::real[]) as r (id, state, reason, bps)`,
    [
      at,
      reports.map((report) => report.id),
      reports.map((report) => report.state),
      reports.map((report) => report.reason),
      reports.map((report) => report.bitrateBps),
    ],
  )
}
