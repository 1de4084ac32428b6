import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTS_PER_SECOND } from '../../streamer/camera/retry.ts'
import { PROMPT_MS } from '../../streamer/read-moderation.ts'
import { summary, table } from './figures.ts'
import { startChild, type Child, type ChildSample } from './streamer/child.ts'
import { benchDrift } from './streamer/drift.ts'
import { measureFfmpeg } from './streamer/ffmpeg-per-camera.ts'
import { benchPowerCycle } from './streamer/power-cycle.ts'

/** Where the design wants the cost to be looked at; `--streams=2000,4000` asks for others. */
const STREAMS = [50, 200, 500, 1000]
/** Twice the ring and more: until then new slabs make the collector look at everything. */
const SETTLE_S = 15
const MEASURE_S = 10
const CONNECT_MAX_S = 30
const FFMPEG_STREAMS = 10
const CALM_REQUESTS = 6

interface WorkerCounts {
  online: number
  parts: number
  late: number
  lost: number
  bytes: number
  slabs: number
}
interface FarmCounts {
  dropped: number
  leaps: number
}
interface Cost {
  cpuMs: number
  userMs: number
  systemMs: number
}

/**
 * One streamer worker with N warm cameras of 400 kbit/s; beside it in the same run a bare Node sink of the same streams, and one
 * ffmpeg per camera. CPU is user + system of the whole process, per second of one stream.
 * Options: `--streams=50,200`, `--measure=10` (seconds), `--no-ffmpeg`, `--no-sink`, `--ring=6` (seconds), `--prof=folder`,
 * `--no-moderation` (the thread does not sleep between turns). In place of all that: `--drift=600` plays for so many seconds and looks for
 * complaints and drift, `--power-cycle=2000` cuts the power of so many cameras and counts their
 * return (`--dark=90`, `--connects=50`).
 */
export async function benchStreamer(options: readonly string[]): Promise<void> {
  const option = (name: string) => options.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3)
  const [drift, powerCycle] = [option('drift'), option('power-cycle')]
  if (drift !== undefined) return await benchDrift(Number(drift))
  if (powerCycle !== undefined) {
    const connects = Number(option('connects') ?? CONNECTS_PER_SECOND)
    return await benchPowerCycle(Number(powerCycle), Number(option('dark') ?? 90), connects)
  }
  const streams = option('streams')?.split(',').map(Number) ?? STREAMS
  const measureS = Number(option('measure') ?? MEASURE_S)
  const password = randomBytes(8).toString('hex')
  const farm = await startChild('farm-main.js', [String(Math.max(...streams, FFMPEG_STREAMS))], {
    BENCH_PASSWORD: password,
  })
  const env = {
    BENCH_PASSWORD: password,
    BENCH_RTSP_PORT: String(farm.ready),
    BENCH_MODERATION: options.includes('--no-moderation') ? 'off' : 'on',
    BENCH_RING_MS: String(Number(option('ring') ?? 6) * 1000),
  }
  const prof = option('prof')
  const profArgv = prof ? ['--cpu-prof', `--cpu-prof-dir=${prof}`] : []
  try {
    const usual = options.includes('--no-ffmpeg') ? null : await measureFfmpeg(farm.ready, password, FFMPEG_STREAMS, 5)
    const head = ['N', 'CPU ms', 'user', 'system', 'sink', '× sink', '× cheaper than ffmpeg', 'RSS MB', 'late %']
    const rows = [[...head, 'lost', 'farm CPU %', 'load']]
    for (const n of streams) {
      const own = await measureWorker(farm, env, n, measureS, profArgv)
      const floor = options.includes('--no-sink') ? NaN : await measureSink(env, n, measureS)
      rows.push([
        String(n),
        own.cost.cpuMs.toFixed(3),
        own.cost.userMs.toFixed(3),
        own.cost.systemMs.toFixed(3),
        floor.toFixed(3),
        (own.cost.cpuMs / floor).toFixed(2),
        usual ? (usual.cpuMsPerStreamS / own.cost.cpuMs).toFixed(1) : '–',
        own.rssMb.toFixed(2),
        own.latePercent.toFixed(2),
        own.lost,
        own.farmPercent.toFixed(0),
        loadavg()[0]!.toFixed(1),
      ])
      console.log(`  ${n} streams: ${own.remark}`)
    }
    console.log(table(rows))
    console.log(
      '  CPU and sink: ms per stream-second, user + system. RSS: per stream, over the same program without streams.',
    )
    if (usual) {
      const mb = (usual.rssBytesPerStream / 1e6).toFixed(1)
      console.log(`  one ffmpeg per camera (${usual.streams}): ${usual.cpuMsPerStreamS.toFixed(2)} ms, ${mb} MB each`)
    }
  } finally {
    await farm.stop()
  }
}

