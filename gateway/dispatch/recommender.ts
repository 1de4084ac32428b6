import type { Assignment } from '../../domain/assignment.ts'
import { choosePatrol, FIX_LOST_S, FIX_STALE_S, type PatrolPlace } from '../../domain/choose-patrol.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import { createCoverage } from '../../domain/coverage.ts'
import { createMoveUps, type FreePatrol } from '../../domain/move-ups.ts'
import type { Incident } from '../../domain/incident.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import type { Log } from '../../domain/log.ts'
import type { Histogram, Metrics } from '../../domain/metrics.ts'
import type { Patrol } from '../../domain/patrol.ts'
import type { Coverage, MoveUpsNow, Recommendation } from '../../domain/recommendation.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import type { Heading } from '../../domain/roads/road-ahead.ts'
import { createSnapper, type Snapper } from '../../domain/roads/snap.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Zone } from '../../domain/zone.ts'
import { patrolStatus } from '../../domain/assignment-transitions.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { sceneOf } from './arrivals.ts'
import { Circles } from './circles.ts'

const WARM_UP_ROUNDS = 4
/** 50 ms on 50,000 edges with 120 free patrols; a province would stop the core for a second every ten. */
const UNCOVERS_EDGES_MAX = 150_000

interface Questions {
  zones: Zone[]
  coverage: ReturnType<typeof createCoverage>
  moveUps: ReturnType<typeof createMoveUps>
}

/** The roads of the city, and the answers that come from them: who should go, and what is covered. Everything from memory. */
export class Recommender {
  readonly graph: RoadGraph
  readonly snap: Snapper
  readonly #state: CentreState
  readonly #clock: Clock
  readonly #seconds: Histogram
  readonly #circles: Circles
  #known: Questions | null = null
  /** By patrol, as of the last coverage: at most ten seconds old. */
  #uncovers: ReadonlyMap<string, number> = new Map()

  constructor(deps: { state: CentreState; clock: Clock; graph: RoadGraph; log: Log; metrics: Metrics }) {
    this.#state = deps.state
    this.#clock = deps.clock
    this.graph = deps.graph
    this.snap = createSnapper(this.graph)
    this.#circles = new Circles({ ...deps, snap: this.snap })
    this.#seconds = deps.metrics.histogram('vigil_recommendation_seconds', 'Computation of one recommendation')
    const edges = deps.metrics.gauge('vigil_road_edges', 'Edges of the road graph, and those that nothing can reach')
    edges.of({ kept: 'true' }).set(this.graph.edgeCount)
    edges.of({ kept: 'false' }).set(this.graph.leftOut.edgeIds.length)
  }

  /** Who should go to this incident, from the places of this moment; with the circles as far as they are drawn. */
  recommend(incident: Incident): Recommendation {
    const startedMs = this.#clock.monotonicMs()
    const scene = sceneOf(this.#state, incident)
    const recommendation = choosePatrol({
      incidentId: incident.id,
      scene: { lng: scene[0], lat: scene[1] },
      goalS: incident.goalS,
      zoneId: incident.zoneId,
      circleGoalsS: [],
      patrols: [...this.#state.patrols.values()].map((patrol) => this.#placeOf(patrol)),
      declined: this.#declined(incident.id),
      silent: this.#silent(incident.id),
      heading: this.#headingOf(incident),
      graph: this.graph,
      snap: this.snap,
      clock: this.#clock,
    })
    for (const candidate of recommendation.candidates) {
      const uncovers = this.#uncovers.get(candidate.patrolId)
      if (uncovers !== undefined && candidate.canBeSent) candidate.uncovers = uncovers
    }
    recommendation.circles = this.#circles.of(incident.id, scene, this.#goals())
    this.#seconds.observe((this.#clock.monotonicMs() - startedMs) / 1000)
    return recommendation
  }

  /**
   * Runs the whole way a few times before the first officer needs it: the first recommendation of a process took 130 ms, the fourth 5 ms,
   * because the engine had compiled it by then.
   */
  warmUp([lng, lat]: LngLat): void {
    for (let i = 0; i < WARM_UP_ROUNDS; i++) {
      choosePatrol({
        incidentId: 'warm-up',
        scene: { lng, lat },
        goalS: null,
        zoneId: null,
        circleGoalsS: i === 0 ? this.#goals() : [],
        patrols: [...this.#state.patrols.values()].map((patrol) => ({
          ...this.#placeOf(patrol),
          lng: patrol.homeLng,
          lat: patrol.homeLat,
          fixAtMs: this.#clock.nowMs(),
        })),
        declined: new Set(),
        graph: this.graph,
        snap: this.snap,
        clock: this.#clock,
      })
    }
  }

