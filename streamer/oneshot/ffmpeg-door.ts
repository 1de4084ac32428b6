import { PassThrough, Readable } from 'node:stream'
import ffmpeg from 'fluent-ffmpeg'
import { Fault, reasonOf } from '../../domain/fault.ts'

/**
 * The one door to ffmpeg: bounded, one-shot jobs on bytes that we already hold. Nothing of the live path comes here; with no
 * ffmpeg on the machine only decoded snapshots are missing.
 */

/** Two cores; a decoding takes some 100 ms of one. */
const JOBS_MAX = 2
/** A wall of 16 tiles asks at once; whoever comes later asks again. */
const QUEUE_MAX = 32
/** A picture that takes longer is a decoder bomb or a machine in trouble. */
const JOB_TIMEOUT_MS = 5_000
/** An 8K JPEG at this quality stays far below. */
const JPEG_BYTES_MAX = 16 * 1024 * 1024

let running = 0
const queue: (() => void)[] = []

/**
 * @param annexB one key frame with its parameter sets
 * @param format as ffmpeg calls it
 * @throws Fault `no-picture` when ffmpeg is absent, too slow, too busy or cannot read it
 */
export async function decodeToJpeg(annexB: Buffer, format: 'h264' | 'hevc'): Promise<Buffer> {
  if (running >= JOBS_MAX) {
    if (queue.length >= QUEUE_MAX) throw new Fault('no-picture', 'Too many pictures are being decoded; ask again.')
    await new Promise<void>((resolve) => queue.push(resolve))
  }
  running++
  try {
    return await run(annexB, format)
  } finally {
    running--
    queue.shift()?.()
  }
}

function run(annexB: Buffer, format: 'h264' | 'hevc'): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let bytes = 0
    const out = new PassThrough()
    const job = ffmpeg(Readable.from([annexB]))
      .inputFormat(format)
      .inputOptions(['-protocol_whitelist', 'pipe'])
      .frames(1)
      .outputOptions(['-q:v', '4', '-threads', '1'])
      .format('mjpeg')
    const timer = setTimeout(() => fail('ffmpeg took too long'), JOB_TIMEOUT_MS)
    const fail = (reason: string) => {
      clearTimeout(timer)
      job.kill('SIGKILL')
      reject(new Fault('no-picture', reason))
    }
    job.on('error', (error: Error) => fail(inWords(error)))
    out.on('data', (piece: Buffer) => {
      pieces.push(piece)
      bytes += piece.length
      if (bytes > JPEG_BYTES_MAX) fail('the decoded picture is too large')
    })
    out.once('end', () => {
      clearTimeout(timer)
      if (bytes > 0) resolve(Buffer.concat(pieces))
    })
    job.pipe(out, { end: true })
  })
}

function inWords(error: Error): string {
  const reason = reasonOf(error)
  if (/cannot find ffmpeg|ENOENT/i.test(reason))
    return 'There is no ffmpeg on this machine, so pictures are not decoded here.'
  return `ffmpeg could not decode the picture (${reason.split('\n')[0]}).`
}
