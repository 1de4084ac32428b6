import { Readable } from 'node:stream'
import ffmpeg from 'fluent-ffmpeg'

/** The one door to fluent-ffmpeg in this folder: encodes clips and pictures once, on a developer's machine. */

export interface ClipEncoding {
  /** printf pattern of the numbered pictures, from 0. */
  frames: string
  framesPerSecond: number
  widthPx: number
  heightPx: number
  bitrateKbps: number
  out: string
}

/**
 * Constrained baseline, a key picture each second, no B-pictures, and slices of exactly two macroblock rows, so that the topmost one can be
 * replaced. `sliced-threads` is what makes x264 filter edges inside slices only (disable_deblocking_filter_idc 2). The topmost 32 rows are
 * painted magenta, which resembles nothing in a street, so that next to no block below refers to them for its motion: with another caption
 * there, the rest of the picture differs by a mean square error under 0.01.
 */
export function encodeClip(encoding: ClipEncoding): Promise<void> {
  const { widthPx, heightPx, framesPerSecond, bitrateKbps } = encoding
  const settings = [
    `keyint=${framesPerSecond}`,
    `min-keyint=${framesPerSecond}`,
    'scenecut=0',
    'bframes=0',
    'ref=1',
    'cabac=0',
    'weightp=0',
    `slice-max-mbs=${Math.ceil(widthPx / 16) * 2}`,
    'sliced-threads=1',
    'threads=2',
    `vbv-maxrate=${bitrateKbps * 2}`,
    `vbv-bufsize=${bitrateKbps * 2}`,
  ]
  const filters = [
    `scale=${widthPx}:${heightPx}:flags=lanczos`,
    'drawbox=x=0:y=0:w=iw:h=32:color=magenta:t=fill',
    'format=yuv420p',
  ]
  return run(
    ffmpeg(encoding.frames)
      .inputOptions(['-framerate', String(framesPerSecond), '-start_number', '0'])
      .videoFilters(filters)
      .videoCodec('libx264')
      .outputOptions(['-profile:v', 'baseline', '-preset', 'veryslow', '-b:v', `${bitrateKbps}k`])
      .outputOptions(['-x264-params', settings.join(':'), '-f', 'h264', '-bitexact'])
      .output(encoding.out),
  )
}

/** One small JPEG of a picture. */
export function encodePicture(from: string, widthPx: number, out: string): Promise<void> {
  return run(
    ffmpeg(from)
      .videoFilters(`scale=${widthPx}:-2:flags=lanczos`)
      .outputOptions(['-frames:v', '1', '-q:v', '5', '-bitexact'])
      .output(out),
  )
}

/** AAC-LC in ADTS, one channel, of 16-bit samples. */
export function encodeSound(samples: Buffer, rateHz: number, bitrateKbps: number, out: string): Promise<void> {
  return run(
    ffmpeg(Readable.from([samples]))
      .inputOptions(['-f', 's16le', '-ar', String(rateHz), '-ac', '1'])
      .audioCodec('aac')
      .outputOptions(['-b:a', `${bitrateKbps}k`, '-f', 'adts', '-bitexact'])
      .output(out),
  )
}

function run(command: ffmpeg.FfmpegCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    command
      .on('end', () => resolve())
      .on('error', (error: Error) => reject(error))
      .run()
  })
}
