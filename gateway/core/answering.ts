import { join } from 'node:path'
import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import { DecisionJournal } from '../alarms/decision-journal.ts'
import { Decisions } from '../alarms/decisions.ts'
import { Drills } from '../alarms/drills.ts'
import { FloodWatch } from '../alarms/flood-watch.ts'
import { JournalTails } from '../alarms/journal-tails.ts'
import { Provisional } from '../alarms/provisional.ts'
import { SignalTaker } from '../alarms/take-signals.ts'
import { Timers } from '../alarms/timers.ts'
import { orderPatrolIn } from '../dispatch/order-patrol.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { LiveChannel } from '../live/live-channel.ts'
import { Rendered } from '../live/rendered.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'

export interface AnsweringDeps {
  database: Database
  clock: Clock
  log: Log
  metrics: Metrics
  events: EventLog
  troubles: Troubles
  state: CentreState
  /** Folder of the intakes' journals. */
  journalDir: string
  /** Folder of the core's own journal of answers; not below the other, whose every folder is an intake's. */
  decisionsDir: string
  /** Middle of the district, `[lng, lat]`. */
  centre: [number, number]
  recommend: (incident: Incident) => Recommendation
  onOutbox: () => void
  /** The desks; asked only after everything is put together. */
  live: () => LiveChannel
}

/** The folder of answers of a core whose data live in `dataDir`. */
export function decisionsDirOf(dataDir: string): string {
  return join(dataDir, 'decisions')
}

/**
 * What sees to it that an alarm is answered: signals become alarms, stored or provisional; answers are kept with or without the database; what
 * nobody has seen or answered calls others.
 */
export function createAnswering(deps: AnsweringDeps) {
  const { database, events, live } = deps
  const drills = new Drills(deps)
  const drillAt = (siteId: string, atMs: number) => drills.at(siteId, atMs)
  const provisional = new Provisional({ ...deps, drillAt })
  const find = (id: string) => provisional.find(id)
  const decisions: Decisions = new Decisions({
    ...deps,
    find,
    journal: new DecisionJournal({ ...deps, root: deps.decisionsDir }),
    orderByRadio: async (tx, { at: radioAt, ...order }) => {
      await orderPatrolIn(tx, deps, { ...order, radioAt, reason: null })
    },
    isCaughtUp: () => tails.isCaughtUp(),
    onDecision: (alarm) => live().broadcastProvisional(alarm),
  })
  const taker: SignalTaker = new SignalTaker({ ...deps, decisions, drillAt })
  const tails = new JournalTails(deps.journalDir, {
    ...deps,
    taker,
    provisional,
    onTaken: () => {
      deps.onOutbox()
      decisions.kick()
    },
    onProvisional: (alarm) => live().broadcastProvisional(decisions.over(alarm)),
    onGhosts: () => live().resetDesks('a provisional alarm was a repetition of an older signal'),
  })
  const timers = new Timers({
    ...deps,
    isAnybodyOnDuty: () => live().isAnybodyOnDuty(),
    isHeld: () => decisions.isHolding(),
  })
  const rendered = new Rendered({ ...deps, find })
  const flood = new FloodWatch({ ...deps, jurisdictions: () => live().jurisdictions() })
  let stopKicking = () => {}

  return {
    decisions,
    drills,
    find,
    rendered,
    /** Who should go to an alarm that memory knows, also before its incident is open. @throws Fault `not-found` */
    recommendFor: (alarmId: string): Recommendation => {
      const alarm = find(alarmId)
      const incident = alarm && provisional.incidentOf(alarm)
      if (!incident) throw new Fault('not-found', 'There is no incident of this alarm.', { id: alarmId })
      return deps.recommend(incident)
    },
    /** Signals take effect late or not at all although the database answers. */
    isStruggling: () => tails.isStruggling,
    /** Alarms that are shown otherwise than they are stored, for the snapshot of a desk that comes now. */
    shown: (): Alarm[] => {
      const ahead = provisional.alarms.map((alarm) => decisions.over(alarm))
      return [...new Map([...ahead, ...decisions.standing()].map((alarm) => [alarm.id, alarm])).values()]
    },
    start: async () => {
      events.subscribe((event) => provisional.onEvent(event))
      await drills.start()
      // Before the timers: what was answered in an outage must not escalate.
      await decisions.start()
      for (const part of [timers, rendered, flood, taker.repeats]) part.start()
      await tails.start()
      stopKicking = database.onState((away) => {
        if (away) return
        tails.kick()
        decisions.kick()
      })
    },
    stop: async () => {
      stopKicking()
      for (const part of [timers, rendered, flood, drills, taker.repeats]) part.stop()
      await tails.stop()
      await decisions.stop()
    },
  }
}
