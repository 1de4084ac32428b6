import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CameraEventKind } from '../../devices/camera/camera-event.ts'
import type { OnvifDoor } from '../../devices/camera/onvif-door.ts'
import { PullPoint, type Pulled } from '../../devices/camera/pull-point.ts'
import type { Troubles } from '../live/troubles.ts'
import type { SecretBox } from '../trust/secret-box.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import { openCredential, type CameraRow } from './camera-row.ts'
import { isBadState } from './camera-troubles.ts'
import { EventStates } from './event-states.ts'
import { EventWatch } from './event-watch.ts'
import { onvifTarget } from './examine-camera.ts'

const TURN_MS = 1_000
/** Each is one open connection; a core with more cameras than this is several districts. */
const WATCHED_MAX = 4_096
/** Subscriptions that are being made at the same time; each takes four questions. */
const OPENING_MAX = 8
/** The first ones begin spread over this, and over more where there are more cameras than fifty a second. */
const SPREAD_MS = 5_000
const STARTS_PER_SECOND = 50

/** Which kind is which trouble. Motion is no fault: it is counted. */
const TROUBLES = [
  ['tamper', 'covered', 'says that it is covered, turned or blinded'],
  ['video-loss', 'video-loss', 'has lost its picture signal'],
  ['digital-input', 'input-active', 'its input is on'],
] as const satisfies readonly (readonly [CameraEventKind, string, string])[]

export interface CameraEventsDeps {
  onvif: Pick<OnvifDoor, 'eventService'>
  allowed: AllowedAddresses
  box: SecretBox
  troubles: Troubles
  /** All cameras as they are now, from memory. */
  rows: () => readonly CameraRow[]
  clock: Clock
  log: Log
  metrics: Metrics
  random?: () => number
}

interface Watched {
  row: CameraRow
  watch: EventWatch
  states: EventStates
}

/**
 * Listens to what cameras say about themselves by ONVIF events and makes troubles of it: covered, no signal, and, where the
 * installer wants it, an input that is on. One subscription a camera; a state is kept, not a queue, so that no flood fills anything.
 */
export class CameraEvents {
  readonly #deps: CameraEventsDeps
  readonly #watched = new Map<string, Watched>()
  readonly #events
  readonly #lost
  readonly #dropped
  readonly #waitingToOpen: (() => void)[] = []
  #opening = 0
  #timer: NodeJS.Timeout | null = null
  #isTurning = false

  constructor(deps: CameraEventsDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#events = metrics.counter('vigil_camera_events_total', 'What cameras have told by ONVIF events, by kind')
    this.#lost = metrics.counter('vigil_camera_event_losses_total', 'Event subscriptions that ended, by reason')
    this.#dropped = metrics.counter('vigil_camera_events_dropped_total', 'States of cameras with too many sources').of()
    const gauge = metrics.gauge('vigil_camera_event_watches', 'Cameras that are listened to, by state')
    metrics.onRead(() => {
      const counts = { waiting: 0, up: 0, none: 0, refused: 0 }
      for (const { watch } of this.#watched.values()) counts[watch.state]++
      for (const [state, count] of Object.entries(counts)) gauge.of({ state }).set(count)
    })
  }

  start(): void {
    this.#timer = setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    for (const { watch } of this.#watched.values()) watch.stop()
    this.#watched.clear()
  }

  /** Once a second: cameras that came, went or changed, and their troubles. Never rejects. Public for tests. */
  async turn(): Promise<void> {
    if (this.#isTurning) return
    this.#isTurning = true
    try {
      this.#follow()
      for (const watched of this.#watched.values()) await this.#judge(watched)
      await this.#forgetGone()
    } catch (error) {
      this.#deps.log.warn('events of cameras could not be told', { reason: reasonOf(error) })
    } finally {
      this.#isTurning = false
    }
  }

  #follow(): void {
    const wanted = this.#deps.rows().filter(isListenedTo).slice(0, WATCHED_MAX)
    const ids = new Set(wanted.map((row) => row.id))
    for (const [id, { watch }] of this.#watched) {
      if (ids.has(id)) continue
      watch.stop()
      this.#watched.delete(id)
    }
    const spreadMs = Math.max(SPREAD_MS, (wanted.length * 1000) / STARTS_PER_SECOND)
    for (const row of wanted) {
      const known = this.#watched.get(row.id)
      if (known && isSamePlace(known.row, row)) {
        const hasComeBack = isBadState(known.row.state) && row.state === 'online'
        known.row = row
        if (hasComeBack) known.watch.again()
        continue
      }
      known?.watch.stop()
      this.#watched.set(row.id, this.#watch(row, known ? 0 : spreadMs))
    }
  }

  #watch(row: CameraRow, spreadMs: number): Watched {
    const { clock, random = Math.random, log } = this.#deps
    const states = new EventStates()
    const watch: EventWatch = new EventWatch(
      {
        clock,
        random,
        open: (signal) => this.#inTurn(signal, () => this.#open(row, signal)),
        onPulled: (pulled) => this.#pulled(states, pulled),
        onState: (state, reason) => {
          if (state === 'up') states.subscribed()
          else if (reason !== null) this.#lost.of({ reason }).add()
          log.debug('events of a camera', { camera: row.id, state, reason })
        },
      },
      random() * spreadMs,
    )
    return { row, watch, states }
  }

  async #open(row: CameraRow, signal: AbortSignal): Promise<PullPoint | null> {
    const { onvif, allowed, box, clock } = this.#deps
    const target = await onvifTarget(row.body.onvif!, openCredential(box, row.credential_cipher), allowed)
    const service = await onvif.eventService(target)
    if (!service) return null
    return await PullPoint.subscribe({ ...target, path: service.path }, { clock, offsetMs: service.offsetMs, signal })
  }

