import { systemClock } from '../../../domain/clock.ts'
import { Metrics } from '../../../domain/metrics.ts'
import type { Camera } from '../../../streamer/camera/camera.ts'
import { FleetMetrics } from '../../../streamer/camera/fleet-metrics.ts'
import type { Fleet } from '../../../streamer/camera/fleet.ts'

/** The counters of one camera by the names they have on the metrics page, read off such a page. */
export function soleCounters(fleet: Fleet, camera: Camera): Record<string, number> {
  const metrics = new Metrics()
  const sole = new FleetMetrics(metrics, {
    cameras: new Map([[camera.order.id, camera]]),
    slabs: fleet.slabs,
    clock: systemClock,
    moderation: fleet.moderation,
  })
  sole.brokenTicks.add(0)
  const lines = [...metrics.text().matchAll(/^vigil_stream_(\w+?)_total (\d+)/gm)]
  return Object.fromEntries(lines.map((match) => [match[1]!, Number(match[2])]))
}
