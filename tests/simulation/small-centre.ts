import type { Alarm } from '../../domain/alarm.ts'
import { transitionAlarm, type AlarmAction } from '../../domain/alarm-transitions.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { transitionAssignment, type AssignmentAction } from '../../domain/assignment-transitions.ts'
import { manualClock, toIso } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import { closeIncident, deriveIncident, isOpenIncident } from '../../domain/incident-transitions.ts'
import { applySignal, JOIN_WITHIN_MS } from '../../gateway/alarms/apply-signal.ts'
import { Effects } from '../../gateway/alarms/effects.ts'
import { Provisional } from '../../gateway/alarms/provisional.ts'
import { readRecord } from '../../gateway/alarms/read-record.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import type { JournalRecord } from '../../gateway/intake/journal/format.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import type { NewEvent } from '../../gateway/live/event-log.ts'
import {
  alarmEvent,
  type Answer,
  cancelEscalation,
  copyOf,
  decided,
  incidentEvent,
  merge,
  setTimer,
  type Tables,
} from './small-tables.ts'

const CENTRE: [number, number] = [114.3, 22.7]

/** What becomes of a transaction: its server may take it and never say so. */
export type Fate = 'committed' | 'refused' | 'committed, unheard'

/**
 * The alarm core without disk, network and real time: the product's own rules (signals, provisional alarms, the three state machines, the
 * state behind the desks) around tables in memory whose transactions can fail in each of the ways of a real server.
 */
export class SmallCentre {
  readonly clock = manualClock()
  readonly answers: Answer[] = []
  readonly journal: JournalRecord[] = []
  tables: Tables
  state!: CentreState
  provisional!: Provisional
  /** Provisional alarms that desks were shown and that no event has replaced. */
  readonly shown = new Map<string, Alarm>()
  isDatabaseUp = true
  isCoreUp = true
  #cursor = 0
  #ahead = 0
  readonly #devices: readonly Device[]
  readonly #isForgetful: boolean

  /** @param isForgetful a planted fault: repetitions are taken for new */
  constructor(devices: readonly Device[], isForgetful = false) {
    this.#devices = devices
    this.#isForgetful = isForgetful
    this.tables = {
      cursor: 0,
      signals: new Map(),
      alarms: new Map(),
      incidents: new Map(),
      assignments: new Map(),
      timers: new Map(),
      decisions: new Map(),
      log: [],
    }
    this.startCore()
  }

  get at(): string {
    return toIso(this.clock.nowMs())
  }

  /** A new process: everything it knows is in the tables. */
  startCore(): void {
    this.isCoreUp = true
    this.state = new CentreState(new Positions())
    for (const device of this.#devices) this.state.devices.set(device.id, device)
    this.provisional = new Provisional({ state: this.state, clock: this.clock, centre: CENTRE })
    this.#cursor = this.tables.cursor
    this.#ahead = this.tables.cursor
    // Desks come back with a snapshot.
    this.shown.clear()
    this.hear()
  }

  /** The listeners of the event log; also what heals a commit that nobody heard of. */
  hear(): void {
    for (const event of this.tables.log.slice(this.state.n)) {
      this.state.apply(event)
      this.provisional.onEvent(event)
      if (event.kind === 'alarm') this.shown.delete(event.subjectId)
    }
  }

  #transact(fate: Fate, work: (tx: Tables) => NewEvent[]): boolean {
    if (!this.isCoreUp || !this.isDatabaseUp || fate === 'refused') return false
    const tx = copyOf(this.tables)
    for (const event of work(tx)) {
      tx.log.push({
        ...event,
        n: tx.log.length + 1,
        at: this.at,
        incidentId: event.incidentId ?? null,
        body: { ...event.body },
      })
    }
    this.tables = tx
    if (fate === 'committed') this.hear()
    return fate === 'committed'
  }

