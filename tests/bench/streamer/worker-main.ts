import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { Fleet } from '../../../streamer/camera/fleet.ts'
import { listenOnLoopback } from '../../../streamer/http/metrics-server.ts'
import { createWorkerServer } from '../../../streamer/http/worker-server.ts'
import { ReadModeration } from '../../../streamer/read-moderation.ts'
import { answerParent } from './child.ts'

/** One streamer worker as the product has it, all its cameras warm, but with a ring of BENCH_RING_MS and connects in a hurry. */
const metrics = new Metrics()
const fleet = new Fleet({
  clock: systemClock,
  log: silentLog,
  metrics,
  warmRingMs: Number(process.env['BENCH_RING_MS'] ?? 6000),
  connectsPerSecond: Number(process.env['BENCH_CONNECTS'] ?? 500),
})
const moderation = new ReadModeration(systemClock, () => fleet.cameras.size)
const server = createWorkerServer({
  fleet,
  token: 'bench',
  log: silentLog,
  metrics,
  onAsked: () => moderation.prompt(),
})
fleet.start()
if (process.env['BENCH_MODERATION'] !== 'off') moderation.start()

function counts(): object {
  const sums = { online: 0, parts: 0, late: 0, lost: 0, units: 0, bytes: 0, connects: 0, slabs: fleet.slabs.usedBytes }
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
  return sums
}

answerParent({
  serve: (n) => {
    const orders = Array.from({ length: n }, (_, i) => ({
      id: `bench-${i}`,
      name: '',
      url: `rtsp://127.0.0.1:${process.env['BENCH_RTSP_PORT']}/cam/bench-${i}/sub`,
      username: 'vigil',
      password: process.env['BENCH_PASSWORD'] ?? '',
      warm: true,
      audio: process.env['BENCH_AUDIO'] === 'on',
    }))
    fleet.assign(orders)
  },
  sample: counts,
  collect: counts,
})
process.send?.({ ready: await listenOnLoopback(server) })
