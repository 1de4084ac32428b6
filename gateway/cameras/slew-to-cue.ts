import type { Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { slewTo, type Slew } from '../../domain/slew.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { PtzPosition } from '../../devices/camera/onvif-profiles.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Database } from '../store/database.ts'
import { audit } from '../trust/audit.ts'
import { toCamera, type CameraRow } from './camera-row.ts'
import { knownCamera } from './known-camera.ts'
import type { Ptz } from './ptz.ts'
import { forgetTurned, readTurned, saveTurned, type TurnedCamera } from './slew-rows.ts'
import type { Steering } from './steering.ts'

/** Cameras that one incident turns: the best of those an officer sees beside it. The others stay on their streets. */
const CAMERAS_MAX = 4
/** Then the camera is worth more at its own place, although the incident is still open. */
export const BACK_AFTER_MS = 600_000
const TURN_MS = 1_000
/** Of two scenes of the same priority the first one keeps a camera so long: the picture that an officer is looking at does not turn away with each further press. */
export const KEEPS_FOR_MS = 60_000
/** One that does not answer when it shall go back is asked again so often, a minute apart. */
const BACK_TRIES_MAX = 5
const BACK_AGAIN_MS = 60_000
const CENTRE = 'centre'

export interface SlewToCueDeps {
  database: Database
  events: EventLog
  state: Pick<CentreState, 'cameras' | 'incidents'>
  ptz: Ptz
  steering: Steering
  clock: Clock
  log: Log
  metrics: Metrics
}

interface Busy {
  incident: Incident | null
  isTaken: boolean
  next: { slew: Slew; incident: Incident } | null
}

/**
 * An incident turns the cameras that can see its scene to it, and when it is closed, or after ten minutes, back to where they looked. A
 * person's hand always wins: a camera under one is left alone, and one that is taken over is not turned back. Of two incidents that want the same camera
 * the more urgent one has it; the other is told by `Camera.turnedTo`, and gets it when that one is over. Every act is on record before it.
 */
