import type { Assignment } from '../../domain/assignment.ts'
import { choosePatrol, type ChoosePatrolInput, type PatrolPlace } from '../../domain/choose-patrol.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import { FIX_LOST_S, FIX_STALE_S } from '../../domain/fix.ts'
import { createCoverage } from '../../domain/coverage.ts'
import { createMoveUps, type FreePatrol } from '../../domain/move-ups.ts'
import type { Incident } from '../../domain/incident.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import type { Log } from '../../domain/log.ts'
import type { Histogram, Metrics } from '../../domain/metrics.ts'
import type { BusyWith } from '../../domain/offer-diverts.ts'
import type { Patrol } from '../../domain/patrol.ts'
import type { Coverage, MoveUpsNow, Recommendation } from '../../domain/recommendation.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import type { Heading } from '../../domain/roads/road-ahead.ts'
import { createSnapper, type Snapper } from '../../domain/roads/snap.ts'
import { DEFAULT_RUN_CARDS, requirementsOf, type RunCard } from '../../domain/run-card.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { ZoneNow } from '../../domain/duty-level.ts'
import { isOpenAssignment, patrolStatus } from '../../domain/assignment-transitions.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { sceneOf } from './arrivals.ts'
import { Circles } from './circles.ts'

const WARM_UP_ROUNDS = 4
/** 50 ms on 50,000 edges with 120 free patrols; a province would stop the core for a second every ten. */
const UNCOVERS_EDGES_MAX = 150_000

interface Questions {
  zones: readonly ZoneNow[]
  coverage: ReturnType<typeof createCoverage>
  moveUps: ReturnType<typeof createMoveUps>
}

/** The roads of the city, and the answers that come from them: who should go, and what is covered. Everything from memory. */
export class Recommender {
  /** A patrol that was sent by radio is not free, although no assignment says so yet. */
  sentByRadio: (patrolId: string) => boolean = () => false
  readonly graph: RoadGraph
  readonly snap: Snapper
  readonly #state: CentreState
  readonly #clock: Clock
  readonly #seconds: Histogram
  readonly #circles: Circles
  readonly #runCards: readonly RunCard[]
  #known: Questions | null = null
  /** By patrol, as of the last coverage: at most ten seconds old. */
  #uncovers: ReadonlyMap<string, number> = new Map()

  constructor(deps: {
    state: CentreState
    clock: Clock
    graph: RoadGraph
    log: Log
    metrics: Metrics
    runCards?: readonly RunCard[]
  }) {
    this.#runCards = deps.runCards ?? DEFAULT_RUN_CARDS
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
      run: this.#runOf(incident),
      underWay: this.#underWay(incident.id),
      divert: { priority: incident.priority, busy: this.#busy(incident.id) },
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
    // Other goals are other circles.
    if (event.kind === 'zone' || (event.kind === 'duty' && event.action === 'level-changed')) this.#circles.redrawAll()
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

  /**
   * Which free patrol should move to which home of a patrol, so that most is reached again. Who is on its way to a post counts as standing
   * there: else the same move would be proposed until it has arrived.
   */
  moveUps(): MoveUpsNow {
    const homes = new Map<string, { lng: number; lat: number }>()
    for (const { homeLng: lng, homeLat: lat } of this.#state.patrols.values()) homes.set(`${lng} ${lat}`, { lng, lat })
    const { best, ...found } = this.#questions().moveUps(this.#freeAtPosts(), [...homes.values()])
    const callsign = best && (this.#state.patrols.get(best.patrolId)?.callsign ?? best.patrolId)
    return {
      ...found,
      at: toIso(this.#clock.nowMs()),
      best: best && { patrolId: best.patrolId, callsign: callsign!, to: [best.to.lng, best.to.lat], gain: best.gain },
    }
  }

  /** Which road belongs to which zone is worked out once for each set of zones. */
  #questions(): Questions {
    const zones = this.#state.zonesNow()
    const known = this.#known
    if (known?.zones === zones) return known
    const coverage = createCoverage(this.graph, this.snap, zones, this.#clock)
    const moveUps = createMoveUps(this.graph, this.snap, zones, this.#clock)
    this.#known = { zones, coverage, moveUps }
    return this.#known
  }

  #freeAtPosts(): FreePatrol[] {
    return this.#free().map((patrol) => {
      const posting = this.#state.postingOf(patrol.id)
      return posting ? { id: patrol.id, lng: posting.lng, lat: posting.lat } : patrol
    })
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
      status: this.sentByRadio(patrol.id)
        ? 'ordered'
        : patrolStatus(patrol.duty, this.#state.openAssignmentOf(patrol.id)),
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

  /** What the run card asks for at the incident's level, and who is on the way. */
  #runOf(incident: Incident): NonNullable<ChoosePatrolInput['run']> {
    const level = incident.alarmLevel ?? 1
    const sent: Patrol['kind'][] = []
    for (const assignment of this.#state.assignments.values()) {
      if (assignment.incidentId !== incident.id || !isCommitted(assignment)) continue
      sent.push(this.#state.patrols.get(assignment.patrolId)?.kind ?? 'car')
    }
    return { level, requirements: requirementsOf(this.#runCards, incident.type, level), sent }
  }

  #underWay(incidentId: string): Set<string> {
    const open = [...this.#state.assignments.values()].filter(isOpenAssignment)
    return new Set(
      open.filter((one) => one.incidentId === incidentId && one.state !== 'onScene').map(({ patrolId }) => patrolId),
    )
  }

  /** What each busy patrol is on its way to, other incidents only. */
  #busy(incidentId: string): Map<string, BusyWith> {
    const open = [...this.#state.assignments.values()].filter(isOpenAssignment)
    const busy = new Map<string, BusyWith>()
    for (const assignment of open) {
      const other = this.#state.incidents.get(assignment.incidentId)
      if (!other || other.id === incidentId) continue
      const [lng, lat] = sceneOf(this.#state, other)
      busy.set(assignment.patrolId, {
        assignmentId: assignment.id,
        incidentId: other.id,
        number: other.number,
        priority: other.priority,
        scene: { lng, lat },
        otherPatrolIds: open
          .filter((one) => one.incidentId === other.id && one.id !== assignment.id)
          .map((one) => one.patrolId),
      })
    }
    return busy
  }

  #headingOf(incident: Incident): Heading | null {
    const position = incident.vehicleId === null ? undefined : this.#state.positions.get(incident.vehicleId)
    const isFresh = position?.known && this.#clock.nowMs() - position.receivedAtMs <= FIX_STALE_S * 1000
    return isFresh ? { bearingDeg: position.bearingDeg, speedMps: position.speedMps } : null
  }

  #goals(): number[] {
    return [...new Set(this.#state.zonesNow().map((zone) => zone.goalS))].sort((a, b) => a - b)
  }
}

/** Counts as sent: on its way, there, or done there; not one that was declined, cancelled or taken away. */
function isCommitted(assignment: Assignment): boolean {
  return isOpenAssignment(assignment) || assignment.state === 'cleared'
}
