import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { CLOSURE_EDGES_MAX, type ClosureWrite, type RoadClosure } from '../../domain/road-closure.ts'
import { changeRoads, edgesWithin, type BuiltTimes } from '../../domain/roads/change-roads.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import { partLine } from '../../domain/roads/part-line.ts'
import type { Snapper } from '../../domain/roads/snap.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Database } from '../store/database.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'

/** A closure ends at most this late: "within a second". */
const SWEEP_MS = 500
/** A click beside the road. */
const CLICK_MAX_M = 60

export interface ClosureDeps {
  database: Database
  events: EventLog
  clock: Clock
  log: Log
  metrics: Metrics
  graph: RoadGraph
  snap: Snapper
  /** Name of each edge; "": none. */
  roadNames: readonly string[]
}

/** Roads that officers have closed or slowed. The rows are the truth; the graph's times follow with the event, in the same turn. */
export class RoadClosures {
  readonly #deps: ClosureDeps
  readonly #built: BuiltTimes
  readonly #edgeOf: ReadonlyMap<string, number>
  readonly #standing = new Map<string, RoadClosure>()
  readonly #failed
  #inForce = ''
  #timer: NodeJS.Timeout | null = null
  #busy = false

  constructor(deps: ClosureDeps) {
    this.#deps = deps
    this.#built = { forwardS: deps.graph.forwardS, backwardS: deps.graph.backwardS }
    this.#edgeOf = new Map(deps.graph.edgeIds.map((id, edge) => [id, edge]))
    this.#failed = deps.metrics.counter('vigil_closure_ends_failed_total', 'Ends of closures that failed').of()
    const standing = deps.metrics.gauge('vigil_road_closures', 'Closures and speed changes in force').of()
    deps.metrics.onRead(() => standing.set(this.#standing.size))
  }

  /** Reads what stands, follows the log, ends what is over. */
  async start(): Promise<void> {
    const { database, events } = this.#deps
    events.subscribe((event) => this.#onEvent(event))
    const rows = await database.query<{ body: RoadClosure }>('select body from road_closure where not ended')
    for (const { body } of rows) this.#standing.set(body.id, body)
    this.#putInForce()
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  list(): RoadClosure[] {
    return [...this.#standing.values()]
  }

  /** @throws Fault `bad-request` when there is no road, `too-large` when there are too many */
  async add(write: ClosureWrite, subject: Subject, actor: string): Promise<RoadClosure> {
    const closure = this.#toClosure(write, actor)
    const { id, kmh, reason } = closure
    await this.#deps.events.transact(async (tx) => {
      await tx.execute('insert into road_closure (id, body) values ($1, $2)', [id, JSON.stringify(closure)])
      const facts = {
        verb: 'added',
        kmh,
        roads: closure.roadNames,
        edges: closure.edgeIds.length,
        until: closure.until,
      }
      await audit(tx, auditBy(subject, 'incident.dispatch', 'road-closure', id, { reason, facts }))
      await this.#deps.events.append(tx, closureEvent(closure, actor))
    })
    return closure
  }

  /** @throws Fault `not-found` */
  async end(id: string, subject: Subject | null, actor: string): Promise<RoadClosure> {
    return await this.#deps.events.transact(async (tx) => {
      const endedAt = toIso(this.#deps.clock.nowMs())
      const rows = await tx.query<{ body: RoadClosure }>(
        `update road_closure set ended = true, body = body || $2::jsonb where id = $1 and not ended returning body`,
        [id, JSON.stringify({ endedAt, endedBy: actor })],
      )
      if (!rows[0]) throw new Fault('not-found', 'there is no such closure', { kind: 'road-closure', id })
      const entry = { type: 'program', name: 'centre' } as const
      await audit(tx, auditBy(subject ?? entry, 'incident.dispatch', 'road-closure', id, { facts: { verb: 'ended' } }))
      await this.#deps.events.append(tx, closureEvent(rows[0].body, actor))
      return rows[0].body
    })
  }

  #toClosure(write: ClosureWrite, actor: string): RoadClosure {
    const { graph, roadNames, clock } = this.#deps
    const edges = this.#edgesOf(write)
    const nowMs = clock.nowMs()
    if (write.until && Date.parse(write.until) <= nowMs) throw new Fault('bad-request', 'until is in the past')
    return {
      id: newId(nowMs),
      edgeIds: edges.map((edge) => graph.edgeIds[edge]!),
      roadNames: [...new Set(edges.map((edge) => roadNames[edge] ?? '').filter((name) => name !== ''))],
      lines: edges.map((edge) => partLine(graph, [{ edge, start: 0, end: 1 }])),
      kmh: write.kmh ?? null,
      reason: write.reason,
      by: actor,
      at: toIso(nowMs),
      until: write.until ?? null,
      endedAt: null,
      endedBy: null,
    }
  }

  #edgesOf({ edgeId, lng, lat, radiusM }: ClosureWrite): number[] {
    const { graph, snap } = this.#deps
    if (edgeId !== undefined) {
      const edge = this.#edgeOf.get(edgeId)
      if (edge === undefined) throw new Fault('bad-request', `there is no road ${edgeId}`, { edgeId })
      return [edge]
    }
    if (radiusM === undefined) {
      const near = snap(lng!, lat!, CLICK_MAX_M)
      if (!near) throw new Fault('bad-request', `no road within ${CLICK_MAX_M} m of this place`)
      return [near.edge]
    }
    const edges = edgesWithin(graph, lng!, lat!, radiusM)
    if (edges.length === 0) throw new Fault('bad-request', `no road within ${radiusM} m of this place`)
    if (edges.length <= CLOSURE_EDGES_MAX) return edges
    throw new Fault('too-large', `${edges.length} roads lie in this circle, at most ${CLOSURE_EDGES_MAX} at once`)
  }

