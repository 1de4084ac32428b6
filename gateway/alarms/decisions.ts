import type { Alarm } from '../../domain/alarm.ts'
import { transitionAlarm } from '../../domain/alarm-transitions.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Database, Tx } from '../store/database.ts'
import { actorOf, sessionIdOf } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'
import { acknowledgeAlarm, takeOverAlarm } from './alarm-actions.ts'
import { applyDecision, decided, type Decision, type DecisionDeps } from './apply-decision.ts'
import type { DecisionJournal } from './decision-journal.ts'

/** The siren must end within a second: a database that has not answered by then is asked no longer, the answer goes to the disk. */
const ANSWER_MS = 500
/** More than a city's officers can acknowledge in an outage of an hour. */
const WAITING_MAX = 5_000
const ROUND_MS = 250
/** Escalations wait so long for answers that are on the disk; then they fire, late rather than never. */
const HOLD_MS = 10_000

type What = Pick<Decision, 'actor' | 'at' | 'do' | 'reason' | 'sessionId' | 'patrolId'>

export interface DecisionsDeps extends DecisionDeps {
  database: Database
  journal: DecisionJournal
  log: Log
  metrics: Metrics
  /** The alarm as memory has it, stored or provisional. */
  find: (alarmId: string) => Alarm | undefined
  /** Everything that was shown ahead is stored: an alarm that is not there now is none. */
  isCaughtUp: () => boolean
  /** Every desk has to know at once. */
  onDecision: (alarm: Alarm) => void
  onOutbox: () => void
}

/**
 * What an officer can do without the database: acknowledge, take over, and have it kept that a patrol was sent by radio. It is on the disk of the core before the
 * officer is told, on every desk at once, and in the database when that is back, exactly once, with the time at which the key was pressed. Of two officers the first one
 * wins here, too; one who turns out to have lost against an answer that only the database knew is told by whom.
 */
export class Decisions {
  readonly #deps: DecisionsDeps
  /** In the order in which they were made, by id. */
  readonly #waiting = new Map<string, Decision>()
  readonly #decided
  readonly #outcomes
  #last: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #backAtMs: number | null = null

