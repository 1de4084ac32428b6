import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile, table } from '../figures.ts'
import { startChild, type Child } from './child.ts'
import { costOf, startFarm, untilOnline, watch, type Cost, type ViewerCounts } from './measure.ts'

const SETTLE_S = 10
const MEASURE_S = 20
/** What a playlist has beside the parts of its last segment. */
const PLAYLIST_BYTES = 1_200

interface Served {
  cost: Cost
  seen: ViewerCounts
  partsPerS: number
  requestsPerS: number
}

/** `viewers` players of one stream: CPU of the worker per viewer, beside a bare Node server of the same bytes in the same run. */
export async function benchViewers(viewers: number): Promise<void> {
  const farm = await startFarm(1, null)
  try {
    const worker = await startChild('worker-main.js', [], farm.env)
    await worker.ask('serve', 1)
    await untilOnline(worker, 1)
    const own = await measure(worker, viewers)
    await worker.stop()
    const partBytes = Math.round(own.seen.served / Math.max(1, own.seen.parts)) - PLAYLIST_BYTES
    const floor = await startChild('floor-main.js', [], {
      BENCH_PART_BYTES: String(Math.max(1000, partBytes)),
      BENCH_PLAYLIST_BYTES: String(PLAYLIST_BYTES),
    })
    const bare = await measure(floor, viewers)
    await floor.stop()
    const row = (name: string, { cost, seen, partsPerS, requestsPerS }: Served) => [
      name,
      cost.cpuMs.toFixed(3),
      (cost.cpuMs / bare.cost.cpuMs).toFixed(2),
      ((cost.cpuMs * viewers) / requestsPerS).toFixed(3),
      requestsPerS.toFixed(0),
      (partsPerS / viewers).toFixed(2),
      quantile(seen.behindMs, 0.5).toFixed(0),
      quantile(seen.behindMs, 0.99).toFixed(0),
      String(seen.failed),
      loadavg()[0]!.toFixed(1),
    ]
    const head = ['viewers of one stream', 'CPU ms', '× bare', 'per request']
    console.log(
      table([
        [...head, 'requests/s', 'parts/s each', 'p50 ms', 'p99 ms', 'failed', 'load'],
        row(`${viewers} at the worker`, own),
        row(`${viewers} at a bare server`, bare),
      ]),
    )
    console.log(
      '  CPU: ms per viewer-second, user + system of the server. p50, p99: a part whole at the viewer after its end.',
    )
  } finally {
    await farm.stop()
  }
}

async function measure(server: Child, viewers: number): Promise<Served> {
  const audience = await watch(server, viewers, 1)
  try {
    await sleep(SETTLE_S * 1000)
    const first = await audience.ask<ViewerCounts>('sample')
    const before = await server.ask('sample')
    await sleep(MEASURE_S * 1000)
    const after = await server.ask('sample')
    const seen = await audience.ask<ViewerCounts>('sample')
    const parts = seen.parts - first.parts
    return {
      cost: costOf(before, after, viewers),
      seen: { ...seen, parts, served: seen.served - first.served },
      partsPerS: parts / MEASURE_S,
      requestsPerS: (seen.requests - first.requests) / MEASURE_S,
    }
  } finally {
    await audience.stop()
  }
}
