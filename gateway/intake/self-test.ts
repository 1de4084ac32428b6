import { type Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Log } from '../../domain/log.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { eventRecord, type TakeEvent } from './take-event.ts'

/** The device that does not exist. Nobody may sign in under this name, or a real press would be taken for ours. */
export const SELF_TEST_ID = 'vigil-self-test'
/** The promise: once a minute the whole way is walked. */
export const SELF_TEST_EVERY_MS = 60_000
/** Not at once: a start has other things to do. */
const FIRST_AFTER_MS = 10_000

/**
 * Writes a press of nobody into the journal once a minute, on the way that every press takes; the core counts it and calls a trouble when
 * it does not arrive (gateway/alarms/self-watch.ts). @returns how to stop
 */
export function startSelfTest(deps: { take: TakeEvent; clock: Clock; log: Log }): () => void {
  const { take, clock, log } = deps
  const from = { deviceId: SELF_TEST_ID, kind: 'button', topic: topicOf('button', SELF_TEST_ID, 'event') } as const
  const test = () => {
    const payload = Buffer.from(JSON.stringify({ id: newId(clock.nowMs()), type: 'test' }))
    take(eventRecord(from, payload, clock)).catch((error: unknown) =>
      log.error('the self-test could not be made durable', { reason: reasonOf(error) }),
    )
  }
  const first = setTimeout(test, FIRST_AFTER_MS)
  const every = setInterval(test, SELF_TEST_EVERY_MS)
  return () => {
    clearTimeout(first)
    clearInterval(every)
  }
}
