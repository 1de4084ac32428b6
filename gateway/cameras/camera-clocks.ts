import { CLOCK_OFF_MS } from '../../domain/camera.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { ClockReading, OnvifDoor } from '../../devices/camera/onvif-door.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import { toCamera, type CameraRow } from './camera-row.ts'
import { onvifTarget } from './examine-camera.ts'

/** A clock that is not set runs away by seconds a day; ten minutes are soon enough. */
export const CLOCK_EVERY_MS = 600_000
/** Four cameras a second: a thousand in four minutes. */
const CAMERAS_PER_TURN = 8
const TURN_MS = 2_000
/** The answer has whole seconds: nearer than this to the limit it would come and go. */
const CLOCK_GOOD_MS = 1_000
/** A smaller change is that of our measuring. */
const TOLD_STEP_MS = 750

export interface CameraClocksDeps {
  database: Database
  events: EventLog
  troubles: Troubles
  onvif: Pick<OnvifDoor, 'readClock'>
  allowed: AllowedAddresses
  clock: Clock
  log: Log
  metrics: Metrics
  /** After rows have changed. */
  reload: () => Promise<void>
}

/**
 * Asks every ONVIF camera for its time, by turns, without a login. A wrong clock is a trouble in words; what cameras that are off do
 * to logins is the door's business, which signs with the camera's own time.
 */
export class CameraClocks {
  readonly #deps: CameraClocksDeps
  readonly #asked
  #timer: NodeJS.Timeout | null = null
  #isTurning = false

  constructor(deps: CameraClocksDeps) {
    this.#deps = deps
    this.#asked = deps.metrics.counter('vigil_camera_clocks_total', 'Times of cameras asked for, by result')
  }

  start(): void {
    this.#timer = setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Never throws: what could not be asked or stored has its turn again. Public for tests. */
  async turn(): Promise<void> {
    if (this.#isTurning) return
    this.#isTurning = true
    try {
      const due = await this.#due()
      const changed = await Promise.all(due.map((row) => this.#ask(row)))
      if (changed.includes(true)) await this.#deps.reload()
      await this.#forgetGone()
    } catch (error) {
      this.#asked.of({ result: 'not-stored' }).add()
      this.#deps.log.debug('clocks of cameras could not be read', { reason: reasonOf(error) })
    } finally {
      this.#isTurning = false
    }
  }

  /** Those that were asked longest ago; they count as asked from now on, whatever they answer. */
  #due(): Promise<CameraRow[]> {
    const { database, clock } = this.#deps
    const nowMs = clock.nowMs()
    return database.query<CameraRow>(
      `update camera set clock_asked_at = $1 where id in (
         select id from camera
         where enabled and jsonb_typeof(body -> 'onvif') = 'object' and (clock_asked_at is null or clock_asked_at < $2)
         order by clock_asked_at nulls first, id limit $3)
       returning *`,
      [toIso(nowMs), toIso(nowMs - CLOCK_EVERY_MS), CAMERAS_PER_TURN],
    )
  }

  /** @returns true when the row has changed */
  async #ask(row: CameraRow): Promise<boolean> {
    const { onvif, allowed } = this.#deps
    let reading: ClockReading | null
    try {
      reading = await onvif.readClock(await onvifTarget(row.body.onvif!, null, allowed))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // It is dark, or asks for a login even here: that is told elsewhere, and what was known of its clock stands.
      this.#asked.of({ result: error.code }).add()
      return false
    }
    this.#asked.of({ result: reading ? 'told' : 'unreadable' }).add()
    if (!reading) return false
    await this.#judge(row, reading)
    return await this.#store(row, reading.offsetMs)
  }

  async #judge(row: CameraRow, { offsetMs, uncertainMs }: ClockReading): Promise<void> {
    const { troubles } = this.#deps
    const offMs = Math.abs(offsetMs)
    if (offMs < CLOCK_GOOD_MS) return await troubles.restoreNow('camera', row.id, 'clock-off')
    if (offMs - uncertainMs <= CLOCK_OFF_MS) return
    const seconds = Math.round(offMs / 1000)
    const side = offsetMs > 0 ? 'ahead' : 'behind'
    const detail = `${row.body.name}: camera clock is off by ${seconds} s (${side})`
    await troubles.raiseNow({
      subjectKind: 'camera',
      subjectId: row.id,
      code: 'clock-off',
      detail,
      facts: { seconds: offsetMs > 0 ? seconds : -seconds },
    })
  }

  async #store(row: CameraRow, offsetMs: number): Promise<boolean> {
    const told = row.clock_offset_ms
    if (told !== null && Math.abs(offsetMs - told) < TOLD_STEP_MS) return false
    return await this.#deps.events.transact(async (tx) => {
      const rows = await tx.query<CameraRow>('update camera set clock_offset_ms = $2 where id = $1 returning *', [
        row.id,
        // A camera that believes in 1970 is 56 years behind: more than the column holds.
        Math.max(-2_000_000_000, Math.min(2_000_000_000, offsetMs)),
      ])
      if (!rows[0]) return false
      const body = toCamera(rows[0])
      await this.#deps.events.append(tx, {
        kind: 'camera',
        action: 'changed',
        subjectId: row.id,
        actor: 'centre',
        body,
      })
      return true
    })
  }

  /** Of cameras that were removed, switched off or moved to plain RTSP nothing is known any more. */
  async #forgetGone(): Promise<void> {
    const { database, troubles } = this.#deps
    const standing = troubles.standing('clock-off').map(({ subjectId }) => subjectId)
    if (standing.length === 0) return
    const rows = await database.query<{ id: string }>(
      `select id from camera where id = any($1::text[]) and enabled and jsonb_typeof(body -> 'onvif') = 'object'`,
      [standing],
    )
    const known = new Set(rows.map(({ id }) => id))
    for (const id of standing) if (!known.has(id)) await troubles.restoreNow('camera', id, 'clock-off')
  }
}
