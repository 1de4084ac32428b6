import { readdirSync } from 'node:fs'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile, table } from '../figures.ts'
import { startChild, type ChildSample } from './child.ts'
import {
  costOf,
  startFarm,
  untilOnline,
  watch,
  type FarmCounts,
  type ViewerCounts,
  type WorkerCounts,
} from './measure.ts'

const SAMPLE_S = 10
/** Slabs, code and the collector's heap have found their size by then. */
const WARM_UP_S = 30
const WATCHED = 9

interface Look {
  atS: number
  rssMb: number
  descriptors: number
}

/**
 * A long run: `streams` warm cameras, nine of them watched, and what grows. The slope is that of a line through all samples after the first
 * minute (least squares); 0 within the noise of the collector is the goal.
 */
export async function benchSoak(minutes: number, streams: number): Promise<void> {
  const farm = await startFarm(streams, null)
  try {
    const worker = await startChild('worker-main.js', [], farm.env)
    await worker.ask('serve', streams)
    const online = await untilOnline(worker, streams)
    const viewers = await watch(worker, WATCHED, WATCHED)
    await sleep(WARM_UP_S * 1000)
    const farmBefore = await farm.child.ask<FarmCounts>('sample')
    const before = await worker.ask<WorkerCounts & { pid: number }>('sample')
    await viewers.ask('sample')
    const looks: Look[] = []
    for (let atS = 0; atS < minutes * 60; atS += SAMPLE_S) {
      await sleep(SAMPLE_S * 1000)
      const sample: ChildSample & { pid: number } = await worker.ask('sample')
      looks.push({ atS, rssMb: sample.rssBytes / 1e6, descriptors: readdirSync(`/proc/${sample.pid}/fd`).length })
    }
    const after = await worker.ask<WorkerCounts>('sample')
    const farmAfter = await farm.child.ask<FarmCounts>('sample')
    const seen = await viewers.ask<ViewerCounts>('sample')
    const parts = after.parts - before.parts
    const rows = [['minute', 'RSS MB', 'descriptors']]
    for (const look of looks.filter((_, i) => i % Math.ceil(looks.length / 12) === 0)) {
      rows.push([(look.atS / 60).toFixed(1), look.rssMb.toFixed(1), String(look.descriptors)])
    }
    console.log(table(rows))
    const slope = slopePerHour(looks.map(({ atS, rssMb }) => [atS, rssMb]))
    const fds = looks.map(({ descriptors }) => descriptors)
    console.log(
      `  ${online} of ${streams} streams for ${minutes} min, ${WATCHED} watched: RSS ${slope.toFixed(1)} MB an hour (${((100 * slope) / looks[0]!.rssMb).toFixed(1)} %), descriptors ${Math.min(...fds)}–${Math.max(...fds)}`,
    )
    const late = (100 * (after.late - before.late)) / parts
    console.log(
      `  ${parts} parts, ${after.lost - before.lost} packets lost or pictures damaged, ${farmAfter.dropped - farmBefore.dropped} dropped by the cameras, ${late.toFixed(3)} % late; CPU ${costOf(before, after, streams).cpuMs.toFixed(3)} ms per stream-second`,
    )
    console.log(
      `  watched: ${seen.parts} parts, ${seen.latePercent.toFixed(2)} % late, whole p50 ${quantile(seen.behindMs, 0.5).toFixed(0)} ms, p99 ${quantile(seen.behindMs, 0.99).toFixed(0)} ms; ${seen.failed} failed; load ${loadavg()[0]!.toFixed(1)}`,
    )
    await viewers.stop()
    await worker.stop()
  } finally {
    await farm.stop()
  }
}

/** @param points seconds and megabytes */
function slopePerHour(points: readonly (readonly [number, number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return (above / below) * 3600
}
