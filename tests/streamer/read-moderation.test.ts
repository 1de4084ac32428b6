import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { CALM_TURN_MS, ReadModeration } from '../../streamer/read-moderation.ts'
import { sleep, until } from './support/harness.ts'

let moderation: ReadModeration | null = null
afterEach(() => moderation?.stop())

describe('Read moderation', () => {
  it('lets a calm worker sleep between its turns and wakes it for whoever asks', async () => {
    const own = (moderation = new ReadModeration(systemClock, () => 1000))
    own.start()
    await until('it sleeps', () => own.sleeps > 3)
    own.prompt()
    const { sleeps } = own
    const beganMs = systemClock.monotonicMs()
    for (let i = 0; i < 5; i++) await sleep(1)
    expect(systemClock.monotonicMs() - beganMs).toBeLessThan(5 * CALM_TURN_MS)
    expect(own.sleeps).toBeLessThanOrEqual(sleeps + 1)
    await until('it sleeps again', () => own.sleeps > sleeps + 3)
  })

  it('leaves a worker with few cameras alone', async () => {
    moderation = new ReadModeration(systemClock, () => 9)
    moderation.start()
    await sleep(500)
    expect(moderation.sleeps).toBe(0)
  })
})
