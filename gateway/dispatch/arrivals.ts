import { arrivalStart, watchArrival, type ArrivalWatch } from '../../domain/arrival.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { isOpenAssignment } from '../../domain/assignment-transitions.ts'
import { distanceM } from '../../domain/geo/distance.ts'
import { FIX_FLAGS, type Fix } from '../../domain/fix.ts'
import type { Posting } from '../../domain/posting.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CentreState } from '../live/centre-state.ts'

/**
 * A terminal that was without a network hands in where it was long before the order: that is no arrival. Its clock may be behind ours by
 * this much and its arrival still counts; and who stood at the scene two minutes ago has not far to go.
 */
const BEFORE_ORDER_MAX_MS = 120_000

/** Who is told of an arrival, once each. */
export interface Arrived {
  onScene(assignment: Assignment): void
  atPost(posting: Posting): void
}

/** Sees from the fixes when a patrol has arrived: at the scene of its order, or where it is told to stand. One small record for each. */
export class Arrivals {
  readonly #state: CentreState
  readonly #watches = new Map<string, ArrivalWatch>()
  readonly #told: Arrived

  constructor(state: CentreState, told: Arrived) {
    this.#state = state
    this.#told = told
  }

  /** One fix of a patrol; called for every one, so it asks nothing but memory. */
  take(fix: Fix): void {
    const assignment = this.#state.openAssignmentOf(fix.vehicleId)
    if (assignment) {
      const scene = assignment.state === 'onScene' ? null : this.#sceneOf(assignment)
      if (scene && this.#isThere(assignment.id, assignment.orderedAt, scene, fix)) this.#told.onScene(assignment)
      return
    }
    const posting = this.#state.postingOf(fix.vehicleId)
    if (!posting || posting.state === 'there') return
    if (this.#isThere(posting.id, posting.sentAt, [posting.lng, posting.lat], fix)) this.#told.atPost(posting)
  }

  /** @returns true once, with the fix that makes it certain */
  #isThere(id: string, orderedAt: string, place: LngLat, fix: Fix): boolean {
    if (fix.takenAtMs < Date.parse(orderedAt) - BEFORE_ORDER_MAX_MS) return false
    const before = this.#watches.get(id) ?? arrivalStart
    const after = watchArrival(before, {
      distanceM: distanceM(fix.lng, fix.lat, place[0], place[1]),
      speedMps: fix.speedMps,
      takenAtMs: fix.takenAtMs,
      jump: (fix.flags & FIX_FLAGS.jump) !== 0,
    })
    this.#watches.set(id, after)
    return after.arrived && !before.arrived
  }

  /** Lets a detected arrival be detected again: it could not be stored. */
  forget(id: string): void {
    this.#watches.delete(id)
  }

  /** Drops the records of orders that are over. */
  sweep(): void {
    for (const id of this.#watches.keys()) {
      const assignment = this.#state.assignments.get(id)
      const stands = assignment ? isOpenAssignment(assignment) : this.#state.postings.has(id)
      if (!stands) this.#watches.delete(id)
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
