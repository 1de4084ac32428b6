import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../figures.ts'
import { startChild } from './child.ts'

const BACK_MAX_S = 120
const LOOK_MS = 250

interface Counts {
  online: number
  connects: number
}

/**
 * N cameras of one worker lose their power and have it again in the same moment: how long until all play, and how many connects a
 * second the worker makes at most meanwhile, with the product's own budget of connects.
 * @param darkS 90 and more is beyond the last step of the ladder: the worst that can be
 */
export async function benchPowerCycle(n: number, darkS: number): Promise<void> {
  const password = 'power'
  const farm = await startChild('farm-main.js', [String(n)], { BENCH_PASSWORD: password })
  const env = { BENCH_PASSWORD: password, BENCH_RTSP_PORT: String(farm.ready), BENCH_CONNECTS: 'product' }
  const worker = await startChild('worker-main.js', [], env)
  const counts = () => worker.ask<Counts>('sample')
  try {
    await worker.ask('serve', n)
    const firstMs = await untilOnline(counts, n)
    console.log(`  first start: ${n} cameras play after ${(firstMs / 1000).toFixed(1)} s`)
    await farm.ask('power-off')
    const perSecond: number[] = []
    let before = (await counts()).connects
    const look = async (seconds: number, isOver: (online: number) => boolean) => {
      for (let i = 0; i < seconds; i++) {
        await sleep(1000)
        const { connects, online } = await counts()
        perSecond.push(connects - before)
        before = connects
        if (isOver(online)) return
      }
    }
    await look(darkS, () => false)
    const dark = await counts()
    await farm.ask('power-on')
    const beganMs = performance.now()
    const backAtMs: number[] = []
    const following = look(BACK_MAX_S, (online) => online >= n)
    while (performance.now() - beganMs < BACK_MAX_S * 1000) {
      const { online } = await farm.ask<{ viewers: number }>('sample').then(({ viewers }) => ({ online: viewers }))
      while (backAtMs.length < online) backAtMs.push(performance.now() - beganMs)
      if (online >= n) break
      await sleep(LOOK_MS)
    }
    await following
    const seconds = (q: number) => (quantile(backAtMs, q) / 1000).toFixed(1)
    console.log(
      `  power cut of ${darkS} s: ${n - dark.online} of ${n} dark; back p50 ${seconds(0.5)} s, p95 ${seconds(0.95)} s, all ${
        backAtMs.length >= n ? `${seconds(1)} s` : `not within ${BACK_MAX_S} s (${backAtMs.length})`
      }; at most ${Math.max(...perSecond)} connects in a second; load ${loadavg()[0]!.toFixed(1)}`,
    )
  } finally {
    await worker.stop()
    await farm.stop()
  }
}

async function untilOnline(counts: () => Promise<Counts>, n: number): Promise<number> {
  const beganMs = performance.now()
  while (performance.now() - beganMs < BACK_MAX_S * 1000 && (await counts()).online < n) await sleep(LOOK_MS)
  return performance.now() - beganMs
}
