import { choosePatrol, FIX_LOST_S, type PatrolPlace } from '../../domain/choose-patrol.ts'
import type { City } from '../../domain/city/city.ts'
import type { Clock } from '../../domain/clock.ts'
import { createCoverage, type FreePatrolPlace } from '../../domain/coverage.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Histogram, Metrics } from '../../domain/metrics.ts'
import type { Patrol } from '../../domain/patrol.ts'
import type { Coverage, Recommendation } from '../../domain/recommendation.ts'
import { buildRoadGraph, type RoadGraph } from '../../domain/roads/graph.ts'
import { createSnapper, type Snapper } from '../../domain/roads/snap.ts'
import { PATROL_SPEEDS } from '../../domain/roads/speeds.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Zone } from '../../domain/zone.ts'
import { patrolStatus } from '../../domain/assignment-transitions.ts'
import type { CentreState } from '../live/centre-state.ts'
import { sceneOf } from './arrivals.ts'

/** Incidents whose circles are kept; a desk shows one or two at a time. */
const CIRCLES_MAX = 50

/** The roads of the city, and the answers that come from them: who should go, and what is covered. Everything from memory. */
export class Recommender {
  readonly graph: RoadGraph
  readonly #snap: Snapper
  readonly #state: CentreState
  readonly #clock: Clock
  readonly #seconds: Histogram
  /** Circles depend on the scene only, and are dear to draw; by incident. */
  readonly #circles = new Map<string, { scene: LngLat; circles: Recommendation['circles'] }>()
  #coverageOf: { zones: Zone[]; ask: (free: readonly FreePatrolPlace[]) => Coverage } | null = null

  constructor(deps: { state: CentreState; clock: Clock; city: City; metrics: Metrics }) {
    this.#state = deps.state
    this.#clock = deps.clock
    this.graph = buildRoadGraph({ junctions: deps.city.junctions, edges: deps.city.roads }, PATROL_SPEEDS)
    this.#snap = createSnapper(this.graph)
    this.#seconds = deps.metrics.histogram('vigil_recommendation_seconds', 'Computation of one recommendation')
    const edges = deps.metrics.gauge('vigil_road_edges', 'Edges of the road graph, and those that nothing can reach')
    edges.of({ kept: 'true' }).set(this.graph.edgeCount)
    edges.of({ kept: 'false' }).set(this.graph.leftOut.edgeIds.length)
  }

  /** Who should go to this incident, from the places of this moment. */
  recommend(incident: Incident): Recommendation {
    const startedMs = this.#clock.monotonicMs()
    const scene = sceneOf(this.#state, incident)
    const drawn = this.#circles.get(incident.id)
    const same = drawn?.scene[0] === scene[0] && drawn.scene[1] === scene[1]
    const recommendation = choosePatrol({
      incidentId: incident.id,
      scene: { lng: scene[0], lat: scene[1] },
      goalS: incident.goalS,
      zoneId: incident.zoneId,
      circleGoalsS: same ? [] : this.#goals(),
      patrols: [...this.#state.patrols.values()].map((patrol) => this.#placeOf(patrol)),
      declined: this.#declined(incident.id),
      graph: this.graph,
      snap: this.#snap,
      clock: this.#clock,
    })
    if (same) recommendation.circles = drawn.circles
    else this.#keepCircles(incident.id, scene, recommendation.circles)
    this.#seconds.observe((this.#clock.monotonicMs() - startedMs) / 1000)
    return recommendation
  }

  /** What the free patrols reach now. */
  coverage(): Coverage {
    const zones = [...this.#state.zones.values()]
    const known = this.#coverageOf
    if (!known || known.zones.length !== zones.length || known.zones.some((zone, i) => zone !== zones[i])) {
      this.#coverageOf = { zones, ask: createCoverage(this.graph, this.#snap, zones, this.#clock) }
    }
    const free: FreePatrolPlace[] = []
    const oldestMs = this.#clock.nowMs() - FIX_LOST_S * 1000
    for (const patrol of this.#state.patrols.values()) {
      if (patrol.duty !== 'on' || this.#state.openAssignmentOf(patrol.id)) continue
      const position = this.#state.positions.get(patrol.id)
      if (position?.known && position.receivedAtMs >= oldestMs) free.push({ lng: position.lng, lat: position.lat })
    }
    return this.#coverageOf!.ask(free)
  }

  #placeOf(patrol: Patrol): PatrolPlace {
    const position = this.#state.positions.get(patrol.id)
    const known = position?.known === true
    return {
      id: patrol.id,
      callsign: patrol.callsign,
      kind: patrol.kind,
      status: patrolStatus(patrol.duty, this.#state.openAssignmentOf(patrol.id)),
      lng: known ? position.lng : null,
      lat: known ? position.lat : null,
      bearingDeg: known ? position.bearingDeg : null,
      fixAtMs: known ? position.receivedAtMs : null,
    }
  }

  #declined(incidentId: string): Set<string> {
    const declined = new Set<string>()
    for (const assignment of this.#state.assignments.values()) {
      if (assignment.incidentId === incidentId && assignment.state === 'declined') declined.add(assignment.patrolId)
    }
    return declined
  }

  #goals(): number[] {
    return [...new Set([...this.#state.zones.values()].map((zone) => zone.goalS))].sort((a, b) => a - b)
  }

  #keepCircles(incidentId: string, scene: LngLat, circles: Recommendation['circles']): void {
    this.#circles.delete(incidentId)
    this.#circles.set(incidentId, { scene, circles })
    if (this.#circles.size > CIRCLES_MAX)
      for (const oldest of this.#circles.keys()) if (this.#circles.delete(oldest)) break
  }
}
