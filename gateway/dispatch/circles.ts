import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import { distanceM } from '../../domain/geo/distance.ts'
import type { Log } from '../../domain/log.ts'
import type { Histogram, Metrics } from '../../domain/metrics.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import { circleShape } from '../../domain/roads/isochrone.ts'
import { reverseSearch } from '../../domain/roads/reverse-search.ts'
import type { Snapper } from '../../domain/roads/snap.ts'
import type { LngLat } from '../../domain/scalars.ts'

type Circle = Recommendation['circles'][number]

/** Incidents whose circles are kept; a desk shows one or two at a time. */
const KEPT_MAX = 50
/** Scenes that wait to be drawn; in a storm the newest few matter, the others are drawn when somebody looks at them. */
const WAITING_MAX = 20
/** A taxi that has moved less than this has the same circles to the eye. */
const SAME_SCENE_M = 150
/** Far from every scene. */
const NOWHERE: LngLat = [0, 0]
/** As for the recommendation itself. */
const SNAP_MAX_M = 5_000

/**
 * The response circles of the open incidents, drawn beside the recommendation and not within it: a circle takes 10–20 ms, a
 * recommendation 3 ms, and an officer waits for the second. One circle a turn of the event loop.
 */
export class Circles {
  readonly #graph: RoadGraph
  readonly #snap: Snapper
  readonly #clock: Clock
  readonly #log: Log
  readonly #seconds: Histogram
  readonly #kept = new Map<string, { scene: LngLat; circles: Circle[] }>()
  readonly #waiting = new Map<string, { scene: LngLat; goalsS: readonly number[] }>()
  #busy = false

  constructor(deps: { graph: RoadGraph; snap: Snapper; clock: Clock; log: Log; metrics: Metrics }) {
    this.#graph = deps.graph
    this.#snap = deps.snap
    this.#clock = deps.clock
    this.#log = deps.log
    this.#seconds = deps.metrics.histogram('vigil_circle_seconds', 'Drawing of one response circle')
  }

  /** What is drawn; of a scene that has moved the last drawing, while the next one is on its way. */
  of(incidentId: string, scene: LngLat, goalsS: readonly number[]): Circle[] {
    const kept = this.#kept.get(incidentId)
    const moved = !kept || distanceM(kept.scene[0], kept.scene[1], scene[0], scene[1]) > SAME_SCENE_M
    if (moved) this.drawSoon(incidentId, scene, goalsS)
    return kept?.circles ?? []
  }

  drawSoon(incidentId: string, scene: LngLat, goalsS: readonly number[]): void {
    this.#waiting.delete(incidentId)
    this.#waiting.set(incidentId, { scene, goalsS })
    forgetOldest(this.#waiting, WAITING_MAX)
    if (!this.#busy) void this.#drawAll()
  }

  /** The roads have changed: every drawing is an old one, shown until the next is there. */
  redrawAll(): void {
    for (const kept of this.#kept.values()) kept.scene = NOWHERE
  }

  forget(incidentId: string): void {
    this.#waiting.delete(incidentId)
    this.#kept.delete(incidentId)
  }

  async #drawAll(): Promise<void> {
    this.#busy = true
    for (const [incidentId, { scene, goalsS }] of this.#waiting) {
      this.#waiting.delete(incidentId)
      try {
        const circles = await this.#draw(scene, goalsS)
        this.#kept.delete(incidentId)
        this.#kept.set(incidentId, { scene, circles })
        forgetOldest(this.#kept, KEPT_MAX)
      } catch (error) {
        this.#log.error('the circles of a scene could not be drawn', { incident: incidentId, reason: reasonOf(error) })
      }
    }
    this.#busy = false
  }

  async #draw([lng, lat]: LngLat, goalsS: readonly number[]): Promise<Circle[]> {
    const snap = this.#snap(lng, lat, SNAP_MAX_M)
    if (!snap) return []
    await nextTurn()
    const search = reverseSearch(this.#graph, snap, { cutS: Math.max(0, ...goalsS) })
    const circles: Circle[] = []
    for (const goalS of goalsS) {
      await nextTurn()
      const startedMs = this.#clock.monotonicMs()
      circles.push({ goalS, coordinates: circleShape(search, goalS) as Circle['coordinates'] })
      this.#seconds.observe((this.#clock.monotonicMs() - startedMs) / 1000)
    }
    return circles
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function forgetOldest(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= max) return
    map.delete(oldest)
  }
}
