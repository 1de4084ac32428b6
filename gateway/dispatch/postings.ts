import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Log } from '../../domain/log.ts'
import type { Patrol } from '../../domain/patrol.ts'
import {
  transitionPosting,
  type Posting,
  type PostingAction,
  type PostingStep,
  type PostingWrite,
} from '../../domain/posting.ts'
import type { Snapper } from '../../domain/roads/snap.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'
import { openAssignmentOfPatrol } from './assignment-rows.ts'
import { endPosting, postingEvent } from './end-posting.ts'
import { busyFault } from './order-patrol.ts'
import { postingEndMessage, postingMessage } from './order-message.ts'
import { putOutbox } from './outbox-rows.ts'
import { insertPosting, lockPosting, lockPostingOf, savePosting } from './posting-rows.ts'

/** As a patrol is snapped elsewhere: further from a road nobody can be told to stand. */
const ROAD_MAX_M = 1000

export interface PostingDeps {
  events: EventLog
  clock: Clock
  state: CentreState
  log: Log
  snap: Snapper
  /** Something has been put in the outbox. */
  onOutbox: () => void
}

/** Orders of the kind "stand there" to free patrols. Row, event, audit and the message to the terminal are one transaction each. */
export class Postings {
  readonly #deps: PostingDeps
  readonly #unfollow: () => void

  constructor(deps: PostingDeps) {
    this.#deps = deps
    this.#unfollow = deps.events.subscribe((event) => this.#onEvent(event))
  }

  stop(): void {
    this.#unfollow()
  }

  /**
   * Sends a free patrol to a place; where it was sent before is over. To the same place again: the one that stands.
   * @throws Fault `patrol-busy` with its incident; `state-changed` off duty, or sent elsewhere by somebody; `bad-request` far from every road; `not-found`
   */
  async send(patrolId: string, write: PostingWrite, subject: Subject, actor: string): Promise<Posting> {
    const { events, clock, state, snap, onOutbox } = this.#deps
    const patrol = this.#patrol(patrolId)
    if (!snap(write.lng, write.lat, ROAD_MAX_M)) {
      throw new Fault('bad-request', `no road within ${ROAD_MAX_M} m of this place`)
    }
    const posting = await events.transact(async (tx) => {
      // The same lock as an order's: two desks that send the same car to two places wait for each other.
      await tx.execute('select id from patrol where id = $1 for update', [patrolId])
      const busy = await openAssignmentOfPatrol(tx, patrolId)
      if (busy) throw busyFault(state, busy)
      if (patrol.duty !== 'on') {
        throw new Fault('state-changed', `${patrol.callsign} is not on duty`, { patrolId, duty: patrol.duty })
      }
      const standing = await lockPostingOf(tx, patrolId)
      if (standing?.lng === write.lng && standing.lat === write.lat) return standing
      if (standing && standing.id !== write.replaces) {
        const { id: postingId, placeName, sentBy: by } = standing
        const facts = { postingId, placeName, by, state: standing.state }
        throw new Fault('state-changed', `${patrol.callsign} is already sent to ${placeName} by ${by}`, facts)
      }
      const nowMs = clock.nowMs()
      const replaced = await endPosting(tx, patrolId, { why: 'replaced', actor, nowMs })
      const sent = newPosting(patrolId, write, actor, nowMs)
      await insertPosting(tx, sent)
      await putOutbox(tx, [postingMessage(sent, nowMs)])
      await audit(tx, auditBy(subject, 'incident.dispatch', 'patrol', patrolId, { facts: factsOf('posted', sent) }))
      await events.appendAll(tx, [...replaced, postingEvent(sent, 'sent', actor)])
      return sent
    })
    onOutbox()
    return posting
  }

  /**
   * A step of the crew, of a desk for it, or of the arrival detection. Repeated: nothing happens.
   * @throws Fault `state-changed` when it is over, `not-found`
   */
  async step(
    patrolId: string,
    postingId: string,
    step: { do: PostingStep; arrival?: NonNullable<Posting['arrival']>; reason?: string | null },
    actor: string,
  ): Promise<Posting> {
    const { events, clock } = this.#deps
    return await events.transact(async (tx) => {
      const before = await lockPosting(tx, patrolId, postingId)
      if (!before) throw new Fault('not-found', 'there is no such posting', { kind: 'posting', id: postingId })
      if (before.state === 'ended' && step.do === 'decline') return before
      const after = transitionPosting(before, actionOf(step, toIso(clock.nowMs()), actor))
      if (after === before) return before
      await savePosting(tx, after)
      await events.append(tx, postingEvent(after, TOLD[step.do], actor))
      return after
    })
  }

  /** A desk lets the patrol go. @throws Fault `not-found` when it is sent nowhere */
  async release(patrolId: string, subject: Subject, actor: string): Promise<Posting> {
    const { events, clock, onOutbox } = this.#deps
    this.#patrol(patrolId)
    const posting = await events.transact(async (tx) => {
      const nowMs = clock.nowMs()
      const ended = await endPosting(tx, patrolId, { why: 'released', actor, nowMs })
      const after = ended[0]?.body as Posting | undefined
      if (!after) throw new Fault('not-found', 'this patrol is sent nowhere', { kind: 'posting', patrolId })
      await putOutbox(tx, [postingEndMessage(after, nowMs)])
      await audit(tx, auditBy(subject, 'incident.dispatch', 'patrol', patrolId, { facts: factsOf('released', after) }))
      await events.appendAll(tx, ended)
      return after
    })
    onOutbox()
    return posting
  }

  #patrol(id: string): Patrol {
    const patrol = this.#deps.state.patrols.get(id)
    if (!patrol) throw new Fault('not-found', 'there is no such patrol', { kind: 'patrol', id })
    return patrol
  }

  /** Who goes off duty, or out of the register, stands nowhere. */
  #onEvent(event: LogEvent): void {
    if (event.kind !== 'patrol' || (event.action !== 'removed' && event.body['duty'] === 'on')) return
    const patrolId = event.subjectId
    if (!this.#deps.state.postingOf(patrolId)) return
    const { events, clock, log } = this.#deps
    events
      .transact(async (tx) => {
        const how = { why: 'off-duty', actor: event.actor, nowMs: clock.nowMs() } as const
        await events.appendAll(tx, await endPosting(tx, patrolId, how))
      })
      .catch((error: unknown) => {
        log.warn('a posting could not be ended', { patrol: patrolId, reason: reasonOf(error) })
      })
  }
}

const TOLD: Record<PostingStep, string> = { accept: 'accepted', there: 'there', decline: 'declined' }

function actionOf(step: Parameters<Postings['step']>[2], at: string, by: string): PostingAction {
  switch (step.do) {
    case 'accept':
      return { do: 'accept', at }
    case 'there':
      return { do: 'there', at, arrival: step.arrival ?? 'desk' }
    case 'decline':
      return { do: 'end', at, by, why: 'declined', reason: step.reason ?? null }
    default: {
      const never: never = step.do
      return never
    }
  }
}

function newPosting(patrolId: string, { lng, lat, placeName }: PostingWrite, sentBy: string, nowMs: number): Posting {
  return {
    id: newId(nowMs),
    patrolId,
    lng,
    lat,
    placeName,
    state: 'sent',
    sentAt: toIso(nowMs),
    sentBy,
    acceptedAt: null,
    thereAt: null,
    arrival: null,
    endedAt: null,
    endedBy: null,
    ended: null,
    endedReason: null,
  }
}

function factsOf(verb: string, { id, lng, lat, placeName }: Posting) {
  return { verb, postingId: id, placeName, lng, lat }
}