function costOf(before: ChildSample, after: ChildSample, n: number): Cost {
  const streamS = ((after.atMs - before.atMs) / 1000) * n
  const userMs = (after.userMs - before.userMs) / streamS
  const systemMs = (after.systemMs - before.systemMs) / streamS
  return { cpuMs: userMs + systemMs, userMs, systemMs }
}

async function until(child: Child, n: number): Promise<number> {
  for (let waitedS = 0; waitedS < CONNECT_MAX_S; waitedS++) {
    const { online } = await child.ask<{ online: number }>('sample')
    if (online >= n) return online
    await sleep(1000)
  }
  const { online } = await child.ask<{ online: number }>('sample')
  return online
}

async function measureWorker(farm: Child, env: Record<string, string>, n: number, measureS: number, argv: string[]) {
  const worker = await startChild('worker-main.js', [], env, argv)
  try {
    const empty = await worker.ask<WorkerCounts>('sample')
    await worker.ask('serve', n)
    const online = await until(worker, n)
    await sleep(SETTLE_S * 1000)
    const farmBefore = await farm.ask<FarmCounts>('sample')
    const before = await worker.ask<WorkerCounts>('sample')
    await sleep(measureS * 1000)
    const after = await worker.ask<WorkerCounts>('sample')
    const farmAfter = await farm.ask<FarmCounts>('sample')
    const parts = after.parts - before.parts
    const lost = `${after.lost - before.lost}+${farmAfter.dropped - farmBefore.dropped}`
    const farmMs = farmAfter.userMs + farmAfter.systemMs - farmBefore.userMs - farmBefore.systemMs
    const kbps = ((after.bytes - before.bytes) * 8) / (after.atMs - before.atMs) / n
    const askedMs = await askCalmWorker(worker.ready)
    const slabs = (after.slabs / n / 1e6).toFixed(2)
    return {
      cost: costOf(before, after, n),
      rssMb: (after.rssBytes - empty.rssBytes) / n / 1e6,
      latePercent: (100 * (after.late - before.late)) / Math.max(1, parts),
      lost,
      farmPercent: farmMs / measureS / 10,
      remark: `${online} online, ${parts} parts, ${kbps.toFixed(0)} kbit/s each, ${slabs} MB of slabs each, ${farmAfter.leaps - farmBefore.leaps} leaps of the farm; a request in calm: ${summary(askedMs)}`,
    }
  } finally {
    await worker.stop()
  }
}

/** Playlists, each after the worker has been left alone: what the first viewer waits for. */
async function askCalmWorker(port: number): Promise<number[]> {
  const tookMs: number[] = []
  for (let i = 0; i < CALM_REQUESTS; i++) {
    await sleep(PROMPT_MS + 300 + i * 7)
    const beganMs = performance.now()
    const response = await fetch(`http://127.0.0.1:${port}/live/bench-${i}/index.m3u8`, {
      headers: { authorization: 'Bearer bench', connection: 'close' },
    })
    await response.text()
    tookMs.push(performance.now() - beganMs)
  }
  return tookMs
}

async function measureSink(env: Record<string, string>, n: number, measureS: number): Promise<number> {
  const sink = await startChild('sink-main.js', [], env)
  try {
    await sink.ask('serve', n)
    await until(sink, n)
    await sleep(2000)
    const before = await sink.ask('sample')
    await sleep(measureS * 1000)
    return costOf(before, await sink.ask('sample'), n).cpuMs
  } finally {
    await sink.stop()
  }
}
