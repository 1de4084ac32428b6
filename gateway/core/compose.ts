import type { Alarm } from '../../domain/alarm.ts'
import { toIso } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Health, LogEvent } from '../../domain/wire/live.ts'
import { drillRoutes } from '../alarms/drill-routes.ts'
import { alarmRoutes } from '../alarms/routes.ts'
import { createCrews } from '../crew/crews.ts'
import { crewOf } from '../crew/crew-channel.ts'
import { circleRoutes } from '../dispatch/circle-routes.ts'
import { CoverageWatch } from '../dispatch/coverage-watch.ts'
import { postingRoutes } from '../dispatch/posting-routes.ts'
import { Postings } from '../dispatch/postings.ts'
import { Replies } from '../dispatch/replies.ts'
import { RoadClosures } from '../dispatch/road-closures.ts'
import { roadRoutes } from '../dispatch/road-routes.ts'
import { dutyLevelRoutes } from '../dispatch/duty-level-routes.ts'
import { dispatchRoutes } from '../dispatch/routes.ts'
import { followEmergencies } from '../fleet/emergency-flags.ts'
import { fleetRoutes } from '../fleet/routes.ts'
import type { Route } from '../http/route.ts'
import type { OnDesk } from '../http/websocket.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import { readHealth } from '../live/health.ts'
import { LiveChannel } from '../live/live-channel.ts'
import { liveRoutes } from '../live/routes.ts'
import { coverageFor, moveUpsFor, movesOthers, shownEvent } from '../live/visibility.ts'
import type { Troubles } from '../live/troubles.ts'
import type { DiskRoom } from '../store/disk-room.ts'
import { createAnswering } from './answering.ts'
import { listenToBroker } from './listen-to-broker.ts'
import { createMoving, type Moving } from './moving.ts'
import { openTruth, type CoreDeps, type Truth } from './truth.ts'

export type { CoreDeps } from './truth.ts'

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

type Answering = ReturnType<typeof createAnswering>

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

function cityOf({ places, layers, plans }: CoreDeps['city']) {
  const { name, nameEn, note, centre, bounds } = places
  // Roads and zones are drawn from their own files, beside the picture layers.
  return { name, nameEn, note, centre, bounds, layers: ['roads', 'zones', ...layers], plans: plans ?? [] }
}
