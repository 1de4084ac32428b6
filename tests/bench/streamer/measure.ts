import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild, type Child, type ChildSample } from './child.ts'
import { renderWideClip } from './plain-clip.ts'

/** Sessions share cameras: what is sent to each stays the same, and the simulator's captions are not what is measured. */
const CAMERAS_MAX = 200
/** Twice the ring and more: until then new slabs make the collector look at everything. */
const SETTLE_S = 15
const CONNECT_MAX_S = 40
const ONLINE_SHARE = 0.999

export interface WorkerCounts {
  online: number
  parts: number
  late: number
  lost: number
  bytes: number
  slabs: number
  freeSlabs: number
  moderated: number
  lateSlots: number
}
export interface FarmCounts {
  dropped: number
  leaps: number
}
export interface ViewerCounts {
  requests: number
  parts: number
  latePercent: number
  served: number
  failed: number
  behindMs: number[]
}
export interface Cost {
  cpuMs: number
  userMs: number
  systemMs: number
}

/** The simulated cameras, and what worker and sinks must know of them. */
export interface Farm {
  child: Child
  password: string
  env: Record<string, string>
  stop(): Promise<void>
}

/** @param kbps of each camera; null: the product's own cameras of 400 kbit/s */
export async function startFarm(streams: number, kbps: number | null): Promise<Farm> {
  const password = randomBytes(8).toString('hex')
  const cameras = String(Math.min(streams, CAMERAS_MAX))
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
  const clip = join(folder, 'wide.h264')
  if (kbps !== null) renderWideClip(clip, kbps)
  const args = kbps === null ? [cameras] : [cameras, clip]
  const child = await startChild('farm-main.js', args, { BENCH_PASSWORD: password })
  const env = farmEnv(child, password, Number(cameras))
  const stop = async () => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { child, password, env, stop }
}

/** What a worker or a sink has to know of the cameras of a farm. */
export function farmEnv(farm: Child, password: string, cameras: number): Record<string, string> {
  return {
    BENCH_PASSWORD: password,
    BENCH_RTSP_PORT: String(farm.ready),
    BENCH_PATH: '/cam/bench-{i}/sub',
    BENCH_CAMERAS: String(cameras),
  }
}

/** CPU of a child per second of each of `n` streams or viewers. */
export function costOf(before: ChildSample, after: ChildSample, n: number): Cost {
  const unitS = ((after.atMs - before.atMs) / 1000) * n
  const userMs = (after.userMs - before.userMs) / unitS
  const systemMs = (after.systemMs - before.systemMs) / unitS
  return { cpuMs: userMs + systemMs, userMs, systemMs }
}

/** Waits until (nearly) all streams are there. @returns how many are */
export async function untilOnline(child: Child, n: number): Promise<number> {
  for (let waitedS = 0; waitedS < CONNECT_MAX_S; waitedS++) {
    const { online } = await child.ask<{ online: number }>('sample')
    if (online >= n * ONLINE_SHARE) return online
    await sleep(1000)
  }
  return (await child.ask<{ online: number }>('sample')).online
}

export interface WorkerMeasure {
  cost: Cost
  rssMb: number
  slabsMb: number
  freeSlabsMb: number
  latePercent: number
  lost: number
  dropped: number
  online: number
  parts: number
  kbps: number
  moderated: number
  lateSlots: number
  farmPercent: number
  leaps: number
  watched: ViewerCounts | null
}

export interface WorkerOptions {
  streams: number
  measureS: number
  /** Of the first so many cameras a viewer looks at each. */
  watched: number
  env: Record<string, string>
  argv: string[]
}

/** One worker with `streams` warm cameras, looked at over `measureS` seconds. */
export async function measureWorker(farm: Farm, options: WorkerOptions): Promise<WorkerMeasure> {
  const { streams: n, measureS, watched } = options
  const worker = await startChild('worker-main.js', [], { ...farm.env, ...options.env }, options.argv)
  let viewers: Child | null = null
  try {
    const empty = await worker.ask<WorkerCounts>('sample')
    await worker.ask('serve', n)
    const online = await untilOnline(worker, n)
    if (watched > 0) viewers = await watch(worker, watched, watched)
    await sleep(SETTLE_S * 1000)
    await viewers?.ask('sample')
    const farmBefore = await farm.child.ask<FarmCounts>('sample')
    const before = await worker.ask<WorkerCounts>('sample')
    await sleep(measureS * 1000)
    const after = await worker.ask<WorkerCounts>('sample')
    const farmAfter = await farm.child.ask<FarmCounts>('sample')
    const parts = after.parts - before.parts
    const farmMs = farmAfter.userMs + farmAfter.systemMs - farmBefore.userMs - farmBefore.systemMs
    return {
      cost: costOf(before, after, n),
      rssMb: (after.rssBytes - empty.rssBytes) / n / 1e6,
      slabsMb: after.slabs / n / 1e6,
      freeSlabsMb: after.freeSlabs / n / 1e6,
      latePercent: (100 * (after.late - before.late)) / Math.max(1, parts),
      lost: after.lost - before.lost,
      dropped: farmAfter.dropped - farmBefore.dropped,
      online,
      parts,
      kbps: ((after.bytes - before.bytes) * 8) / (after.atMs - before.atMs) / n,
      moderated: after.moderated,
      lateSlots: after.lateSlots - before.lateSlots,
      farmPercent: farmMs / measureS / 10,
      leaps: farmAfter.leaps - farmBefore.leaps,
      watched: viewers ? await viewers.ask<ViewerCounts>('sample') : null,
    }
  } finally {
    await viewers?.stop()
    await worker.stop()
  }
}

/** Starts a process of viewers. @param cameras how many of the cameras they look at */
export async function watch(server: Child, viewers: number, cameras: number): Promise<Child> {
  const env = { BENCH_PORT: String(server.ready), BENCH_WATCHED: String(cameras) }
  const child = await startChild('viewer-main.js', [], env)
  await child.ask('watch', viewers)
  return child
}

export type SinkKind = 'data' | 'onread' | 'rounds'

/** A bare Node sink of the same streams, see `sink-main.ts`. */
export async function measureSink(farm: Farm, kind: SinkKind, n: number, measureS: number): Promise<number> {
  const sink = await startChild('sink-main.js', [], { ...farm.env, BENCH_SINK: kind })
  try {
    await sink.ask('serve', n)
    await untilOnline(sink, n)
    await sleep(3000)
    const before = await sink.ask('sample')
    await sleep(measureS * 1000)
    return costOf(before, await sink.ask('sample'), n).cpuMs
  } finally {
    await sink.stop()
  }
}