  /** Bounded by the number of cameras: each waits once. */
  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#opening >= OPENING_MAX) await new Promise<void>((resolve) => this.#waitingToOpen.push(resolve))
    else this.#opening++
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      const next = this.#waitingToOpen.shift()
      if (next) next()
      else this.#opening--
    }
  }

  #pulled(states: EventStates, { events, other }: Pulled): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const before = states.dropped
    for (const event of events) {
      this.#events.of({ kind: event.kind }).add()
      // What moves is only counted; its many regions must not take the places of what is told.
      if (event.kind !== 'motion') states.apply(event, nowMs)
    }
    if (other > 0) this.#events.of({ kind: 'other' }).add(other)
    this.#dropped.add(states.dropped - before)
  }

  async #judge({ row, states, watch }: Watched): Promise<void> {
    const { clock, troubles } = this.#deps
    for (const [kind, code, words] of TROUBLES) {
      const news = states.take(kind, clock.monotonicMs(), watch.upSinceMs)
      if (kind === 'digital-input' && row.body.events !== 'inputs-too') continue
      if (news === 'over') await troubles.restoreNow('camera', row.id, code)
      else if (news) {
        const detail = `${row.body.name}: ${words}${news.begun === '' ? '' : ` (${news.begun})`}`
        await troubles.raiseNow({ subjectKind: 'camera', subjectId: row.id, code, detail })
      }
    }
  }

  /** Of cameras that are not listened to any more nothing is known. */
  async #forgetGone(): Promise<void> {
    const { troubles } = this.#deps
    for (const [kind, code] of TROUBLES) {
      for (const { subjectKind, subjectId } of troubles.standing(code)) {
        if (subjectKind !== 'camera') continue
        const row = this.#watched.get(subjectId)?.row
        const isWanted = row !== undefined && (kind !== 'digital-input' || row.body.events === 'inputs-too')
        if (!isWanted) await troubles.restoreNow('camera', subjectId, code)
      }
    }
  }
}

function isListenedTo(row: CameraRow): boolean {
  return row.enabled && row.body.onvif !== null && row.body.events !== 'off'
}

/** Nothing has changed that a subscription hangs on. */
function isSamePlace(before: CameraRow, after: CameraRow): boolean {
  const placeOf = ({ body: { onvif }, credential_cipher }: CameraRow) => [
    onvif?.host,
    onvif?.port,
    onvif?.path,
    credential_cipher?.toString('base64'),
  ]
  return before === after || isDeepStrictEqual(placeOf(before), placeOf(after))
}
