import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The machine's ffmpeg as a judge of what the streamer writes; the product itself never needs it. */
export const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0

/** Writes the file, lets `read` have its path, and leaves nothing behind. */
function withFile<T>(bytes: Buffer, name: string, read: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-stream-'))
  try {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return read(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface ProbedStream {
  codec_type: string
  codec_name: string
  width?: number
  height?: number
  sample_rate?: string
  channels?: number
  nb_read_frames?: string
}

/** What ffprobe finds in it, every frame decoded. */
export function probe(bytes: Buffer): ProbedStream[] {
  return withFile(bytes, 'probe.mp4', (path) => {
    const argv = ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', path]
    return (JSON.parse(execFileSync('ffprobe', argv, { encoding: 'utf8' })) as { streams: ProbedStream[] }).streams
  })
}

/**
 * Decodes it with every error told.
 * @param output arguments for what comes out on stdout
 */
export function decode(bytes: Buffer, output: string[], name = 'in.mp4'): { bytes: Buffer; complaints: string } {
  return withFile(bytes, name, (path) => {
    const argv = ['-v', 'warning', '-xerror', '-i', path, ...output, '-']
    const ran = spawnSync('ffmpeg', argv, { maxBuffer: 256 * 1024 * 1024 })
    return { bytes: ran.stdout, complaints: ran.stderr.toString() }
  })
}
