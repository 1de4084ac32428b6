import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMPTY_BYTES_MAX, STILL_KEYS_MIN, STILL_MS_MIN, StillWatch } from '../../streamer/health/still-watch.ts'
import { loadClip } from '../../simulators/camera/clip.ts'
import type { CameraFarm } from '../../simulators/camera/camera-farm.ts'
import { CAMERA_USERNAME } from '../../simulators/camera/camera-farm.ts'
import { PASSWORD, startFarm } from '../simulators/camera/farm-harness.ts'
import { seeded } from '../support/seeded.ts'
import { startWorker, until, type Worker } from './support/harness.ts'

const FRAME_MS = 1_000 / 15
const PER_GOP = 15

/** @param gop sizes of group `i`: its key picture, and each picture after it */
function watch(
  gops: number,
  gop: (i: number) => [number, () => number],
  on = new StillWatch(),
  fromMs = 0,
): StillWatch {
  for (let i = 0; i < gops; i++) {
    const [key, between] = gop(i)
    for (let n = 0; n < PER_GOP; n++) {
      on.unit(n === 0, n === 0 ? key : between(), fromMs + (i * PER_GOP + n) * FRAME_MS)
    }
  }
  return on
}
const still = (i: number): [number, () => number] => [30_000 + (i % 3) * 40, () => 40]

describe('a picture that stands still', () => {
  it('is seen after eight key pictures and twenty seconds, not before', () => {
    const seconds = STILL_MS_MIN / 1_000
    expect(watch(seconds, still).isStill).toBe(false)
    expect(watch(seconds + 1, still).isStill).toBe(true)
    const slow = new StillWatch()
    for (let i = 0; i < STILL_KEYS_MIN; i++) {
      expect(slow.isStill).toBe(false)
      slow.unit(true, 20_000, i * 10_000)
      for (let n = 0; n < 100; n++) slow.unit(false, 20, i * 10_000 + n)
    }
    expect(slow.isStill).toBe(true)
  })

  it('is seen by key pictures of one size alone, of a camera that sends nothing between', () => {
    const keysOnly = new StillWatch()
    for (let i = 0; i < 600; i++) keysOnly.unit(true, 41_234, i * FRAME_MS)
    expect(keysOnly.isStill).toBe(true)
  })

  it('is over after two lively groups, not after a hiccup of the encoder', () => {
    const on = watch(30, still)
    watch(1, () => [36_000, () => 900], on, 30_000)
    expect(on.isStill).toBe(true)
    watch(1, still, on, 31_000)
    watch(2, (i) => [36_000 + i * 500, () => 900], on, 32_000)
    expect(on.isStill).toBe(false)
  })

  it('is not what a quiet scene with a sensor’s noise is, whatever its sizes', () => {
    const random = seeded(7)
    for (let round = 0; round < 200; round++) {
      const base = 8_000 + random() * 100_000
      const least = EMPTY_BYTES_MAX * (1.1 + random() * 5)
      const on = watch(120, () => [
        Math.round(base * (1 + (random() - 0.5) * 0.02)),
        () => Math.round(least * (1 + random())),
      ])
      expect(on.isStill, `round ${round}`).toBe(false)
    }
  })

  it('is none of the clips of the simulated cameras, over three rounds each', () => {
    const folder = join(process.cwd(), 'simulators/camera/clips')
    const names = readdirSync(folder).filter((name) => name.endsWith('.h264'))
    expect(names.length).toBeGreaterThan(12)
    for (const name of names) {
      const { pictures } = loadClip(join(folder, name))
      const on = new StillWatch()
      for (let n = 0; n < pictures.length * 5; n++) {
        const { isKey, after } = pictures[n % pictures.length]!
        on.unit(isKey, after.bytes.length, n * FRAME_MS)
        expect(on.isStill, name).toBe(false)
      }
    }
  })
})

describe('a simulated camera', () => {
  let farm: CameraFarm
  let worker: Worker
  beforeAll(async () => {
    farm = await startFarm()
    const order = (id: string) => ({
      id,
      url: `rtsp://127.0.0.1:${farm.rtspPort}/cam/${id}/sub`,
      username: CAMERA_USERNAME,
      password: PASSWORD,
      warm: true,
    })
    worker = await startWorker([order('gate'), order('square')])
  })
  afterAll(async () => {
    worker.stop()
    await farm.close()
  })
  const verdict = (id: string) => worker.fleet.cameras.get(id)!.verdict(worker.fleet.clock.monotonicMs())

  it('that freezes while its clock goes on is said to be frozen, beside one that lives; then it lives again', async () => {
    await until('online', () => verdict('gate').state === 'online')
    farm.setFault('gate', { kind: 'frozen' })
    await until('frozen', () => verdict('gate').state === 'frozen', STILL_MS_MIN + 8_000)
    expect(verdict('gate').reason).toMatch(/stands still/)
    expect(verdict('square')).toEqual({ state: 'online', reason: null })
    farm.setFault('gate', null)
    await until('online again', () => verdict('gate').state === 'online', 6_000)
  }, 45_000)
})
