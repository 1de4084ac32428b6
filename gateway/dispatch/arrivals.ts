import { arrivalStart, watchArrival, type ArrivalWatch } from '../../domain/arrival.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { isOpenAssignment } from '../../domain/assignment-transitions.ts'
import { distanceM } from '../../domain/geo/distance.ts'
import { FIX_FLAGS, type Fix } from '../../domain/fix.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CentreState } from '../live/centre-state.ts'

/**
 * A terminal that was without a network hands in where it was long before the order: that is no arrival. Its clock may be behind ours by
 * this much and its arrival still counts; and who stood at the scene two minutes ago has not far to go.
 */
const BEFORE_ORDER_MAX_MS = 120_000

/** Sees from the fixes when a patrol has arrived. Holds one small record for each order under way. */
export class Arrivals {
  readonly #state: CentreState
  readonly #watches = new Map<string, ArrivalWatch>()
  readonly #onArrived: (assignment: Assignment) => void

  constructor(state: CentreState, onArrived: (assignment: Assignment) => void) {
    this.#state = state
    this.#onArrived = onArrived
  }

  /** One fix of a patrol; called for every one, so it asks nothing but memory. */
  take(fix: Fix): void {
    const assignment = this.#state.openAssignmentOf(fix.vehicleId)
    if (!assignment || assignment.state === 'onScene') return
    if (fix.takenAtMs < Date.parse(assignment.orderedAt) - BEFORE_ORDER_MAX_MS) return
    const scene = this.#sceneOf(assignment)
    if (!scene) return
    const before = this.#watches.get(assignment.id) ?? arrivalStart
    const after = watchArrival(before, {
      distanceM: distanceM(fix.lng, fix.lat, scene[0], scene[1]),
      speedMps: fix.speedMps,
      takenAtMs: fix.takenAtMs,
      jump: (fix.flags & FIX_FLAGS.jump) !== 0,
    })
    this.#watches.set(assignment.id, after)
    if (after.arrived && !before.arrived) this.#onArrived(assignment)
  }

  /** Lets a detected arrival be detected again: it could not be stored. */
  forget(assignmentId: string): void {
    this.#watches.delete(assignmentId)
  }

  /** Drops the records of orders that are over. */
  sweep(): void {
    for (const id of this.#watches.keys()) {
      const assignment = this.#state.assignments.get(id)
      if (!assignment || !isOpenAssignment(assignment)) this.#watches.delete(id)
    }
  }

  /** Where it happens: of a moving source, where it is now. */
  #sceneOf(assignment: Assignment): LngLat | null {
    const incident = this.#state.incidents.get(assignment.incidentId)
    if (!incident) return null
    return sceneOf(this.#state, incident)
  }
}

/** The scene of an incident: the place of its vehicle while that is known, else where it was raised. */
export function sceneOf(
  state: CentreState,
  incident: { vehicleId: string | null; place: { lng: number; lat: number } },
): LngLat {
  const position = incident.vehicleId === null ? undefined : state.positions.get(incident.vehicleId)
  return position?.known ? [position.lng, position.lat] : [incident.place.lng, incident.place.lat]
}