  #onEvent(event: LogEvent): void {
    if (event.kind !== 'note' || !isClosureAction(event.action)) return
    const closure = event.body as unknown as RoadClosure
    if (closure.endedAt === null) this.#standing.set(closure.id, closure)
    else this.#standing.delete(closure.id)
    this.#putInForce()
  }

  /** Also without a database: what is over by the clock is over. */
  #putInForce(): void {
    const now = [...this.#standing.values()].filter((one) => !this.#isOver(one))
    const word = now.map((one) => one.id).join(' ')
    if (word === this.#inForce) return
    this.#inForce = word
    const changes = now.map(({ edgeIds, kmh }) => ({
      // A closure may be older than the city folder.
      edges: edgeIds.map((id) => this.#edgeOf.get(id)).filter((edge) => edge !== undefined),
      kmh,
    }))
    changeRoads(this.#deps.graph, this.#built, changes)
  }

  #isOver({ until }: RoadClosure): boolean {
    return until !== null && Date.parse(until) <= this.#deps.clock.nowMs()
  }

  async #sweep(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    this.#putInForce()
    for (const one of this.list().filter((closure) => this.#isOver(closure))) {
      try {
        await this.end(one.id, null, 'centre')
      } catch (error) {
        if (error instanceof Fault && error.code === 'not-found') this.#standing.delete(one.id)
        else if (error instanceof Fault && error.code === 'database-away') break
        else {
          this.#failed.add()
          this.#deps.log.warn('a closure could not be ended', { closure: one.id, reason: reasonOf(error) })
        }
      }
    }
    this.#busy = false
  }
}

function isClosureAction(action: string): boolean {
  return action === 'road-closed' || action === 'road-slowed' || action === 'road-opened'
}

function closureEvent(closure: RoadClosure, actor: string): NewEvent {
  const action = closure.endedAt !== null ? 'road-opened' : closure.kmh === null ? 'road-closed' : 'road-slowed'
  return { kind: 'note', action, subjectId: closure.id, actor, body: closure }
}
