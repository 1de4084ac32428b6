import type { City } from '../../domain/city/city.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Health, LogEvent } from '../../domain/wire/live.ts'
import { JournalTails } from '../alarms/journal-tails.ts'
import { Provisional } from '../alarms/provisional.ts'
import { alarmRoutes } from '../alarms/routes.ts'
import { SignalTaker } from '../alarms/take-signals.ts'
import { Timers } from '../alarms/timers.ts'
import type { BrokerClient } from '../broker/client.ts'
import { Arrivals } from '../dispatch/arrivals.ts'
import { CoverageWatch } from '../dispatch/coverage-watch.ts'
import { Outbox } from '../dispatch/outbox.ts'
import { Recommender } from '../dispatch/recommender.ts'
import { Replies } from '../dispatch/replies.ts'
import { dispatchRoutes } from '../dispatch/routes.ts'
import { stepAssignment } from '../dispatch/step-assignment.ts'
import { DeviceLife } from '../fleet/device-life.ts'
import { EdgeNews } from '../fleet/edge-news.ts'
import { Fleet } from '../fleet/fleet.ts'
import { followEmergencies } from '../fleet/emergency-flags.ts'
import { Positions } from '../fleet/positions.ts'
import { fleetRoutes } from '../fleet/routes.ts'
import type { Route } from '../http/route.ts'
import type { OnDesk } from '../http/websocket.ts'
import { CentreState } from '../live/centre-state.ts'
import { EventLog } from '../live/event-log.ts'
import { readHealth, type Word } from '../live/health.ts'
import { LiveChannel } from '../live/live-channel.ts'
import { Rendered } from '../live/rendered.ts'
import { liveRoutes } from '../live/routes.ts'
import { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import { createBeatBatch, createFixBatch } from '../store/fix-batch.ts'
import { listenToBroker } from './listen-to-broker.ts'

export interface CoreDeps {
  /** Migrated and seeded. */
  database: Database
  broker: BrokerClient
  clock: Clock
  log: Log
  metrics: Metrics
  city: City
  /** Folder of the journals. */
  journalDir: string
  version: string
  /** From those who serve pictures, from memory. */
  video: () => Pick<Health, 'camerasOnline' | 'camerasWanted'> & { video: Word }
}

export interface Core {
  events: EventLog
  troubles: Troubles
  state: CentreState
  /** Everything but sign-in, registers, cameras and media. */
  routes: Route[]
  onDesk: OnDesk
  health: () => Health
  stop(): Promise<void>
}

/**
 * The whole of the core but its HTTP server: the one place where its parts are put together. From here a press goes journal → tail →
 * taker → event log → desks; a fix goes broker → fleet → dots and history.
 */
export async function createCore(deps: CoreDeps): Promise<Core> {
  const { database, broker, clock, log, metrics, city } = deps
  const common = { database, clock, log, metrics }
  const positions = new Positions()
  const events = new EventLog(common)
  const troubles = new Troubles({ ...common, events })
  const state = new CentreState(positions)
  await events.start()
  await troubles.start()
  await state.load(database)
  events.subscribe((event) => state.apply(event))
  // What was appended between the two readings.
  await events.look()

  const outbox = new Outbox({ ...common, publish: (topic, payload) => broker.publish(topic, payload, { qos: 1 }) })
  const onOutbox = () => outbox.kick()
  const parts = { ...common, events, troubles, state, onOutbox }
  const recommender = new Recommender({ state, clock, city, log, metrics })
  const recommend = recommender.recommend.bind(recommender)
  events.subscribe((event) => recommender.onEvent(event))
  const provisional = new Provisional({ state, clock, centre: city.centre })
  events.subscribe((event) => provisional.onEvent(event))
  const taker = new SignalTaker({ ...parts, centre: city.centre })

  const arrivals = new Arrivals(state, ({ id }) => {
    stepAssignment(parts, id, { do: 'on-scene', arrival: 'detected' }, 'centre').then(onOutbox, (error: unknown) => {
      log.warn('a detected arrival could not be stored', { assignment: id, reason: reasonOf(error) })
      arrivals.forget(id)
    })
  })
  const fixes = createFixBatch(common)
  const beats = createBeatBatch(common)
  const life = new DeviceLife({ ...parts, history: beats })
  const fleet = new Fleet({
    ...common,
    positions,
    history: fixes,
    onFix: (topic, fix) => {
      life.alive(topic.deviceId)
      if (topic.kind === 'patrol') arrivals.take(fix)
    },
  })
  const news = new EdgeNews({ ...parts, life })
  const replies = new Replies(parts)
  const timers = new Timers(parts)
  const rendered = new Rendered(parts)

  const health = () =>
    ({
      ...readHealth(
        {
          intake: () => (broker.isConnected() ? 'ok' : 'away'),
          database: () => (database.isAway() ? 'away' : 'ok'),
          broker: () => (broker.isConnected() ? 'ok' : 'away'),
          video: () => deps.video().video,
          desks: () => live.desks,
        },
        state,
        (device) => life.now(device),
      ),
      ...pickCameras(deps.video()),
    }) satisfies Health
  const live: LiveChannel = new LiveChannel({
    ...common,
    events,
    health,
    takeDots: (nowMs) => fleet.takeDots(nowMs),
    version: deps.version,
    dress: (event) => withPlace(state, event),
    onRendered: (alarmId, sessionId) => void rendered.take(alarmId, sessionId),
    onDuty: (request, on, sound) => {
      const body = { username: request.actor, on, sound, at: toIso(clock.nowMs()) }
      const action = on ? 'began' : 'ended'
      void logQuietly(log, 'duty', () =>
        events.transact((tx) =>
          events.append(tx, { kind: 'duty', action, subjectId: request.actor, actor: request.actor, body }),
        ),
      )
    },
  })
  const coverage = new CoverageWatch({ ...common, recommender, onCoverage: (now) => live.broadcastCoverage(now) })
  const tails = new JournalTails(deps.journalDir, {
    ...parts,
    taker,
    provisional,
    onTaken: onOutbox,
    onProvisional: (alarm) => live.broadcastProvisional(alarm),
  })

  recommender.warmUp(city.centre)
  await fleet.start()
  followEmergencies(state, events)
  life.start()
  news.start()
  timers.start()
  outbox.start()
  live.start()
  coverage.start()
  await tails.start()
  database.onState((away) => {
    if (!away) tails.kick()
  })
  const stopListening = listenToBroker({ broker, fleet, life, news, replies, onConnected: onOutbox })
  const sweeper = setInterval(() => arrivals.sweep(), 60_000)

  return {
    events,
    troubles,
    state,
    health,
    onDesk: (socket, request) => live.attach(socket, request),
    routes: [
      ...alarmRoutes({ ...parts, recommend }),
      ...dispatchRoutes({ ...parts, recommend, coverage: () => coverage.now() }),
      ...fleetRoutes(parts),
      ...liveRoutes({
        ...parts,
        health,
        coverage: () => coverage.last,
        city: cityOf(city),
        provisional: () => provisional.alarms,
        deviceNow: (device) => life.now(device),
      }),
    ],
    stop: async () => {
      clearInterval(sweeper)
      stopListening()
      for (const part of [live, timers, outbox, news, coverage]) part.stop()
      await tails.stop()
      await Promise.all([fleet.stop(), life.stop(), fixes.close(), beats.close()])
      events.stop()
    },
  }
}

/** A patrol that people have changed in the register is told to desks with its status and place, like every other. */
function withPlace(state: CentreState, event: LogEvent): LogEvent {
  if (event.kind !== 'patrol' || event.action === 'removed' || 'status' in event.body) return event
  const patrol = state.patrols.get(event.subjectId)
  return patrol ? { ...event, body: state.patrolNow(patrol) } : event
}

function pickCameras(video: { camerasOnline: number; camerasWanted: number }) {
  return { camerasOnline: video.camerasOnline, camerasWanted: video.camerasWanted }
}

function cityOf(city: City) {
  const { name, nameEn, note, centre, bounds } = city
  return { name, nameEn, note, centre, bounds, layers: Object.keys(city.layers) }
}

async function logQuietly(log: Log, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const isAway = error instanceof Fault && error.code === 'database-away'
    log.warn('an event could not be stored', { what, away: isAway, reason: reasonOf(error) })
  }
}
