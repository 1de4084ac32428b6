import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Snapshot, Health, LogEvent } from '../../domain/wire/live.ts'
import { drillRoutes } from '../alarms/drill-routes.ts'
import { alarmRoutes } from '../alarms/routes.ts'
import type { BrokerClient } from '../broker/client.ts'
import type { KnownCity } from '../city/known-city.ts'
import { createCrews } from '../crew/crews.ts'
import { crewOf } from '../crew/crew-channel.ts'
import { Arrivals } from '../dispatch/arrivals.ts'
import { circleRoutes } from '../dispatch/circle-routes.ts'
import { CoverageWatch } from '../dispatch/coverage-watch.ts'
import { Outbox } from '../dispatch/outbox.ts'
import { postingRoutes } from '../dispatch/posting-routes.ts'
import { Postings } from '../dispatch/postings.ts'
import { ReceiptsAgain } from '../dispatch/receipts-again.ts'
import { Recommender } from '../dispatch/recommender.ts'
import { Replies } from '../dispatch/replies.ts'
import { RoadClosures } from '../dispatch/road-closures.ts'
import { roadRoutes } from '../dispatch/road-routes.ts'
import { dutyLevelRoutes } from '../dispatch/duty-level-routes.ts'
import { dispatchRoutes } from '../dispatch/routes.ts'
import { stepAssignment } from '../dispatch/step-assignment.ts'
import { DeviceLife } from '../fleet/device-life.ts'
import { EdgeNews } from '../fleet/edge-news.ts'
import { Fleet } from '../fleet/fleet.ts'
import { followEmergencies } from '../fleet/emergency-flags.ts'
import { OwnOutage } from '../fleet/own-outage.ts'
import { Positions } from '../fleet/positions.ts'
import { PressTests } from '../fleet/press-tests.ts'
import { IntakePulse } from '../fleet/intake-pulse.ts'
import { fleetRoutes } from '../fleet/routes.ts'
import type { Route } from '../http/route.ts'
import type { OnDesk } from '../http/websocket.ts'
import { CentreState } from '../live/centre-state.ts'
import { EventLog, type NewEvent } from '../live/event-log.ts'
import { readHealth, type Word } from '../live/health.ts'
import { LiveChannel } from '../live/live-channel.ts'
import { liveRoutes } from '../live/routes.ts'
import { coverageFor, jurisdictionOfMoving, moveUpsFor, movesOthers, shownEvent } from '../live/visibility.ts'
import { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import { DiskRoom } from '../store/disk-room.ts'
import { createBeatBatch, createFixBatch } from '../store/fix-batch.ts'
import { createAnswering } from './answering.ts'
import { listenToBroker } from './listen-to-broker.ts'

export interface CoreDeps {
  /** Migrated and seeded. */
  database: Database
  broker: BrokerClient
  clock: Clock
  log: Log
  metrics: Metrics
  city: Pick<KnownCity, 'places' | 'graph' | 'roadNames' | 'layers'>
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

export interface Core {
  events: EventLog
  troubles: Troubles
  state: CentreState
  disk: DiskRoom
  /** Alarms that are shown and not stored yet. */
  provisional: () => readonly Alarm[]
  /** Everything but sign-in, registers, cameras and media. */
  routes: Route[]
  onDesk: OnDesk
  /** Whether this crew may see a picture of this camera now. */
  crewSees: (patrolId: string, cameraId: string) => boolean
  health: () => Health
  stop(): Promise<void>
}

/** Records of orders that are over; each is 40 bytes. */
const ARRIVALS_SWEEP_MS = 60_000
const WARM_UP_AFTER_MS = 300

/**
 * The whole of the core but its HTTP server: the one place where its parts are put together. From here a press goes journal → tail →
 * taker → event log → desks; a fix goes broker → fleet → dots and history.
 */
export async function createCore(deps: CoreDeps): Promise<Core> {
  const { broker, city } = deps
  const truth = await openTruth(deps)
  const { state, events, outbox, recommender } = truth
  const { graph, snap } = recommender
  const closures = new RoadClosures({ ...truth, graph, snap, roadNames: city.roadNames })
  const postings = new Postings({ ...truth, snap })
  const moving = createMoving(deps, truth, postings, () => live.pulseNow())
  const crews = createCrews({ ...truth, ...moving, graph, snap, photoDir: deps.photoDir, version: deps.version })
  const health = () => healthOf(deps, truth, moving, live, answering)
  const live = createLive(deps, truth, moving, { health, answering: () => answering })
  const coverage = new CoverageWatch({ ...truth, onCoverage: (now) => live.broadcastCoverage(now) })
  events.subscribe((event) => coverage.onEvent(event))
  const recommend = recommender.recommend.bind(recommender)
  const { journalDir, decisionsDir } = deps
  const where = { journalDir, decisionsDir, centre: city.places.centre }
  const answering: Answering = createAnswering({ ...truth, ...where, recommend, live: () => live })
  recommender.sentByRadio = (patrolId) => answering.decisions.radioOrderOf(patrolId) !== null
  followEmergencies(state, events)
  await truth.disk.start()
  await moving.start()
  await closures.start()
  for (const part of [outbox, live, crews.channel, coverage]) part.start()
  await answering.start()
  const replies = new Replies({ ...truth, postings })
  const stopListening = listenToBroker({ broker, ...moving, replies, onConnected: truth.onOutbox })
  // After the door is open: a restarted centre answers 0.2 s sooner, and nobody sends a patrol within that.
  const warmUp = setTimeout(() => recommender.warmUp(city.places.centre), WARM_UP_AFTER_MS)
  return {
    ...truth,
    health,
    provisional: answering.shown,
    onDesk: (socket, request) => {
      const patrolId = crewOf(request.subject)
      if (patrolId === null) live.attach(socket, request)
      else crews.channel.attach(socket, patrolId)
    },
    crewSees: crews.sees,
    routes: [
      ...alarmRoutes({
        ...truth,
        recommend,
        findAlarm: answering.find,
        acknowledge: (id, actor) => answering.decisions.acknowledge(id, actor),
        takeOver: (id, subject, reason) => answering.decisions.takeOver(id, subject, reason),
        orderByRadio: (id, patrolId, actor) => answering.decisions.orderByRadio(id, patrolId, actor),
        recommendFor: answering.recommendFor,
      }),
      ...drillRoutes(answering.drills),
      ...dispatchRoutes({ ...truth, recommend, coverage: () => coverage.now() }),
      ...dutyLevelRoutes(truth),
      ...circleRoutes({ ...truth, graph, snap }),
      ...roadRoutes({ closures, moveUps: (who) => moveUpsFor(state, who, recommender.moveUps()) }),
      ...postingRoutes({ postings }),
      ...fleetRoutes(truth),
      ...crews.routes,
      ...liveRoutes({
        ...truth,
        health,
        coverage: () => coverage.last,
        city: cityOf(city),
        mqtt: deps.mqtt,
        provisional: answering.shown,
        deviceNow: (device) => moving.life.now(device),
      }),
    ],
    stop: async () => {
      clearTimeout(warmUp)
      stopListening()
      for (const part of [live, crews.channel, outbox, coverage, closures, postings, truth.disk]) part.stop()
      await answering.stop()
      await moving.stop()
      events.stop()
    },
  }
}

/** What everything else reads and writes: the log, the troubles, the state in memory, the outbox, the roads. */
async function openTruth(deps: CoreDeps) {
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
type Truth = Awaited<ReturnType<typeof openTruth>>
type Answering = ReturnType<typeof createAnswering>

/** Everything that moves or lives: fixes, arrivals, signs of life, the edge's news. */
function createMoving(
  { database, broker, clock, log, metrics, mqtt, testEveryDays = 30 }: CoreDeps,
  truth: Truth,
  postings: Postings,
  onHealth: () => void,
) {
  const { state, disk, onOutbox } = truth
  const common = { database, clock, log, metrics }
  const arrivals = new Arrivals(state, {
    onScene: ({ id }) => {
      stepAssignment(truth, id, { do: 'on-scene', arrival: 'detected' }, 'centre').then(onOutbox, (error: unknown) => {
        log.warn('a detected arrival could not be stored', { assignment: id, reason: reasonOf(error) })
        arrivals.forget(id)
      })
    },
    atPost: ({ id, patrolId }) => {
      postings.step(patrolId, id, { do: 'there', arrival: 'detected' }, 'centre').catch((error: unknown) => {
        log.warn('a detected arrival could not be stored', { posting: id, reason: reasonOf(error) })
        arrivals.forget(id)
      })
    },
  })
  const mayKeep = () => disk.mayKeepHistory()
  const fixes = createFixBatch({ ...common, mayKeep })
  const beats = createBeatBatch({ ...common, mayKeep })
  const life = new DeviceLife({ ...truth, history: beats })
  const fleet = new Fleet({
    ...common,
    positions: state.positions,
    history: fixes,
    whose: (id) => jurisdictionOfMoving(state, id),
    onFix: (topic, fix, source) => {
      // A phone that moves says nothing about the terminal in the car.
      if (source === 'terminal') life.alive(topic.deviceId)
      if (topic.kind === 'patrol') arrivals.take(fix)
    },
  })
  const again = new ReceiptsAgain(truth)
  // On our own edge no connection means no intake; a broker of yours may still be heard by it.
  const isDeaf = () => mqtt.host !== null && !broker.isConnected()
  const pulse = new IntakePulse({ ...truth, onChange: onHealth, isDeaf })
  const news = new EdgeNews({
    ...truth,
    life,
    onListening: (deviceId) => again.listening(deviceId),
    onPulse: (message) => pulse.take(message),
  })
  const outage = new OwnOutage(truth)
  const tests = new PressTests({ ...truth, days: testEveryDays })
  let sweeper: NodeJS.Timeout | undefined
  return {
    life,
    fleet,
    news,
    outage,
    pulse,
    start: async () => {
      await fleet.start()
      life.start()
      for (const part of [news, tests, pulse]) part.start()
      sweeper = setInterval(() => arrivals.sweep(), ARRIVALS_SWEEP_MS)
    },
    stop: async () => {
      clearInterval(sweeper)
      for (const part of [news, outage, tests, pulse]) part.stop()
      again.stop()
      await Promise.all([fleet.stop(), life.stop(), fixes.close(), beats.close()])
    },
  }
}
type Moving = ReturnType<typeof createMoving>

function createLive(
  deps: CoreDeps,
  truth: Truth,
  { fleet }: Moving,
  { health, answering }: { health: () => Health; answering: () => Answering },
): LiveChannel {
  const { events, state, clock, log } = truth
  return new LiveChannel({
    ...truth,
    health,
    takeDots: (nowMs) => fleet.takeDots(nowMs),
    version: deps.version,
    dress: (event) => withPlace(state, event),
    shown: (who, event, dressed) => shownEvent(state, who, event, dressed),
    movesOthers: (who, event) => movesOthers(state, who, event),
    coverageFor: (who, now) => coverageFor(state, who, now),
    provisional: () => answering().shown(),
    onRendered: (alarmId, desk) => answering().rendered.take(alarmId, desk),
    onDuty: ({ actor }, on, sound) => {
      const body = { username: actor, on, sound, at: toIso(clock.nowMs()) }
      const event: NewEvent = { kind: 'duty', action: on ? 'began' : 'ended', subjectId: actor, actor, body }
      events
        .transact((tx) => events.append(tx, event))
        .catch((error: unknown) => {
          log.warn('a duty could not be stored', { officer: actor, reason: reasonOf(error) })
        })
    },
  })
}

function healthOf(
  { database, broker, video }: CoreDeps,
  truth: Truth,
  { life, pulse }: Moving,
  live: LiveChannel,
  answering: Answering,
): Health {
  const { video: word, camerasOnline, camerasWanted } = video()
  const brokerWord = broker.isConnected() ? 'ok' : 'away'
  const sources = {
    // By its own pulse: a connection stands also while the program behind it hangs, and a broker of yours is not the intake.
    intake: () => pulse.word(),
    broker: () => brokerWord,
    database: () => (database.isAway() ? 'away' : answering.isStruggling() ? 'degraded' : 'ok'),
    video: () => word,
    desks: () => live.desks,
  } as const
  return { ...readHealth(sources, truth.state, (device) => life.now(device)), camerasOnline, camerasWanted }
}

/** A patrol that people have changed in the register is told to desks with its status and place, like every other. */
function withPlace(state: CentreState, event: LogEvent): LogEvent {
  if (event.kind !== 'patrol' || event.action === 'removed' || 'status' in event.body) return event
  const patrol = state.patrols.get(event.subjectId)
  return patrol ? { ...event, body: state.patrolNow(patrol) } : event
}

function cityOf({ places, layers }: CoreDeps['city']) {
  const { name, nameEn, note, centre, bounds } = places
  // Roads and zones are drawn from their own files, beside the picture layers.
  return { name, nameEn, note, centre, bounds, layers: ['roads', 'zones', ...layers] }
}