  constructor(deps: DecisionsDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#decided = metrics
      .counter('vigil_decisions_total', 'Acknowledgements that were made durable without the database')
      .of()
    this.#outcomes = metrics.counter('vigil_decisions_merged_total', 'What became of them in the database')
    const waiting = metrics.gauge('vigil_decisions_waiting', 'Acknowledgements that wait for the database').of()
    metrics.onRead(() => waiting.set(this.#waiting.size))
  }

  /** Takes up what an earlier process has left. Call before timers may fire. */
  async start(): Promise<void> {
    for (const decision of await this.#deps.journal.open()) this.#waiting.set(decision.id, decision)
    this.#timer = setInterval(() => this.kick(), ROUND_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#last
    await this.#running
    await this.#deps.journal.close()
  }

  /** The database may be back, or the alarm they wait for may be stored. */
  kick(): void {
    if (this.#waiting.size > 0) void this.#merge()
  }

  /** True while an escalation could fire for an alarm that has been answered. */
  isHolding(): boolean {
    const { database, clock } = this.#deps
    if (this.#waiting.size === 0 || database.isAway()) {
      this.#backAtMs = null
      return this.#waiting.size > 0
    }
    this.#backAtMs ??= clock.monotonicMs()
    return clock.monotonicMs() - this.#backAtMs < HOLD_MS
  }

  /** The alarm as the answers that wait make it. @returns the same object when there are none */
  over(alarm: Alarm): Alarm {
    let now = alarm
    for (const one of this.#waiting.values()) if (one.alarmId === alarm.id) now = decide(now, one) ?? now
    return now === alarm ? alarm : { ...now, provisional: true }
  }

  /** Stored alarms that look different through the answers that wait; a snapshot shows them instead. */
  standing(): Alarm[] {
    const ids = new Set([...this.#waiting.values()].map(({ alarmId }) => alarmId))
    return [...ids].flatMap((id) => {
      const alarm = this.#deps.find(id)
      const over = alarm && this.over(alarm)
      return over && over !== alarm ? [over] : []
    })
  }

  /**
   * Acknowledges, in the database if it answers, else on the disk.
   * @throws Fault as `acknowledgeAlarm`; `database-away` only when the alarm is not known in memory or the disk refuses as well
   */
  async acknowledge(alarmId: string, actor: string): Promise<Alarm> {
    const at = toIso(this.#deps.clock.nowMs())
    // An answer that waits was first, also when the database is quicker than its merge.
    const known = this.#deps.find(alarmId)
    const over = known && this.over(known)
    if (over !== known && over?.state !== 'raised') {
      return transitionAlarm(over!, { do: 'acknowledge', at, by: actor })
    }
    const stored = () => acknowledgeAlarm(this.#deps, alarmId, actor, at)
    return await this.#storedOrKept(alarmId, stored, { actor, at })
  }

  /** Takes it over, in the database if it answers, else on the disk. @throws Fault as `takeOverAlarm`; `database-away` as above */
  async takeOver(alarmId: string, subject: Subject, reason: string): Promise<Alarm> {
    const at = toIso(this.#deps.clock.nowMs())
    const what = { do: 'take-over' as const, reason, sessionId: sessionIdOf(subject) }
    const stored = () => takeOverAlarm(this.#deps, alarmId, subject, reason, at)
    // An answer that waits was before this one: it must be merged before it, too.
    const isWaiting = this.#of(alarmId).length > 0
    return await this.#storedOrKept(alarmId, isWaiting ? null : stored, { actor: actorOf(subject), at, ...what })
  }

  /**
   * Keeps that a patrol was sent by radio; its order is recorded as of now as soon as the database takes it. Again: nothing happens.
   * @throws Fault `not-found` for an alarm that memory does not know; `patrol-busy` when it goes elsewhere; `database-away` when the disk refuses
   */
  async orderByRadio(alarmId: string, patrolId: string, actor: string): Promise<Alarm> {
    const known = this.#deps.find(alarmId)
    if (!known) throw new Fault('not-found', 'There is no such alarm.', { id: alarmId })
    const now = this.over(known)
    if (now.radioOrders?.some((one) => one.patrolId === patrolId)) return now
    const elsewhere = this.radioOrderOf(patrolId)
    if (elsewhere) {
      const facts = { patrolId, alarmId: elsewhere.alarmId, by: elsewhere.actor }
      throw new Fault('patrol-busy', 'this patrol was sent elsewhere by radio', facts)
    }
    const at = toIso(this.#deps.clock.nowMs())
    const told = await this.#storedOrKept(alarmId, null, { actor, at, do: 'radio-order', patrolId })
    this.kick()
    return told
  }

  /** The order by radio of this patrol that waits for the database. */
  radioOrderOf(patrolId: string): Decision | null {
    for (const one of this.#waiting.values()) if (one.do === 'radio-order' && one.patrolId === patrolId) return one
    return null
  }

  #of(alarmId: string): Decision[] {
    return [...this.#waiting.values()].filter((one) => one.alarmId === alarmId)
  }

  /** @param stored null: the disk at once */
  async #storedOrKept(alarmId: string, stored: (() => Promise<Alarm>) | null, what: What): Promise<Alarm> {
    let why: unknown = new Fault('database-away', 'the database is not asked')
    try {
      if (stored) return await this.#withinASecond(stored(), alarmId)
    } catch (error) {
      // Not there yet: it is provisional, and the database came back a moment ago.
      const isAhead = codeOf(error) === 'not-found' && this.#deps.find(alarmId) !== undefined
      if (codeOf(error) !== 'database-away' && !isAhead) throw error
      why = error
    }
    const mine = this.#last.then(() => this.#decideOne(alarmId, what, why))
    // The next one waits for this one, whatever becomes of it.
    this.#last = Promise.allSettled([mine])
    return await mine
  }

  /** In the transaction that stores these alarms, so that no desk hears them ring again. */
  async mergeInto(tx: Tx, alarmIds: ReadonlySet<string>): Promise<void> {
    for (const one of this.#waiting.values()) {
      // A radio order works out ways and locks patrols: presses do not wait for that.
      if (alarmIds.has(one.alarmId) && one.do !== 'radio-order') await applyDecision(tx, this.#deps, one, false)
    }
  }

  async #withinASecond(stored: Promise<Alarm>, alarmId: string): Promise<Alarm> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Fault('database-away', 'the database does not answer')), ANSWER_MS)
    })
    // It may still commit; the decision that is merged afterwards then changes nothing.
    stored.catch((error: unknown) =>
      this.#deps.log.debug('an acknowledgement was not stored at once', { alarm: alarmId, reason: reasonOf(error) }),
    )
    try {
      return await Promise.race([stored, late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #decideOne(alarmId: string, what: What, why: unknown): Promise<Alarm> {
    const { journal, find, onDecision } = this.#deps
    const known = find(alarmId)
    if (!known) throw why
    const before = this.over(known)
    const decision: Decision = {
      id: newId(Date.parse(what.at)),
      alarmId,
      deviceId: known.deviceId,
      deviceKind: known.deviceKind,
      ...what,
      seen: before.occurrences,
    }
    const after = decided(before, decision)
    if (after === before) return before
    if (this.#waiting.size >= WAITING_MAX) throw new Fault('too-many-requests', `${WAITING_MAX} answers already wait`)
    // Before the disk has it, so that nobody takes its record for one that is done.
    this.#waiting.set(decision.id, decision)
    try {
      await journal.append(decision)
    } catch (error) {
      this.#waiting.delete(decision.id)
      this.#deps.log.error('an acknowledgement could not be kept', { alarm: alarmId, reason: reasonOf(error) })
      throw new Fault('database-away', 'neither the database nor the disk takes the acknowledgement', {}, error)
    }
    this.#decided.add()
    const told = { ...after, provisional: true }
    onDecision(told)
    return told
  }

  async #merge(): Promise<void> {
    // Presses first: an answer to the first one must not silence a second that is in the journal, either.
    if (this.#deps.database.isAway() || (this.isHolding() && !this.#deps.isCaughtUp())) return
    this.#running ??= this.#mergeAll().finally(() => {
      this.#running = null
    })
    await this.#running
  }

  async #mergeAll(): Promise<void> {
    const { events, log, journal, isCaughtUp, onOutbox } = this.#deps
    try {
      for (const one of this.#waiting.values()) {
        const mayBeGone = isCaughtUp()
        const outcome = await events.transact((tx) => applyDecision(tx, this.#deps, one, mayBeGone))
        if (outcome === 'waiting') continue
        this.#waiting.delete(one.id)
        this.#outcomes.of({ outcome }).add()
        if (outcome !== 'merged') log.info('an acknowledgement changed nothing', { alarm: one.alarmId, outcome })
      }
      await journal.forget((id) => !this.#waiting.has(id))
      onOutbox()
    } catch (error) {
      if (codeOf(error) !== 'database-away') log.error('answers could not be merged', { reason: reasonOf(error) })
    }
  }
}

/** Null when somebody else was first, or it is closed. */
function decide(alarm: Alarm, decision: Decision): Alarm | null {
  try {
    return decided(alarm, decision)
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Fault ? error.code : null
}