export class SlewToCue {
  readonly #deps: SlewToCueDeps
  readonly #turned = new Map<string, TurnedCamera & { tries: number }>()
  /** Being turned at this moment, for whom (null: back), whether a hand came between, and who gets it next. */
  readonly #busy = new Map<string, Busy>()
  readonly #acts
  #unsubscribe: (() => void) | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(deps: SlewToCueDeps) {
    this.#deps = deps
    this.#acts = deps.metrics.counter('vigil_slews_total', 'Cameras turned by an alarm and back, by result')
  }

  /** @throws Fault `database-away` */
  async start(): Promise<void> {
    for (const turned of await readTurned(this.#deps.database)) {
      this.#turned.set(turned.cameraId, { ...turned, tries: 0 })
    }
    this.#unsubscribe = this.#deps.events.subscribe((event) => this.#onEvent(event))
    this.#timer = setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    this.#unsubscribe?.()
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** A person has given this camera an order: it is theirs from now on. */
  onHand(cameraId: string): void {
    const busy = this.#busy.get(cameraId)
    if (busy) Object.assign(busy, { isTaken: true, next: null })
    const turned = this.#turned.get(cameraId)
    if (!turned) return
    this.#turned.delete(cameraId)
    this.#acts.of({ result: 'taken-over' }).add()
    this.#tell(cameraId, 'taken-by-hand', turned.incidentId, null).catch((error: unknown) =>
      this.#failed('forget', cameraId, error),
    )
  }

  /** Once a second: what is over goes back. Never rejects. Public for tests. */
  async turn(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    const over = [...this.#turned.values()].filter(
      ({ incidentId, untilMs, tries }) =>
        // After a failure it waits for its minute, also while its incident is gone.
        untilMs <= nowMs || (tries === 0 && !this.#deps.state.incidents.has(incidentId)),
    )
    await Promise.all(over.map((turned) => this.#back(turned)))
  }

  #onEvent(event: LogEvent): void {
    if (event.kind !== 'incident' || event.action !== 'opened') return
    void this.cue(event.body as unknown as Incident)
  }

  /** Never rejects. Public for tests. */
  async cue(incident: Incident): Promise<void> {
    await Promise.all(this.#fitFor(incident).map(({ id, slew }) => this.#to(id, slew, incident)))
  }

  /** The cameras that it turns, the best first. */
  #fitFor({ type, place: { lng, lat }, cameraIds }: Incident): { id: string; slew: Slew }[] {
    // Somebody tries a button: nobody has to be seen.
    if (type === 'test') return []
    const fit = cameraIds.flatMap((id) => {
      const camera = this.#deps.state.cameras.get(id)
      const slew = camera?.enabled === true ? slewTo(camera, [lng, lat]) : null
      return slew ? [{ id, slew }] : []
    })
    return fit.slice(0, CAMERAS_MAX)
  }

  async #to(cameraId: string, slew: Slew, incident: Incident): Promise<void> {
    if (this.#isInHand(cameraId)) return this.#acts.of({ result: 'in-hand' }).add()
    const now = this.#busy.get(cameraId)
    if (now) {
      // Its motors run: whoever is most urgent has it next.
      const isMore = (than: Incident | undefined) => !than || incident.priority < than.priority
      const isNext = now.isTaken ? false : isMore(now.incident ?? undefined) && isMore(now.next?.incident)
      if (isNext) now.next = { slew, incident }
      return this.#acts.of({ result: isNext ? 'next' : 'at-another-scene' }).add()
    }
    if (this.#keepsIts(cameraId, incident)) return this.#acts.of({ result: 'at-another-scene' }).add()
    const busy: Busy = { incident, isTaken: false, next: null }
    this.#busy.set(cameraId, busy)
    try {
      const row = await knownCamera(this.#deps.database, cameraId)
      const { bearingDeg, distanceM } = slew
      await this.#record(cameraId, { to: 'scene', incidentId: incident.id, bearingDeg, distanceM })
      // One that an earlier incident has turned goes back to where it looked before both.
      const known = this.#turned.get(cameraId)
      const earlier = known ? known.earlier : await this.#positionOf(row)
      if (busy.isTaken) return this.#acts.of({ result: 'in-hand' }).add()
      const { pan, tilt, zoom } = slew
      await this.#deps.ptz.moveTo(row, { pan, tilt, zoom })
      if (busy.isTaken) return this.#acts.of({ result: 'in-hand' }).add()
      const untilMs = this.#deps.clock.nowMs() + BACK_AFTER_MS
      const turned = { cameraId, incidentId: incident.id, earlier, untilMs }
      this.#turned.set(cameraId, { ...turned, tries: 0 })
      this.#deps.steering.take(cameraId, CENTRE, CENTRE, BACK_AFTER_MS)
      await this.#tell(cameraId, 'turned-to-scene', incident.id, turned)
      this.#acts.of({ result: 'turned' }).add()
    } catch (error) {
      this.#failed('scene', cameraId, error)
    } finally {
      this.#busy.delete(cameraId)
    }
    if (busy.next) await this.#to(cameraId, busy.next.slew, busy.next.incident)
  }

  /** It looks at the scene of another incident that is open and more urgent, or as urgent and seen for less than a minute. */
  #keepsIts(cameraId: string, { id, priority }: Incident): boolean {
    const turned = this.#turned.get(cameraId)
    if (!turned || turned.incidentId === id) return false
    const other = this.#deps.state.incidents.get(turned.incidentId)
    if (!other || turned.untilMs <= this.#deps.clock.nowMs()) return false
    if (other.priority !== priority) return other.priority < priority
    return turned.untilMs - this.#deps.clock.nowMs() > BACK_AFTER_MS - KEEPS_FOR_MS
  }

  /** The most urgent open incident that has asked for this camera and has not had its ten minutes. */
  #waitingFor(cameraId: string, exceptId: string): { slew: Slew; incident: Incident } | null {
    const nowMs = this.#deps.clock.nowMs()
    const waiting = [...this.#deps.state.incidents.values()]
      .filter(({ id, openedAt }) => id !== exceptId && nowMs - Date.parse(openedAt) < BACK_AFTER_MS)
      .sort((a, b) => a.priority - b.priority || Date.parse(a.openedAt) - Date.parse(b.openedAt))
    for (const incident of waiting) {
      const found = this.#fitFor(incident).find(({ id }) => id === cameraId)
      if (found) return { slew: found.slew, incident }
    }
    return null
  }

  async #back(turned: TurnedCamera & { tries: number }): Promise<void> {
    const { cameraId, incidentId, earlier } = turned
    if (this.#busy.has(cameraId)) return
    const waiting = this.#isInHand(cameraId) ? null : this.#waitingFor(cameraId, incidentId)
    if (waiting && turned.tries < BACK_TRIES_MAX) {
      // As if it had gone back; where it looked before both is kept. When it does not answer it is asked again in a minute.
      turned.tries++
      turned.untilMs = this.#deps.clock.nowMs() + BACK_AGAIN_MS
      return await this.#to(cameraId, waiting.slew, waiting.incident)
    }
    const busy: Busy = { incident: null, isTaken: false, next: null }
    this.#busy.set(cameraId, busy)
    try {
      const row = await knownCamera(this.#deps.database, cameraId)
      await this.#record(cameraId, { to: earlier ? 'where it looked' : 'home', incidentId })
      if (busy.isTaken) return
      if (earlier) await this.#deps.ptz.moveTo(row, earlier)
      else await this.#deps.ptz.move(row, { home: true })
      this.#leave(cameraId)
      if (!busy.isTaken) await this.#tell(cameraId, 'turned-back', incidentId, null)
      this.#acts.of({ result: 'back' }).add()
    } catch (error) {
      this.#failed('back', cameraId, error)
      turned.tries++
      turned.untilMs = this.#deps.clock.nowMs() + BACK_AGAIN_MS
      const isGone = error instanceof Fault && error.code === 'not-found'
      if (isGone || turned.tries >= BACK_TRIES_MAX) this.#leave(cameraId)
    } finally {
      this.#busy.delete(cameraId)
    }
    if (busy.next) await this.#to(cameraId, busy.next.slew, busy.next.incident)
  }

  #leave(cameraId: string): void {
    this.#turned.delete(cameraId)
    this.#deps.steering.release(cameraId, CENTRE)
  }

  #isInHand(cameraId: string): boolean {
    const { steering } = this.#deps.steering.now(cameraId)
    return steering !== null && steering.by !== CENTRE
  }

  /** Null: it knows its moves and not its position. */
  async #positionOf(row: CameraRow): Promise<PtzPosition | null> {
    try {
      return await this.#deps.ptz.position(row)
    } catch (error) {
      if (error instanceof Fault && error.code === 'ptz-not-there') return null
      throw error
    }
  }

  async #record(cameraId: string, facts: Record<string, unknown>): Promise<void> {
    const entry = { actor: CENTRE, action: 'camera.ptz', objectKind: 'camera', objectId: cameraId }
    await audit(this.#deps.database, { ...entry, reason: 'alarm', outcome: 'begun', facts })
  }

  /** @param turned null: it is back */
  async #tell(cameraId: string, action: string, incidentId: string, turned: TurnedCamera | null): Promise<void> {
    const { events } = this.#deps
    await events.transact(async (tx) => {
      if (turned) await saveTurned(tx, turned)
      else await forgetTurned(tx, cameraId)
      // Turning took a second, and its state may have changed since: the lock keeps this event in order with that of the state.
      const rows = await tx.query<CameraRow>('select * from camera where id = $1 for update', [cameraId])
      if (!rows[0]) return
      const body = toCamera(rows[0])
      await events.append(tx, { kind: 'camera', action, subjectId: cameraId, incidentId, actor: CENTRE, body })
    })
  }

  #failed(act: string, cameraId: string, error: unknown): void {
    this.#acts.of({ result: error instanceof Fault ? error.code : 'failed' }).add()
    this.#deps.log.warn('a camera was not turned', { camera: cameraId, act, reason: reasonOf(error) })
  }
}
