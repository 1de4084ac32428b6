import { reasonOf } from '../../domain/fault.ts'
import { Arrivals } from '../dispatch/arrivals.ts'
import type { Postings } from '../dispatch/postings.ts'
import { ReceiptsAgain } from '../dispatch/receipts-again.ts'
import { stepAssignment } from '../dispatch/step-assignment.ts'
import { DeviceLife } from '../fleet/device-life.ts'
import { EdgeNews } from '../fleet/edge-news.ts'
import { Fleet } from '../fleet/fleet.ts'
import { OwnOutage } from '../fleet/own-outage.ts'
import { PressTests } from '../fleet/press-tests.ts'
import { IntakePulse } from '../fleet/intake-pulse.ts'
import { jurisdictionOfMoving } from '../live/visibility.ts'
import { createBeatBatch, createFixBatch } from '../store/fix-batch.ts'
import type { CoreDeps, Truth } from './truth.ts'

/** Records of orders that are over; each is 40 bytes. */
const ARRIVALS_SWEEP_MS = 60_000

/** Everything that moves or lives: fixes, arrivals, signs of life, the edge's news. */
export function createMoving(
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
export type Moving = ReturnType<typeof createMoving>