  /** One round of the journal's tail. */
  tail(most: number, fate: Fate): void {
    if (!this.isCoreUp) return
    const batch = this.journal.slice(this.#cursor, this.#cursor + most)
    if (this.#transact(fate, (tx) => this.#take(tx, batch))) {
      this.#cursor += batch.length
      this.provisional.taken(batch)
      if (this.#cursor >= this.#ahead) for (const alarm of this.provisional.settle('j')) this.#settled(alarm)
      return
    }
    this.#ahead = Math.max(this.#ahead, this.#cursor)
    for (const record of this.journal.slice(this.#ahead)) {
      const alarm = this.provisional.take('j', record)
      if (alarm) this.shown.set(alarm.id, alarm)
    }
    this.#ahead = this.journal.length
  }

  #settled(alarm: Alarm): void {
    this.shown.delete(alarm.id)
  }

  #take(tx: Tables, batch: readonly JournalRecord[]): NewEvent[] {
    const effects = new Effects()
    const nowMs = this.clock.nowMs()
    for (const incident of tx.incidents.values()) {
      const isFresh = incident.openedAt >= toIso(nowMs - JOIN_WITHIN_MS)
      if (isOpenIncident(incident) && isFresh) effects.incidents.set(incident.id, incident)
    }
    for (const alarm of tx.alarms.values()) if (alarm.state !== 'closed') effects.alarms.set(alarm.deviceId, alarm)
    const keys: string[] = []
    for (const record of batch) {
      if (record.number <= tx.cursor) continue
      tx.cursor = record.number
      const { decoded, eventId } = readRecord(record)
      const key = `${record.deviceId} ${eventId}`
      if (tx.signals.has(key) && !this.#isForgetful) continue
      tx.signals.set(key, { alarmId: null })
      keys.push(key)
      const device = this.#devices.find((one) => one.id === record.deviceId)!
      const ctx = { state: this.state, effects, centre: CENTRE, nowMs }
      applySignal(ctx, { signalId: keys.length - 1, device, eventId, receivedAtMs: record.receivedAtMs, decoded })
    }
    for (const { signalId, alarmId } of effects.signalAlarms) tx.signals.set(keys[signalId]!, { alarmId })
    for (const alarm of effects.alarms.values()) tx.alarms.set(alarm.id, alarm)
    for (const incident of effects.incidents.values()) tx.incidents.set(incident.id, incident)
    for (const { kind, ...timer } of effects.timers) {
      if (kind === 'escalate') setTimer(tx, { kind, ...timer })
    }
    const stored = new Set([...effects.alarms.values()].map(({ id }) => id))
    return [
      ...effects.events,
      ...this.waiting(tx).flatMap((one) =>
        stored.has(one.alarmId) && tx.alarms.get(one.alarmId)!.occurrences >= one.seen ? merge(tx, one) : [],
      ),
    ]
  }

  /** Answers on the disk that the database does not know. */
  waiting(tables = this.tables): Answer[] {
    return this.answers.filter(({ id }) => !tables.decisions.has(id))
  }

  /** The alarm as every desk shows it. */
  shownAs(alarmId: string): Alarm | undefined {
    const alarm = this.provisional.find(alarmId)
    return alarm && this.waiting().reduce((now, one) => (one.alarmId === alarmId ? decided(now, one) : now), alarm)
  }

  /**
   * As `Decisions` does it: the database if it answers, else the disk.
   * @returns whether this officer is the one who answered. @throws Fault as the rules say
   */
  acknowledge(alarmId: string, by: string, fate: Fate): boolean {
    if (!this.isCoreUp) return false
    const { at } = this
    const before = this.shownAs(alarmId)
    if (before && before.state !== 'raised') return transitionAlarm(before, { do: 'acknowledge', at, by }) !== before
    if (this.tables.alarms.has(alarmId) && this.act(alarmId, { do: 'acknowledge', at, by }, by, fate)) return true
    if (!before) return false
    this.answers.push({ id: `answer-${this.answers.length + 1}`, alarmId, by, at, seen: before.occurrences })
    return true
  }

  /** One round of merging. */
  mergeAnswers(fate: Fate): void {
    if (this.#cursor < this.journal.length) return
    this.#transact(fate, (tx) =>
      this.waiting(tx).flatMap((one) => {
        if (tx.alarms.has(one.alarmId)) return merge(tx, one)
        tx.decisions.set(one.id, 'gone')
        return []
      }),
    )
  }

  shelve(alarmId: string, forMs: number, fate: Fate): void {
    const dueAtMs = this.clock.nowMs() + forMs
    const shelved = { until: toIso(dueAtMs), by: 'li', why: 'x' }
    if (this.act(alarmId, { do: 'shelve', at: this.at, shelved }, 'li', fate)) {
      this.#transact('committed', (tx) => {
        setTimer(tx, { kind: 'unshelve', subjectId: alarmId, step: 1, dueAtMs })
        return []
      })
    }
  }

