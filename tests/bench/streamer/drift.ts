import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findChromium, launchBrowser } from '../../support/browser.ts'
import { playerPage, servePlayerPage, type Seen } from '../../streamer/support/player-page.ts'
import { table } from '../figures.ts'
import { startChild } from './child.ts'
import { farmEnv } from './measure.ts'

const SAMPLE_MS = 5_000
/** A player has found its place by then. */
const SETTLE_MS = 15_000
/** Between two lines of progress: an hour that is broken off has still said something. */
const TELL_MS = 300_000
/** ffmpeg ends by itself after the time it was asked for; one that hangs is told to. */
const FFMPEG_MORE_MS = 30_000

/** What is played: by index, what the simulated camera of that number sends. */
const SOUNDS = ['none', 'G.711 as FLAC', 'AAC'] as const

interface Sample {
  atMs: number
  /** Behind the present: of the playlist's end, and of the picture in the browser. */
  endMs: number
  playerMs: number | null
}

/**
 * One long look at one live stream of each kind of sound, by the product's player in Chromium and by ffmpeg that copies it to a file;
 * afterwards the file is read by ffprobe and decoded by ffmpeg. What counts is that nobody complains and nothing drifts.
 */
export async function benchDrift(seconds: number): Promise<void> {
  const chromium = findChromium()
  const password = 'drift'
  const farm = await startChild('farm-main.js', [String(SOUNDS.length), 'with-sound'], { BENCH_PASSWORD: password })
  const env = { ...farmEnv(farm, password, SOUNDS.length), BENCH_AUDIO: 'on' }
  const worker = await startChild('worker-main.js', [], env)
  const folder = mkdtempSync(join(tmpdir(), 'vigil-drift-'))
  const browser = chromium === null ? null : await launchBrowser(chromium)
  try {
    await worker.ask('serve', SOUNDS.length)
    await sleep(SETTLE_MS / 2)
    const rows = await Promise.all(
      SOUNDS.map(async (sound, i) => {
        const id = `bench-${i}`
        const place = { baseUrl: `http://127.0.0.1:${worker.ready}`, token: 'bench', cameraId: id }
        const [copied, watched] = await Promise.all([
          copyAndRead(place, join(folder, `${id}.mp4`), seconds),
          watch(browser, place, seconds),
        ])
        return [sound, ...watched, ...copied]
      }),
    )
    const { lost } = await worker.ask<{ lost: number }>('sample')
    console.log(
      table([
        [
          'sound',
          'player p50 ms',
          'player drift ms/h',
          'waits',
          'phases',
          'frames',
          'playlist drift ms/h',
          'ffmpeg says',
          'packets',
          'backward',
          'holes',
          'file s',
          'A−V s',
          'decoder says',
        ],
        ...rows,
      ]),
    )
    console.log(`  ${seconds} s of each, ${lost} packets lost or pictures damaged; load ${loadavg()[0]!.toFixed(1)}`)
  } finally {
    await browser?.close()
    await worker.stop()
    await farm.stop()
    rmSync(folder, { recursive: true })
  }
}

interface Place {
  baseUrl: string
  token: string
  cameraId: string
}

async function watch(browser: Awaited<ReturnType<typeof launchBrowser>> | null, place: Place, seconds: number) {
  const samples: Sample[] = []
  const served = browser ? await servePlayerPage(place, playerPage(place.cameraId)) : null
  const page = browser ? await browser.newPage() : null
  if (page) await page.goto(served!.url)
  const look = async () => (page ? await page.evaluate(() => (window as unknown as { look(): Seen }).look()) : null)
  const untilMs = performance.now() + seconds * 1000
  const beganMs = performance.now()
  let seen: Seen | null = null
  let toldMs = beganMs
  while (performance.now() < untilMs) {
    await sleep(SAMPLE_MS)
    seen = await look()
    if (performance.now() - beganMs < SETTLE_MS) continue
    const endMs = Date.now() - (await playlistEndMs(place))
    samples.push({ atMs: performance.now(), endMs, playerMs: seen?.latencyMs ?? null })
    if (performance.now() - toldMs < TELL_MS) continue
    toldMs = performance.now()
    const ofPlayer = seen ? `, ${seen.waits} waits, ${seen.droppedFrames} of ${seen.frames} frames dropped` : ''
    console.log(`  ${place.cameraId} after ${((toldMs - beganMs) / 60_000).toFixed(0)} min: end ${endMs} ms${ofPlayer}`)
  }
  await page?.close()
  served?.close()
  const player = samples.flatMap(({ atMs, playerMs }) => (playerMs === null ? [] : [[atMs, playerMs] as const]))
  const ends = samples.map(({ atMs, endMs }) => [atMs, endMs] as const)
  const middle = player.map(([, ms]) => ms).sort((a, b) => a - b)[player.length >> 1]
  return [
    middle?.toFixed(0) ?? '–',
    slopePerHour(player),
    String(seen?.waits ?? '–'),
    seen?.phases.join('>') ?? '–',
    seen ? `${seen.frames} (${seen.droppedFrames} dropped)` : '–',
    slopePerHour(ends),
  ]
}

