import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { countInWindow, FLOOD, isFlood, LOAD_WINDOW_MS, WHOLE } from '../../domain/flood.ts'
import { covers } from '../../domain/jurisdiction.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'

/** Alarms remembered; a flood of this size is one at every desk. */
const REMEMBERED_MAX = 20_000
const LOOK_MS = 2_000

export interface FloodDeps {
  events: EventLog
  state: CentreState
  troubles: Pick<Troubles, 'raiseNow' | 'restoreNow' | 'stands'>
  clock: Clock
  /** Jurisdictions of the desks that are connected now. */
  jurisdictions: () => ReadonlySet<string>
}

/**
 * Tells once when a desk gets more than an officer can answer (ISA-18.2), and once when it is over: a trouble of the jurisdiction, which
 * supervisors see, too. Nothing is delayed or dropped by it. One counter for each jurisdiction that has a desk.
 */
export class FloodWatch {
  readonly #deps: FloodDeps
  #raised: { atMs: number; jurisdiction: string }[] = []
  #timer: NodeJS.Timeout | null = null
  #stop: (() => void) | null = null
  #busy = false

  constructor(deps: FloodDeps) {
    this.#deps = deps
  }

  start(): void {
    for (const alarm of this.#deps.state.alarms.values()) this.#note(alarm)
    this.#stop = this.#deps.events.subscribe((event) => this.#onEvent(event))
    this.#timer = setInterval(() => void this.look(), LOOK_MS)
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#stop?.()
  }

  /** Compares with what was told. Called every two seconds; a test may call it. */
  async look(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    const { troubles, state, clock, jurisdictions } = this.#deps
    const nowMs = clock.nowMs()
    this.#raised = this.#raised.filter(({ atMs }) => nowMs - atMs < LOAD_WINDOW_MS)
    const told = [...state.troubles.values()].filter(({ code }) => code === FLOOD).map(({ subjectId }) => subjectId)
    try {
      for (const name of new Set([...[...jurisdictions()].map((one) => one || WHOLE), ...told])) {
        const own = name === WHOLE ? '' : name
        const mine = this.#raised.filter(({ jurisdiction }) => covers(own, jurisdiction))
        const count = countInWindow(
          mine.map(({ atMs }) => atMs),
          nowMs,
        )
        const was = troubles.stands('city', name, FLOOD)
        if (isFlood(was, count) === was) continue
        const detail = `${count} alarms in ten minutes at the desks of ${name}`
        if (was) await troubles.restoreNow('city', name, FLOOD)
        else await troubles.raiseNow({ subjectKind: 'city', subjectId: name, code: FLOOD, detail })
      }
    } finally {
      this.#busy = false
    }
  }

  #onEvent(event: LogEvent): void {
    if (event.kind === 'alarm' && event.action === 'raised') this.#note(event.body as unknown as Alarm)
  }

  #note({ raisedAt, jurisdiction }: Alarm): void {
    if (this.#raised.length >= REMEMBERED_MAX) this.#raised.shift()
    this.#raised.push({ atMs: Date.parse(raisedAt), jurisdiction: jurisdiction ?? '' })
  }
}