  sweep(fate: Fate): void {
    if (this.waiting().length > 0) return
    this.#transact(fate, (tx) => {
      const events: NewEvent[] = []
      for (const timer of tx.timers.values()) {
        if (timer.dueAtMs > this.clock.nowMs() || timer.firedAtMs !== null || timer.isCancelled) continue
        timer.firedAtMs = this.clock.nowMs()
        const before = tx.alarms.get(timer.subjectId)!
        const isShelf = timer.kind === 'unshelve'
        if (isShelf && (before.shelved?.until ?? '9') > this.at) continue
        const action = isShelf
          ? ({ do: 'unshelve' } as const)
          : ({ do: 'escalate', step: timer.step, at: this.at } as const)
        const alarm = transitionAlarm(before, action)
        if (alarm === before) continue
        tx.alarms.set(alarm.id, alarm)
        events.push(alarmEvent(alarm, isShelf ? 'unshelved' : 'escalated', 'centre'))
      }
      return events
    })
  }

  /** @returns false when the database did not take it. @throws Fault as the rules say */
  act(alarmId: string, action: AlarmAction, actor: string, fate: Fate): boolean {
    return this.#transact(fate, (tx) => {
      const before = tx.alarms.get(alarmId)!
      const alarm = transitionAlarm(before, action)
      if (alarm === before) return []
      tx.alarms.set(alarmId, alarm)
      if (alarm.state !== 'raised') cancelEscalation(tx, alarmId)
      return [alarmEvent(alarm, action.do, actor)]
    })
  }

  order(incidentId: string, patrolId: string, fate: Fate): void {
    this.#transact(fate, (tx) => {
      const id = `order-${tx.assignments.size + 1}`
      const assignment: Assignment = {
        id,
        incidentId,
        patrolId,
        state: 'ordered',
        orderedAt: this.at,
        orderedBy: 'li',
        acceptedAt: null,
        enRouteAt: null,
        onSceneAt: null,
        arrival: null,
        clearedAt: null,
        endedAt: null,
        endedReason: null,
        etaS: null,
        distanceM: null,
        insideGoal: null,
        goalS: null,
      }
      return this.#derive(tx, assignment, 'ordered')
    })
  }

  step(assignmentId: string, action: AssignmentAction, fate: Fate): void {
    this.#transact(fate, (tx) => {
      const before = tx.assignments.get(assignmentId)!
      const assignment = transitionAssignment(before, action)
      return assignment === before ? [] : this.#derive(tx, assignment, action.do)
    })
  }

  #derive(tx: Tables, assignment: Assignment, action: string): NewEvent[] {
    tx.assignments.set(assignment.id, assignment)
    const all = [...tx.assignments.values()].filter((one) => one.incidentId === assignment.incidentId)
    const incident = deriveIncident(tx.incidents.get(assignment.incidentId)!, all)
    tx.incidents.set(incident.id, incident)
    return [
      { kind: 'assignment', action, subjectId: assignment.id, incidentId: incident.id, actor: 'li', body: assignment },
      incidentEvent(incident, incident.state),
    ]
  }

  close(incidentId: string, fate: Fate): void {
    this.#transact(fate, (tx) => {
      const incident = closeIncident(tx.incidents.get(incidentId)!, this.at, 'real', null)
      tx.incidents.set(incidentId, incident)
      const events: NewEvent[] = []
      for (const id of incident.alarmIds) {
        let alarm = tx.alarms.get(id)!
        if (alarm.state === 'closed') continue
        if (alarm.state === 'raised') alarm = transitionAlarm(alarm, { do: 'acknowledge', at: this.at, by: 'li' })
        alarm = transitionAlarm(alarm, { do: 'close', at: this.at })
        tx.alarms.set(id, alarm)
        cancelEscalation(tx, id)
        events.push(alarmEvent(alarm, 'closed', 'li'))
      }
      return [...events, incidentEvent(incident, 'closed')]
    })
  }
}
