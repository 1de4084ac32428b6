import { loadavg } from 'node:os'
import { CONNECTS_PER_SECOND } from '../../streamer/camera/retry.ts'
import { quantile, table } from './figures.ts'
import { benchDrift } from './streamer/drift.ts'
import { measureFfmpeg, type FfmpegCost } from './streamer/ffmpeg-per-camera.ts'
import { benchGlass } from './streamer/glass.ts'
import {
  measureSink,
  measureWorker,
  startFarm,
  type Farm,
  type SinkKind,
  type WorkerMeasure,
} from './streamer/measure.ts'
import { benchPowerCycle } from './streamer/power-cycle.ts'
import { benchSoak } from './streamer/soak.ts'
import { benchViewers } from './streamer/viewers.ts'

/** Where the design wants the cost to be looked at; `--streams=2000,4000` asks for others. */
const STREAMS = [50, 200, 500, 1000, 2000]
const MEASURE_S = 10
const FFMPEG_STREAMS = 20
const SINKS: SinkKind[] = ['data', 'onread', 'rounds']

/**
 * One streamer worker with N warm cameras of 400 kbit/s; beside it in the same run bare Node sinks of the same streams, and one
 * ffmpeg per camera. CPU is user + system of the whole process, per second of one stream.
 * Options: `--streams=50,200`, `--wide` (2 Mbit/s; `--kbps=4000` other), `--measure=10` (seconds), `--watched=9` (viewers of nine cameras meanwhile),
 * `--no-ffmpeg`, `--no-sink`, `--ring=6` (seconds), `--prof=folder`, `--no-moderation` (every stream is read as it comes).
 * In place of the table: `--glass` (latency by the clock in the picture and first frames, in Chromium), `--viewers=500` (of one stream, beside
 * a bare server of the same bytes), `--soak=30` (minutes; `--streams=1000`), `--drift=600` (plays for so many seconds and
 * looks for complaints and drift), `--power-cycle=2000` (cuts the power of so many cameras and counts their return; `--dark=90`, `--connects=50`).
 */
export async function benchStreamer(options: readonly string[]): Promise<void> {
  const value = (name: string) => options.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3)
  const has = (name: string) => options.includes(`--${name}`) || value(name) !== undefined
  if (has('glass')) return benchGlass(Number(value('glass') ?? 30))
  if (has('viewers')) return benchViewers(Number(value('viewers') ?? 500))
  if (has('drift')) return benchDrift(Number(value('drift') ?? 600))
  if (has('power-cycle')) {
    const connects = Number(value('connects') ?? CONNECTS_PER_SECOND)
    return benchPowerCycle(Number(value('power-cycle') ?? 2000), Number(value('dark') ?? 90), connects)
  }
  const streams = value('streams')?.split(',').map(Number) ?? STREAMS
  if (has('soak')) return benchSoak(Number(value('soak') ?? 30), value('streams') ? streams[0]! : 1000)
  const measureS = Number(value('measure') ?? MEASURE_S)
  const kbps = has('wide') || has('kbps') ? Number(value('kbps') ?? 2000) : null
  const prof = value('prof')
  const farm = await startFarm(Math.max(...streams, FFMPEG_STREAMS), kbps)
  try {
    const usual = has('no-ffmpeg') ? null : await measureFfmpeg(farm.child.ready, farm.password, FFMPEG_STREAMS, 5)
    const rows: string[][] = []
    for (const n of streams) {
      const own = await measureWorker(farm, {
        streams: n,
        measureS,
        watched: Number(value('watched') ?? 0),
        env: {
          BENCH_MODERATION: has('no-moderation') ? 'off' : 'on',
          BENCH_RING_MS: String(Number(value('ring') ?? 6) * 1000),
        },
        argv: prof ? ['--cpu-prof', `--cpu-prof-dir=${prof}`] : [],
      })
      const sinks = await measureSinks(farm, has('no-sink') ? [] : SINKS, n, measureS)
      rows.push(rowOf(n, own, sinks, usual))
      remark(n, own)
    }
    console.log(table([HEAD, ...rows]))
    explain(usual)
  } finally {
    await farm.stop()
  }
}

async function measureSinks(farm: Farm, kinds: SinkKind[], n: number, measureS: number) {
  const costs: Partial<Record<SinkKind, number>> = {}
  for (const kind of kinds) costs[kind] = await measureSink(farm, kind, n, measureS)
  return costs
}

const HEAD = [
  'N',
  'CPU ms',
  'user',
  'system',
  'sink data',
  'onread',
  'rounds',
  '× data',
  '× onread',
  '× rounds',
  'RSS MB',
  'ffmpeg ÷ CPU',
  'ffmpeg ÷ RSS',
  'late %',
  'lost+dropped',
  'farm %',
  'load',
]

function rowOf(
  n: number,
  own: WorkerMeasure,
  sinks: Partial<Record<SinkKind, number>>,
  usual: FfmpegCost | null,
): string[] {
  const { cpuMs, userMs, systemMs } = own.cost
  const sink = (kind: SinkKind) => sinks[kind]?.toFixed(3) ?? '–'
  const times = (kind: SinkKind) => (sinks[kind] ? (cpuMs / sinks[kind]).toFixed(2) : '–')
  return [
    String(n),
    cpuMs.toFixed(3),
    userMs.toFixed(3),
    systemMs.toFixed(3),
    ...SINKS.map(sink),
    ...SINKS.map(times),
    own.rssMb.toFixed(2),
    usual ? (usual.cpuMsPerStreamS / cpuMs).toFixed(1) : '–',
    usual ? (usual.rssBytesPerStream / 1e6 / own.rssMb).toFixed(0) : '–',
    own.latePercent.toFixed(2),
    `${own.lost}+${own.dropped}`,
    own.farmPercent.toFixed(0),
    loadavg()[0]!.toFixed(1),
  ]
}

function remark(n: number, own: WorkerMeasure): void {
  const { online, moderated, parts, kbps, slabsMb, freeSlabsMb, leaps, lateSlots, watched } = own
  console.log(
    `  ${n} streams: ${online} online, ${moderated} read in rounds (${lateSlots} late), ${parts} parts, ${kbps.toFixed(0)} kbit/s each, ${slabsMb.toFixed(2)} MB of slabs each and ${freeSlabsMb.toFixed(2)} free, ${leaps} leaps of the farm`,
  )
  if (!watched) return
  const at = (q: number) => quantile(watched.behindMs, q).toFixed(0)
  console.log(
    `    watched: ${watched.parts} parts fetched, whole p50 ${at(0.5)} ms, p99 ${at(0.99)} ms after their last picture; ${watched.latePercent.toFixed(2)} % later than 200 ms; ${watched.failed} failed`,
  )
}

function explain(usual: FfmpegCost | null): void {
  console.log(
    '  CPU and sinks: ms per stream-second, user + system. Sinks: socket.on("data"); onread with one shared buffer; the same, each socket read once a second.',
  )
  console.log(
    '  RSS: per stream, over the same program without streams. Late: more than 200 ms after it could be read.',
  )
  if (!usual) return
  const mb = (usual.rssBytesPerStream / 1e6).toFixed(1)
  console.log(`  one ffmpeg per camera (${usual.streams}): ${usual.cpuMsPerStreamS.toFixed(2)} ms, ${mb} MB each`)
}
