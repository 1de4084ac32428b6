import { describe, expect, it } from 'vitest'
import type { CameraFacts } from '../../streamer/health/judge-camera.ts'
import { judgeCamera, NO_KEY_FRAME_MS, STALLED_MS } from '../../streamer/health/judge-camera.ts'
import { notACamera, unreachable } from '../../streamer/rtsp/failure.ts'
import { CONNECTS_PER_SECOND, ConnectBudget, Retry, RETRY_CAP_MS, RETRY_FLOOR_MS } from '../../streamer/camera/retry.ts'
import { seeded } from './support/seeded.ts'

const playing: CameraFacts = {
  isWanted: true,
  isLatched: false,
  failure: null,
  playingSinceMs: 1_000,
  lastPacketMs: 50_000,
  lastKeyMs: 50_000,
  hasPicture: true,
  lacksParameters: false,
  isStill: false,
}

describe('a camera is judged', () => {
  const cases: [string, Partial<CameraFacts>, string][] = [
    ['online while key frames come', {}, 'online'],
    ['stalled without packets', { lastPacketMs: 50_000 - STALLED_MS }, 'stalled'],
    ['frozen when its picture stands still', { isStill: true }, 'frozen'],
    ['stalled rather than frozen without packets', { isStill: true, lastPacketMs: 50_000 - STALLED_MS }, 'stalled'],
    ['without key frames', { lastKeyMs: 50_000 - NO_KEY_FRAME_MS }, 'no-key-frame'],
    ['connecting before its first picture', { hasPicture: false, lastKeyMs: 0, playingSinceMs: 49_000 }, 'connecting'],
    ['away while it is being retried', { playingSinceMs: null, failure: unreachable('x') }, 'offline'],
    ['idle when nobody wants it', { playingSinceMs: null, isWanted: false }, 'idle'],
    [
      'not a camera even when nobody asks',
      { playingSinceMs: null, isWanted: false, failure: notACamera('x') },
      'not-a-camera',
    ],
    ['refused while its login is latched', { playingSinceMs: null, isLatched: true }, 'login-refused'],
  ]
  for (const [name, facts, state] of cases) {
    it(name, () => {
      const verdict = judgeCamera({ ...playing, ...facts }, 50_000)
      expect(verdict.state).toBe(state)
      const isWell = ['online', 'idle', 'connecting'].includes(state)
      expect(verdict.reason === null).toBe(isWell)
    })
  }
})

describe('a retry', () => {
  it('waits at least the floor, at most floor and cap, and longer on average the more often it failed', () => {
    const random = seeded(1)
    const means = Array.from({ length: 8 }, () => 0)
    for (let round = 0; round < 400; round++) {
      const retry = new Retry(random)
      for (let i = 0; i < means.length; i++) {
        retry.failed(0)
        expect(retry.nextMs).toBeGreaterThanOrEqual(RETRY_FLOOR_MS)
        expect(retry.nextMs).toBeLessThanOrEqual(RETRY_FLOOR_MS + RETRY_CAP_MS)
        means[i]! += retry.nextMs / 400
      }
    }
    expect(means[4]!).toBeGreaterThan(means[0]! * 4)
    expect(means[7]!).toBeGreaterThan(RETRY_CAP_MS * 0.4)
  })

  it('of two thousand cameras at once stays within the budget of connects', () => {
    const budget = new ConnectBudget()
    let taken = 0
    for (let nowMs = 1_000; nowMs < 6_000; nowMs += 100) for (let i = 0; i < 2_000; i++) if (budget.take(nowMs)) taken++
    expect(taken).toBeLessThanOrEqual(CONNECTS_PER_SECOND * 6)
    expect(taken).toBeGreaterThan(CONNECTS_PER_SECOND * 4)
  })
})
