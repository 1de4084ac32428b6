import { camerasAhead, drives, type Moving } from '../../domain/cameras-ahead.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Position } from '../fleet/positions.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { WantedSpan } from './recording-rows.ts'

const TURN_MS = 2_000
/** The two that it comes to next: an officer sees them large, and there is time to open them. */
const CAMERAS_AT_ONCE = 2
/** After it has passed, a camera is kept so long: what drives behind it is seen too. */
const KEEP_ON_MS = 30_000
/** Its row is written anew no more often than this. */
const STEP_MS = 15_000
/** An older fix says nothing about where it is now. */
const FRESH_MS = 60_000
/** Of one incident, its own cameras with those of the way. */
const CAMERAS_MAX = 60
/** In a flood the most urgent ones, then the newest. */
const INCIDENTS_MAX = 40

export interface FollowVehiclesDeps {
  state: Pick<CentreState, 'incidents' | 'cameras' | 'positions'>
  want: (span: WantedSpan) => void
  clock: Clock
  metrics: Metrics
}

/** What one incident has had: the cameras that were chosen last, and until when each is wanted. */
interface Followed {
  next: readonly string[]
  untilMs: Map<string, number>
}

/**
 * A vehicle that drives on after its press leaves the cameras of the place where it was pressed. As long as its incident is open and it
 * drives, those that it comes to are recorded too, by the rule that shows them on the desk; being recorded they are warm when an officer
 * looks. Memory only: after a restart it goes on with where the vehicle is then.
 */
export class FollowVehicles {
  readonly #deps: FollowVehiclesDeps
  readonly #followed = new Map<string, Followed>()
  readonly #refused
  #moving = 0
  #timer: NodeJS.Timeout | null = null

  constructor(deps: FollowVehiclesDeps) {
    this.#deps = deps
    this.#refused = deps.metrics.counter(
      'vigil_recording_follow_refused_total',
      'Cameras on the way of a vehicle that were not recorded, by reason',
    )
    const followed = deps.metrics
      .gauge('vigil_recording_followed', 'Incidents whose vehicle drives and is followed')
      .of()
    deps.metrics.onRead(() => followed.set(this.#moving))
  }

  start(): void {
    this.#timer = setInterval(() => this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Every two seconds. Public for tests. */
  turn(): void {
    const { incidents } = this.#deps.state
    for (const id of this.#followed.keys()) if (!incidents.has(id)) this.#followed.delete(id)
    const moving = [...incidents.values()].flatMap((incident) => {
      const vehicle = this.#movingOf(incident)
      return vehicle ? [{ incident, vehicle }] : []
    })
    moving.sort(
      (a, b) => a.incident.priority - b.incident.priority || (a.incident.openedAt < b.incident.openedAt ? 1 : -1),
    )
    this.#moving = Math.min(moving.length, INCIDENTS_MAX)
    if (moving.length > INCIDENTS_MAX) this.#refused.of({ reason: 'flood' }).add(moving.length - INCIDENTS_MAX)
    for (const { incident, vehicle } of moving.slice(0, INCIDENTS_MAX)) this.#follow(incident, vehicle)
  }

  /** Null: nobody is to be followed, or it stands, or nobody knows where it is. */
  #movingOf({ type, vehicleId }: Incident): Moving | null {
    if (vehicleId === null || type === 'test') return null
    const position = this.#deps.state.positions.get(vehicleId)
    if (!position?.known || this.#deps.clock.nowMs() - position.takenAtMs > FRESH_MS) return null
    const vehicle = toMoving(position)
    return drives(vehicle) ? vehicle : null
  }

  #follow(incident: Incident, vehicle: Moving): void {
    const nowMs = this.#deps.clock.nowMs()
    const followed = this.#followed.get(incident.id) ?? { next: [], untilMs: new Map<string, number>() }
    this.#followed.set(incident.id, followed)
    followed.next = camerasAhead(this.#deps.state.cameras.values(), vehicle, followed.next, CAMERAS_AT_ONCE)
    for (const cameraId of followed.next) {
      const known = followed.untilMs.get(cameraId)
      if (known !== undefined && known - nowMs >= KEEP_ON_MS) continue
      if (known === undefined && followed.untilMs.size + incident.cameraIds.length >= CAMERAS_MAX) {
        this.#refused.of({ reason: 'long-way' }).add()
        continue
      }
      const toMs = nowMs + KEEP_ON_MS + STEP_MS
      followed.untilMs.set(cameraId, toMs)
      this.#deps.want({ incidentId: incident.id, cameraId, fromMs: nowMs, toMs })
    }
  }
}

function toMoving({ lng, lat, speedMps, bearingDeg }: Position): Moving {
  return { lng, lat, speedMps, bearingDeg: Number.isNaN(bearingDeg) ? null : bearingDeg }
}
