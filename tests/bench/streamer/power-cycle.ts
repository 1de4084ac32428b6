import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile, table } from '../figures.ts'
import { startChild, type ChildSample } from './child.ts'
import { farmEnv } from './measure.ts'

const BACK_MAX_S = 120
const LOOK_MS = 50

interface Counts {
  connects: number
}

/**
 * N cameras of one worker lose their power and have it again in the same moment: how long until all play, and how many connects a second the
 * worker makes at most meanwhile.
 * @param darkS 90 and more is beyond the last step of the ladder: the worst that can be
 * @param connectsPerSecond the product's 50 by default; 12.5 for 500 cameras is the rule of 2,000 on a quarter of the machine
 */
export async function benchPowerCycle(n: number, darkS: number, connectsPerSecond: number): Promise<void> {
  const password = 'power'
  const farm = await startChild('farm-main.js', [String(n)], { BENCH_PASSWORD: password })
  const env = { ...farmEnv(farm, password, n), BENCH_CONNECTS: String(connectsPerSecond) }
  const worker = await startChild('worker-main.js', [], env)
  const samples: (ChildSample & Counts)[] = []
  /** Looks four times a second until it is over. @returns how long that took */
  const look = async (seconds: number, isOver: (playing: number) => boolean): Promise<number> => {
    const beganMs = performance.now()
    while (performance.now() - beganMs < seconds * 1000) {
      const [sample, { viewers }] = [await worker.ask<Counts>('sample'), await farm.ask<{ viewers: number }>('sample')]
      samples.push(sample)
      if (isOver(viewers)) break
      await sleep(LOOK_MS)
    }
    return performance.now() - beganMs
  }
  try {
    await worker.ask('serve', n)
    const firstMs = await look(BACK_MAX_S, (playing) => playing >= n)
    await farm.ask('power-off')
    await look(darkS, () => false)
    await farm.ask('power-on')
    const backAtMs: number[] = []
    const beganMs = performance.now()
    const backMs = await look(BACK_MAX_S, (playing) => {
      while (backAtMs.length < playing) backAtMs.push(performance.now() - beganMs)
      return playing >= n
    })
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
    const all = backAtMs.length >= n ? seconds(backMs) : `not within ${BACK_MAX_S} s (${backAtMs.length})`
    console.log(
      table([
        ['N', 'budget/s', 'first start', 'dark', 'back p50', 'p95', 'all', 'most connects/s', 'load'],
        [
          String(n),
          String(connectsPerSecond),
          seconds(firstMs),
          `${darkS} s`,
          seconds(quantile(backAtMs, 0.5)),
          seconds(quantile(backAtMs, 0.95)),
          all,
          String(mostPerSecond(samples)),
          loadavg()[0]!.toFixed(1),
        ],
      ]),
    )
  } finally {
    await worker.stop()
    await farm.stop()
  }
}

/** In no stretch of a second; by the worker's own clock, so that a late look does not count for it. */
function mostPerSecond(samples: readonly (ChildSample & Counts)[]): number {
  let most = 0
  for (let from = 0, to = 0; from < samples.length; from++) {
    while (to + 1 < samples.length && samples[to + 1]!.atMs - samples[from]!.atMs <= 1_000) to++
    most = Math.max(most, samples[to]!.connects - samples[from]!.connects)
  }
  return most
}
