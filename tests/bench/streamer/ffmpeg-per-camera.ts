import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytes } from './child.ts'

/** Linux's USER_HZ. */
const TICK_MS = 10

export interface FfmpegCost {
  streams: number
  cpuMsPerStreamS: number
  rssBytesPerStream: number
}

/** The usual way: one `ffmpeg -c copy -f hls` for each camera. Null without ffmpeg or /proc. */
export async function measureFfmpeg(
  rtspPort: number,
  password: string,
  streams: number,
  measureS: number,
): Promise<FfmpegCost | null> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
  const children = Array.from({ length: streams }, (_, i) => startOne(rtspPort, password, i, folder))
  try {
    await sleep(6000)
    const living = children.filter((child) => child.pid !== undefined && child.exitCode === null)
    if (living.length === 0) return null
    const before = living.map((child) => cpuMs(child.pid!))
    await sleep(measureS * 1000)
    const used = living.reduce((sum, child, i) => sum + cpuMs(child.pid!) - before[i]!, 0)
    const rss = living.reduce((sum, child) => sum + residentBytes(child.pid!), 0)
    return {
      streams: living.length,
      cpuMsPerStreamS: used / living.length / measureS,
      rssBytesPerStream: rss / living.length,
    }
  } catch (error) {
    console.log(`  ffmpeg could not be measured: ${String(error)}`)
    return null
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await sleep(200)
    rmSync(folder, { recursive: true, force: true })
  }
}

function startOne(rtspPort: number, password: string, i: number, folder: string): ChildProcess {
  const own = join(folder, String(i))
  mkdirSync(own)
  const url = `rtsp://vigil:${password}@127.0.0.1:${rtspPort}/cam/bench-${i}/sub`
  const input = ['-nostdin', '-loglevel', 'error', '-rtsp_transport', 'tcp', '-i', url]
  const output = ['-c', 'copy', '-f', 'hls', '-hls_segment_type', 'fmp4', '-hls_time', '1', '-hls_list_size', '6']
  const child = spawn('ffmpeg', [...input, ...output, '-hls_flags', 'delete_segments', 'index.m3u8'], {
    cwd: own,
    stdio: 'ignore',
  })
  child.on('error', (error) => console.log(`  ffmpeg: ${error.message}`))
  return child
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