/** Wall clock at the end of the last part, by the playlist's own dates and durations. */
async function playlistEndMs({ baseUrl, token, cameraId }: Place): Promise<number> {
  const answer = await fetch(`${baseUrl}/live/${cameraId}/index.m3u8`, {
    headers: { authorization: `Bearer ${token}` },
  })
  let endMs = 0
  let partsMs = 0
  for (const line of (await answer.text()).split('\n')) {
    const [, date] = /^#EXT-X-PROGRAM-DATE-TIME:(.+)/.exec(line) ?? []
    const [, whole] = /^#EXTINF:([\d.]+)/.exec(line) ?? []
    const [, part] = /^#EXT-X-PART:.*DURATION=([\d.]+)/.exec(line) ?? []
    if (date !== undefined) [endMs, partsMs] = [Date.parse(date), 0]
    if (part !== undefined) partsMs += Number(part) * 1000
    if (whole !== undefined) [endMs, partsMs] = [endMs + Number(whole) * 1000, 0]
  }
  return endMs + partsMs
}

/** Least squares, in ms an hour. */
function slopePerHour(points: readonly (readonly [number, number])[]): string {
  if (points.length < 3) return '–'
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return ((over / under) * 3_600_000).toFixed(0)
}

async function copyAndRead({ baseUrl, token, cameraId }: Place, path: string, seconds: number): Promise<string[]> {
  const url = `${baseUrl}/live/${cameraId}/index.m3u8`
  const headers = `Authorization: Bearer ${token}\r\n`
  // FLAC in MP4 is still called experimental by the muxer of ffmpeg 5.
  const copy = ['-headers', headers, '-i', url, '-t', String(seconds), '-c', 'copy', '-strict', '-2', '-y', path]
  const said = await run(
    'ffmpeg',
    ['-hide_banner', '-nostdin', '-v', 'warning', ...copy],
    seconds * 1000 + FFMPEG_MORE_MS,
  )
  const entries = ['-show_entries', 'packet=stream_index,dts_time,duration_time', '-of', 'csv=p=0', path]
  const { out } = await run('ffprobe', ['-v', 'error', ...entries], 60_000)
  const ends = new Map<string, number>()
  let [packets, backward, holes, firstS] = [0, 0, 0, Infinity]
  for (const line of out.split('\n')) {
    const [stream = '', dts, duration] = line.split(',')
    if (dts === undefined || !Number.isFinite(Number(dts))) continue
    const end = ends.get(stream)
    packets++
    firstS = Math.min(firstS, Number(dts))
    if (end !== undefined && Number(dts) < end - 0.11) backward++
    if (end !== undefined && Number(dts) > end + 0.11) holes++
    ends.set(stream, Number(dts) + Number(duration))
  }
  const decoded = await run(
    'ffmpeg',
    ['-hide_banner', '-nostdin', '-v', 'warning', '-i', path, '-f', 'null', '-'],
    300_000,
  )
  const [video = NaN, audio = NaN] = [ends.get('0'), ends.get('1')]
  const apart = Number.isNaN(audio) ? '–' : (audio - video).toFixed(3)
  const fileS = (video - firstS).toFixed(1)
  return [wordsOf(said.err), String(packets), String(backward), String(holes), fileS, apart, wordsOf(decoded.err)]
}

/** How many lines, and the first of them. */
function wordsOf(err: string): string {
  const lines = err.split('\n').filter((line) => line.trim() !== '')
  return lines.length === 0 ? 'nothing' : `${lines.length}: ${lines[0]!.slice(0, 80)}`
}

async function run(program: string, args: string[], timeoutMs: number): Promise<{ out: string; err: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  await once(child, 'close')
  return { out, err }
}
