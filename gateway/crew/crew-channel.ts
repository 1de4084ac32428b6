import { toIso, type Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CrewMessage, CrewView } from '../../domain/wire/crew.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { DeskSocket } from '../http/websocket.ts'
import { CLOSE_CODES } from '../http/close-codes.ts'
import type { EventLog } from '../live/event-log.ts'
import { PULSE_MS } from '../live/live-channel.ts'
import type { Subject } from '../trust/policy.ts'

/** Events of one action come together (order, incident, patrol): one view for all of them. */
const GATHER_MS = 30
/** A view is 2–6 KB: a phone that is this far behind is in a tunnel, and takes the newest view when it is back. */
const BUFFERED_BYTES_MAX = 64 * 1024
/** Phones and tablets of one district, two to a patrol. */
const CREWS_MAX = 500

interface Crew {
  socket: DeskSocket
  patrolId: string
  /** Of the last view: whose events concern it. */
  incidentId: string | null
  due: NodeJS.Timeout | null
  isTelling: boolean
  isStale: boolean
}

export interface CrewChannelDeps {
  events: EventLog
  clock: Clock
  log: Log
  metrics: Metrics
  version: string
  viewOf: (patrolId: string) => Promise<CrewView>
}

/** The patrol whose phone asks; null for everybody else. */
export function crewOf(subject: Subject): string | null {
  return subject.type === 'officer' && subject.me.role === 'patrol' ? subject.me.patrolId : null
}

/**
 * The live stream of crews' phones: each is sent its own view, whole, when an event has touched it. No event of the log goes out here,
 * so there is nothing that a filter could let through.
 */
export class CrewChannel {
  readonly #deps: CrewChannelDeps
  readonly #crews = new Set<Crew>()
  readonly #cut
  readonly #failed
  #timer: NodeJS.Timeout | null = null
  #stop: (() => void) | null = null

  constructor(deps: CrewChannelDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#cut = metrics.counter('vigil_crews_cut_off_total', 'Phones of crews that were too slow').of()
    this.#failed = metrics.counter('vigil_crew_views_failed_total', 'Views of crews that could not be made').of()
    const crews = metrics.gauge('vigil_crews', 'Phones of crews that are connected').of()
    metrics.onRead(() => crews.set(this.#crews.size))
  }

  start(): void {
    this.#stop = this.#deps.events.subscribe((event) => this.#event(event))
    this.#timer = setInterval(() => this.#pulse(), PULSE_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#stop?.()
    for (const crew of this.#crews) {
      if (crew.due) clearTimeout(crew.due)
      crew.socket.close(CLOSE_CODES.goingAway, 'the centre is restarting')
    }
    this.#crews.clear()
  }

  /** Follows a phone until its socket closes. The caller has checked whose it is. */
  attach(socket: DeskSocket, patrolId: string): void {
    if (this.#crews.size >= CREWS_MAX) return socket.close(CLOSE_CODES.tooMany, 'too many phones')
    const crew: Crew = { socket, patrolId, incidentId: null, due: null, isTelling: false, isStale: false }
    socket.onClose(() => {
      if (crew.due) clearTimeout(crew.due)
      this.#crews.delete(crew)
    })
    const { clock, version } = this.#deps
    this.#send(crew, { type: 'hello', at: toIso(clock.nowMs()), program: 'core', version })
    this.#crews.add(crew)
    this.#tellSoon(crew, 0)
  }

  #event(event: LogEvent): void {
    if (this.#crews.size === 0) return
    const patrolId = event.kind === 'patrol' ? event.subjectId : event.body['patrolId']
    for (const crew of this.#crews) {
      const isOwn = crew.patrolId === patrolId
      if (isOwn || (event.incidentId !== null && event.incidentId === crew.incidentId)) this.#tellSoon(crew, GATHER_MS)
    }
  }

  #pulse(): void {
    const at = toIso(this.#deps.clock.nowMs())
    for (const crew of this.#crews) this.#send(crew, { type: 'pulse', at })
  }

  #tellSoon(crew: Crew, afterMs: number): void {
    crew.isStale = true
    if (crew.due || crew.isTelling) return
    crew.due = setTimeout(() => {
      crew.due = null
      void this.#tell(crew)
    }, afterMs)
  }

  async #tell(crew: Crew): Promise<void> {
    crew.isTelling = true
    crew.isStale = false
    try {
      const view = await this.#deps.viewOf(crew.patrolId)
      crew.incidentId = view.order?.incident.id ?? null
      this.#send(crew, { type: 'view', view })
    } catch (error) {
      this.#failed.add()
      this.#deps.log.warn('a crew could not be told of its order', { patrol: crew.patrolId, reason: reasonOf(error) })
      // The phone asks again when it opens its stream again.
      crew.socket.close(CLOSE_CODES.goingAway, 'the view could not be made')
    } finally {
      crew.isTelling = false
    }
    // What came while the tables were read is told after it.
    if (crew.isStale && this.#crews.has(crew)) this.#tellSoon(crew, GATHER_MS)
  }

  #send(crew: Crew, message: CrewMessage): void {
    if (crew.socket.bufferedBytes > BUFFERED_BYTES_MAX) {
      this.#cut.add()
      crew.socket.close(CLOSE_CODES.tooSlow, 'too slow')
      this.#crews.delete(crew)
      return
    }
    crew.socket.send(JSON.stringify(message))
  }
}
