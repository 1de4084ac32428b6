import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Snapshot, Health } from '../../domain/wire/live.ts'
import type { BrokerClient } from '../broker/client.ts'
import type { KnownCity } from '../city/known-city.ts'
import { Outbox } from '../dispatch/outbox.ts'
import { Recommender } from '../dispatch/recommender.ts'
import { Positions } from '../fleet/positions.ts'
import { CentreState } from '../live/centre-state.ts'
import { EventLog } from '../live/event-log.ts'
import type { Word } from '../live/health.ts'
import { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import { DiskRoom } from '../store/disk-room.ts'

export interface CoreDeps {
  /** Migrated and seeded. */
  database: Database
  broker: BrokerClient
  clock: Clock
  log: Log
  metrics: Metrics
  city: Pick<KnownCity, 'places' | 'graph' | 'roadNames' | 'layers'> & Partial<Pick<KnownCity, 'plans'>>
  /** Folder of the intakes' journals. */
  journalDir: string
  /** Folder of the core's own journal of answers. */
  decisionsDir: string
  /** Where workers record. */
  recordDir: string
  /** Where crews' photos are kept. */
  photoDir: string
  version: string
  /** A button that nobody has tried for longer is named; 0: not watched. Default 30. */
  testEveryDays?: number
  /** Where devices connect, for the installer's command line. */
  mqtt: Snapshot['mqtt']
  /** From those who serve pictures, from memory. */
  video: () => Pick<Health, 'camerasOnline' | 'camerasWanted'> & { video: Word }
}

/** What everything else reads and writes: the log, the troubles, the state in memory, the outbox, the roads. */
export async function openTruth(deps: CoreDeps) {
  const { database, broker, clock, log, metrics, city } = deps
  const common = { database, clock, log, metrics }
  const events = new EventLog(common)
  const troubles = new Troubles({ ...common, events })
  const state = new CentreState(new Positions(), city.places.escalation)
  await events.start()
  await troubles.start()
  await state.load(database)
  events.subscribe((event) => state.apply(event))
  // What was appended between the two readings.
  await events.look()
  const { journalDir: journal, decisionsDir: data, recordDir: record } = deps
  const disk = new DiskRoom({ ...common, troubles, folders: { journal, data, record } })
  const outbox = new Outbox({ ...common, publish: (topic, payload) => broker.publish(topic, payload, { qos: 1 }) })
  const recommender = new Recommender({ ...common, state, graph: city.graph, runCards: city.places.runCards })
  events.subscribe((event) => recommender.onEvent(event))
  return { ...common, events, troubles, state, disk, outbox, recommender, onOutbox: () => outbox.kick() }
}
export type Truth = Awaited<ReturnType<typeof openTruth>>
