import { describe, expect, it } from 'vitest'
import type { CameraFacts } from '../../streamer/health/judge-camera.ts'
import { judgeCamera, LONG_GROUP_MS, NO_KEY_FRAME_MS, STALLED_MS } from '../../streamer/health/judge-camera.ts'
import { notACamera, unreachable } from '../../streamer/rtsp/failure.ts'
import { CONNECTS_PER_SECOND, ConnectBudget, Retry, RETRY_CAP_MS, RETRY_FLOOR_MS } from '../../streamer/camera/retry.ts'
import { Turns } from '../../streamer/camera/turns.ts'
import { seeded } from '../support/seeded.ts'

const playing: CameraFacts = {
  isWanted: true,
  isLatched: false,
  failure: null,
  playingSinceMs: 1_000,
  lastPacketMs: 50_000,
  lastKeyMs: 50_000,
  longestGroupMs: 0,
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
    [
      'without a first key frame',
      { hasPicture: false, lastKeyMs: 0, playingSinceMs: 50_000 - NO_KEY_FRAME_MS },
      'no-key-frame',
    ],
    ['online in a long group', { lastKeyMs: 50_000 - NO_KEY_FRAME_MS }, 'online'],
    ['without key frames any more', { lastKeyMs: 50_000 - LONG_GROUP_MS }, 'no-key-frame'],
    ['online in groups of twenty seconds', { lastKeyMs: 15_000, longestGroupMs: 20_000 }, 'online'],
    ['without key frames where groups were long', { lastKeyMs: 9_000, longestGroupMs: 20_000 }, 'no-key-frame'],
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

  it('of two thousand cameras at once stays within the budget in every second, and uses most of it', () => {
    const budget = new ConnectBudget()
    const taken: number[] = []
    for (let nowMs = 1_000; nowMs < 61_000; nowMs += 50) {
      // A fifth of them are watched by somebody.
      for (let i = 0; i < 2_000; i++) if (budget.take(nowMs, i % 5 === 0)) taken.push(nowMs)
    }
    for (let fromMs = 1_000; fromMs < 60_000; fromMs += 50) {
      const inSecond = taken.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000).length
      expect(inSecond).toBeLessThanOrEqual(CONNECTS_PER_SECOND)
    }
    expect(taken.length, 'all of them within 50 s').toBeGreaterThan(2_000 * (60 / 50))
    expect(budget.refused).toBeGreaterThan(0)
  })

  it('of two thousand cameras whose power was cut brings all back within a minute, however long they were dark', () => {
    for (const darkS of [1, 20, 300]) {
      const random = seeded(darkS)
      const [budget, turns] = [new ConnectBudget(), new Turns()]
      const cameras = Array.from({ length: 2_000 }, () => ({ retry: new Retry(random), isBack: false, dueMs: -1 }))
      const connects: number[] = []
      let longestWaitMs = 0
      let nowMs = 0
      const turn = (hasPower: boolean) => {
        nowMs += 100
        turns.sweep(cameras, budget, (camera) => {
          if (camera.isBack || nowMs < camera.retry.nextMs) return
          if (camera.dueMs < 0) camera.dueMs = nowMs
          if (!budget.take(nowMs)) return
          longestWaitMs = Math.max(longestWaitMs, nowMs - camera.dueMs)
          camera.dueMs = -1
          connects.push(nowMs)
          if (hasPower) camera.isBack = true
          else camera.retry.failed(nowMs)
        })
      }
      for (let i = 0; i < darkS * 10; i++) turn(false)
      const backMs = nowMs
      for (let i = 0; i < 1_200 && cameras.some((camera) => !camera.isBack); i++) turn(true)
      expect((nowMs - backMs) / 1_000, `after ${darkS} s of dark`).toBeLessThanOrEqual(60)
      expect(longestWaitMs, 'nobody is passed over').toBeLessThan(60_000)
      let [most, from] = [0, 0]
      connects.forEach((atMs, i) => {
        while (atMs - connects[from]! >= 1_000) from++
        most = Math.max(most, i - from + 1)
      })
      expect(most, 'in no second more').toBeLessThanOrEqual(CONNECTS_PER_SECOND)
    }
  })

  it('lets a picture that somebody waits for go first when nothing is left', () => {
    const budget = new ConnectBudget()
    let nowMs = 1_000
    for (let i = 0; i < 10; i++, nowMs += 100) while (budget.take(nowMs));
    nowMs -= 1
    expect(budget.take(nowMs)).toBe(false)
    const urgent = Array.from({ length: 10 }, () => budget.take(nowMs, true)).filter(Boolean).length
    expect(urgent).toBeGreaterThanOrEqual(1)
    expect(urgent, 'but not many').toBeLessThanOrEqual(5)
  })

  it('of a thread that is late catches up within the second, and begins with a part of it', () => {
    const budget = new ConnectBudget()
    const takenAt = (nowMs: number) => Array.from({ length: 2_000 }, () => budget.take(nowMs)).filter(Boolean).length
    expect(takenAt(1_000)).toBeLessThan(CONNECTS_PER_SECOND / 2)
    let taken = 0
    for (let nowMs = 2_000; nowMs < 12_000; nowMs += 250) taken += takenAt(nowMs)
    expect(taken).toBeGreaterThan(CONNECTS_PER_SECOND * 10 * 0.9)
  })
})
