import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { replyPayloadSchema, type Topic } from '../../domain/wire/mqtt.ts'
import { z } from '../../domain/z.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DispatchDeps } from './order-patrol.ts'
import { stepAssignment, type Step } from './step-assignment.ts'

/** A crew's tap is not lost because the database restarts: tried again for half a minute. */
const TRIES_MAX = 30
const TRY_AGAIN_MS = 1_000
/** Taps that wait for the database at once: every patrol of a district, several times. */
const WAITING_MAX = 1_000

const bodySchema = z.looseObject({
  assignmentId: z.string().max(64),
  step: z.enum(['accept', 'en-route', 'on-scene', 'clear', 'decline']),
  reason: z.string().max(200).optional(),
})

/** What patrols' terminals answer to their orders. */
export class Replies {
  readonly #deps: Pick<DispatchDeps, 'events' | 'clock' | 'state'>
  readonly #log: Log
  readonly #refused
  #waiting = 0

  constructor(
    deps: Pick<DispatchDeps, 'events' | 'clock' | 'state'> & { log: Log; metrics: Metrics; onOutbox: () => void },
  ) {
    this.#deps = deps
    this.#log = deps.log
    this.#onOutbox = deps.onOutbox
    this.#refused = deps.metrics.counter(
      'vigil_replies_refused_total',
      'Answers of terminals that could not be used, by reason',
    )
  }
  readonly #onOutbox: () => void

  /** Never throws; what cannot be used is counted by its reason. Answers to other commands than orders are only counted. */
  async take(topic: Topic, payload: Uint8Array): Promise<void> {
    const reply = replyPayloadSchema.safeParse(parse(payload))
    if (!reply.success) return this.#refuse(topic, 'unreadable')
    if (topic.kind !== 'patrol' || reply.data.body === undefined) return
    const body = bodySchema.safeParse(reply.data.body)
    if (!body.success) return
    const { assignmentId, step, reason } = body.data
    const assignment = this.#deps.state.assignments.get(assignmentId)
    if (assignment && assignment.patrolId !== topic.deviceId) return this.#refuse(topic, 'not-its-order')
    if (!assignment) return this.#refuse(topic, 'no-such-order')
    if (this.#waiting >= WAITING_MAX) return this.#refuse(topic, 'too-many')
    this.#waiting++
    try {
      await this.#step(topic, assignmentId, toStep(step, reason ?? null))
    } finally {
      this.#waiting--
    }
  }

  async #step(topic: Topic, assignmentId: string, step: Step): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await stepAssignment(this.#deps, assignmentId, step, `device:${topic.deviceId}`)
        this.#onOutbox()
        return
      } catch (error) {
        const isAway = error instanceof Fault && error.code === 'database-away'
        if (!isAway || tries >= TRIES_MAX) {
          const code = error instanceof Fault ? error.code : 'internal'
          this.#log.warn('a patrol’s step was refused', {
            device: topic.deviceId,
            step: step.do,
            reason: reasonOf(error),
          })
          return this.#refuse(topic, code)
        }
        await sleep(TRY_AGAIN_MS)
      }
    }
  }

  #refuse(topic: Topic, reason: string): void {
    this.#refused.of({ reason }).add()
    this.#log.debug('an answer was not used', { device: topic.deviceId, reason })
  }
}

function toStep(step: z.infer<typeof bodySchema>['step'], reason: string | null): Step {
  switch (step) {
    case 'accept':
    case 'en-route':
    case 'clear':
      return { do: step }
    case 'on-scene':
      return { do: step, arrival: 'crew' }
    case 'decline':
      return { do: step, reason }
    default: {
      const never: never = step
      return never
    }
  }
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'))
  } catch {
    // Undefined does not fit the schema: refused and counted there.
    return undefined
  }
}