  /** Draws the circles of an incident that has just opened, before somebody asks; forgets those of one that is over. */
  onEvent(event: LogEvent): void {
    if (event.kind === 'note' && event.action.startsWith('road-')) this.#circles.redrawAll()
    if (event.kind !== 'incident') return
    const incident = event.body as unknown as Incident
    if (!isOpenIncident(incident)) this.#circles.forget(incident.id)
    else if (event.action === 'opened') this.#circles.of(incident.id, sceneOf(this.#state, incident), this.#goals())
  }

  /** What the free patrols reach now; remembers what each of them alone holds, for the next recommendations. */
  coverage(): Coverage {
    const { coverage, moveUps } = this.#questions()
    const free = this.#free()
    const answer = coverage(free)
    if (this.graph.edgeCount > UNCOVERS_EDGES_MAX) return answer
    this.#uncovers = new Map(moveUps(free, []).uncovers.map(({ patrolId, share }) => [patrolId, share]))
    return answer
  }

  /** Which free patrol should move to which home of a patrol, so that most is reached again. */
  moveUps(): MoveUpsNow {
    const homes = new Map<string, { lng: number; lat: number }>()
    for (const { homeLng: lng, homeLat: lat } of this.#state.patrols.values()) homes.set(`${lng} ${lat}`, { lng, lat })
    const { best, ...found } = this.#questions().moveUps(this.#free(), [...homes.values()])
    const callsign = best && (this.#state.patrols.get(best.patrolId)?.callsign ?? best.patrolId)
    return {
      ...found,
      at: toIso(this.#clock.nowMs()),
      best: best && { patrolId: best.patrolId, callsign: callsign!, to: [best.to.lng, best.to.lat], gain: best.gain },
    }
  }

  /** Which road belongs to which zone is worked out once for each set of zones. */
  #questions(): Questions {
    const zones = [...this.#state.zones.values()]
    const known = this.#known
    if (known && known.zones.length === zones.length && known.zones.every((zone, i) => zone === zones[i])) return known
    const coverage = createCoverage(this.graph, this.snap, zones, this.#clock)
    const moveUps = createMoveUps(this.graph, this.snap, zones, this.#clock)
    this.#known = { zones, coverage, moveUps }
    return this.#known
  }

  #free(): FreePatrol[] {
    const free: FreePatrol[] = []
    const oldestMs = this.#clock.nowMs() - FIX_LOST_S * 1000
    for (const patrol of this.#state.patrols.values()) {
      if (patrol.duty !== 'on' || this.#state.openAssignmentOf(patrol.id)) continue
      const position = this.#state.positions.get(patrol.id)
      if (!position?.known || position.receivedAtMs < oldestMs) continue
      free.push({ id: patrol.id, lng: position.lng, lat: position.lat })
    }
    return free
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

  /** Who let its newest order to this incident pass unanswered; who accepted late has answered. */
  #silent(incidentId: string): Set<string> {
    const newest = new Map<string, Assignment>()
    for (const assignment of this.#state.assignments.values()) {
      if (assignment.incidentId !== incidentId) continue
      const known = newest.get(assignment.patrolId)
      if (!known || known.id < assignment.id) newest.set(assignment.patrolId, assignment)
    }
    const silent = [...newest.values()].filter(({ unanswered, acceptedAt }) => unanswered && acceptedAt === null)
    return new Set(silent.map(({ patrolId }) => patrolId))
  }

  #headingOf(incident: Incident): Heading | null {
    const position = incident.vehicleId === null ? undefined : this.#state.positions.get(incident.vehicleId)
    const isFresh = position?.known && this.#clock.nowMs() - position.receivedAtMs <= FIX_STALE_S * 1000
    return isFresh ? { bearingDeg: position.bearingDeg, speedMps: position.speedMps } : null
  }

  #goals(): number[] {
    return [...new Set([...this.#state.zones.values()].map((zone) => zone.goalS))].sort((a, b) => a - b)
  }
}
