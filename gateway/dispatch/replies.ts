import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { POSTING_STEPS } from '../../domain/posting.ts'
import { replyPayloadSchema, type Topic } from '../../domain/wire/mqtt.ts'
import { z } from '../../domain/z.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DispatchDeps } from './order-patrol.ts'
import type { Postings } from './postings.ts'
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

const postingBodySchema = z.looseObject({
  postingId: z.string().max(64),
  step: z.enum(POSTING_STEPS),
  reason: z.string().max(200).optional(),
})

export interface RepliesDeps extends Pick<DispatchDeps, 'events' | 'clock' | 'state'> {
  log: Log
  metrics: Metrics
  postings: Pick<Postings, 'step'>
  onOutbox: () => void
}

/** What patrols' terminals answer to their orders, and to being sent somewhere to stand. */
export class Replies {
  readonly #deps: RepliesDeps
  readonly #log: Log
  readonly #refused
  #waiting = 0

  constructor(deps: RepliesDeps) {
    this.#deps = deps
    this.#log = deps.log
    this.#refused = deps.metrics.counter(
      'vigil_replies_refused_total',
      'Answers of terminals that could not be used, by reason',
    )
  }

  /** Never throws; what cannot be used is counted by its reason. Answers to other commands than orders are only counted. */
  async take(topic: Topic, payload: Uint8Array): Promise<void> {
    const reply = replyPayloadSchema.safeParse(parse(payload))
    if (!reply.success) return this.#refuse(topic, 'unreadable')
    if (topic.kind !== 'patrol' || reply.data.body === undefined) return
    const actor = `device:${topic.deviceId}`
    const posting = postingBodySchema.safeParse(reply.data.body)
    if (posting.success) {
      const { postingId, step, reason = null } = posting.data
      const how = { do: step, arrival: 'crew', reason } as const
      return await this.#tell(topic, step, () => this.#deps.postings.step(topic.deviceId, postingId, how, actor))
    }
    const body = bodySchema.safeParse(reply.data.body)
    if (!body.success) return
    const { assignmentId, step, reason } = body.data
    const assignment = this.#deps.state.assignments.get(assignmentId)
    if (assignment && assignment.patrolId !== topic.deviceId) return this.#refuse(topic, 'not-its-order')
    if (!assignment) return this.#refuse(topic, 'no-such-order')
    const taken = toStep(step, reason ?? null)
    await this.#tell(topic, step, () => stepAssignment(this.#deps, assignmentId, taken, actor))
  }

  async #tell(topic: Topic, step: string, work: () => Promise<unknown>): Promise<void> {
    if (this.#waiting >= WAITING_MAX) return this.#refuse(topic, 'too-many')
    this.#waiting++
    try {
      await this.#tryLong(topic, step, work)
    } finally {
      this.#waiting--
    }
  }

  async #tryLong(topic: Topic, step: string, work: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await work()
        this.#deps.onOutbox()
        return
      } catch (error) {
        const isAway = error instanceof Fault && error.code === 'database-away'
        if (!isAway || tries >= TRIES_MAX) {
          const code = error instanceof Fault ? error.code : 'internal'
          this.#log.warn('a patrol’s step was refused', { device: topic.deviceId, step, reason: reasonOf(error) })
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
