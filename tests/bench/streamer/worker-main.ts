import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { Fleet } from '../../../streamer/camera/fleet.ts'
import { listenOnLoopback } from '../../../streamer/http/metrics-server.ts'
import { createWorkerServer } from '../../../streamer/http/worker-server.ts'
import { answerParent } from './child.ts'

/**
 * One streamer worker as the product has it, but with a ring of BENCH_RING_MS and connects in a hurry. Its first BENCH_COLD cameras are
 * not kept warm.
 */
const metrics = new Metrics()
const env = process.env
const fleet = new Fleet({
  clock: systemClock,
  log: silentLog,
  metrics,
  warmRingMs: Number(env['BENCH_RING_MS'] ?? 6000),
  connectsPerSecond: Number(env['BENCH_CONNECTS'] ?? 500),
  ...(env['BENCH_MODERATION'] === 'off' ? { moderatedMin: Infinity } : {}),
})
const server = createWorkerServer({ fleet, token: 'bench', log: silentLog, metrics })
fleet.start()
const cold = Number(env['BENCH_COLD'] ?? 0)

function counts(): object {
  const sums = { online: 0, parts: 0, late: 0, lost: 0, units: 0, bytes: 0, connects: 0 }
  for (const { pipeline, stream, counts } of fleet.cameras.values()) {
    sums.connects += counts.connects
    sums.parts += stream.counts.parts
    sums.late += stream.counts.lateParts
    if (!pipeline) continue
    if (stream.counts.parts > 0) sums.online++
    sums.lost += pipeline.order.counts.lost + pipeline.units.counts.damaged
    sums.units += pipeline.units.counts.units
    sums.bytes += pipeline.counts.bytes
  }
  const { size: moderated, counts: rounds } = fleet.moderation
  return {
    ...sums,
    slabs: fleet.slabs.usedBytes,
    freeSlabs: fleet.slabs.freeBytes,
    moderated,
    lateSlots: rounds.lateSlots,
  }
}

const pathOf = (i: number) => (env['BENCH_PATH'] ?? '').replace('{i}', String(i % Number(env['BENCH_CAMERAS'])))

answerParent({
  serve: (n) => {
    const orders = Array.from({ length: n }, (_, i) => ({
      id: `bench-${i}`,
      name: '',
      url: `rtsp://127.0.0.1:${env['BENCH_RTSP_PORT']}${pathOf(i)}`,
      username: 'vigil',
      password: env['BENCH_PASSWORD'] ?? '',
      warm: i >= cold,
      audio: env['BENCH_AUDIO'] === 'on',
    }))
    fleet.assign(orders)
  },
  sample: counts,
  collect: counts,
})
process.send?.({ ready: await listenOnLoopback(server) })
