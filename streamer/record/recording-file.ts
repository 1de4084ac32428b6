import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { z } from '../../domain/z.ts'
import { box } from '../fmp4/boxes.ts'

/**
 * A file of recorded segments. It is a fragmented MP4 that any player opens, and its own index: what the database knows can be read
 * again from here.
 *
 *   ftyp moov │ uuid mark │ moof mdat  moof mdat … │ uuid mark │ moof mdat …
 *   └ init    │ └ camera, date, discontinuity       └ the next segment
 *             └ parts of one segment, the very bytes that were live
 *
 * A torn end (kill -9, power) costs the part that was being written, nothing before it.
 */

/** ISO/IEC 14496-12 §11.1: players skip boxes of types they do not know. */
const MARK_TYPE = Buffer.from('5649474c2d5345474d454e542d4d4b31', 'hex')
/** A moof of 64 samples is about 1 KB, a mark 300 bytes. */
const HEAD_BYTES_MAX = 64 * 1024

const markSchema = z.object({ cameraId: z.string(), startedAtMs: z.number(), isDiscontinuous: z.boolean() })
export type SegmentMark = z.infer<typeof markSchema>

/** The box in front of each segment. */
export function markBox(mark: SegmentMark): Buffer {
  return box('uuid', MARK_TYPE, Buffer.from(JSON.stringify(mark)))
}

export interface ScannedSegment extends SegmentMark {
  offset: number
  bytes: number
  durationTicks: number
}

export interface ScannedFile {
  initBytes: number
  segments: ScannedSegment[]
  /** Whole boxes end here; what lies behind was torn. */
  wholeBytes: number
}

/**
 * Reads a file's own index; heads only, never the pictures. Price: two small reads per part.
 * @returns null when not even the init section is whole
 * @throws what `fs` throws
 */
export async function scanRecording(path: string): Promise<ScannedFile | null> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return await scan(file, size)
  } finally {
    await file.close()
  }
}

async function scan(file: FileHandle, size: number): Promise<ScannedFile | null> {
  const found: ScannedFile = { initBytes: 0, segments: [], wholeBytes: 0 }
  let moof: { at: number; ticks: number } | null = null
  for (let at = 0; at + 8 <= size;) {
    const head = await readAt(file, at, 8)
    const bytes = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    if (bytes < 8 || at + bytes > size) break
    const segment = found.segments.at(-1)
    if (type === 'uuid') {
      const mark = readMark(await readAt(file, at + 8, Math.min(bytes - 8, HEAD_BYTES_MAX)))
      if (!mark) break
      found.segments.push({ ...mark, offset: at + bytes, bytes: 0, durationTicks: 0 })
    } else if (type === 'moof') {
      moof = { at, ticks: ticksOf(await readAt(file, at, Math.min(bytes, HEAD_BYTES_MAX))) }
    } else if (type === 'mdat' && moof && segment) {
      segment.bytes = at + bytes - segment.offset
      segment.durationTicks += moof.ticks
      moof = null
    } else if (!segment) found.initBytes = at + bytes
    else break
    at += bytes
    // A mark or a head without its pictures is nothing yet.
    if (type === 'mdat' || !segment) found.wholeBytes = at
  }
  found.segments = found.segments.filter((segment) => segment.bytes > 0)
  const last = found.segments.at(-1)
  found.wholeBytes = last ? last.offset + last.bytes : found.initBytes
  return found.initBytes > 0 ? found : null
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at)
  return buffer.subarray(0, bytesRead)
}

function readMark(body: Buffer): SegmentMark | null {
  if (!body.subarray(0, 16).equals(MARK_TYPE)) return null
  try {
    return markSchema.safeParse(JSON.parse(body.toString('utf8', 16))).data ?? null
  } catch {
    // Not a mark of ours: the scan ends here, as at any torn byte.
    return null
  }
}

/** The sum of the sample durations of the first track fragment's `trun` boxes (as `part-head.ts` writes them). */
function ticksOf(moof: Buffer): number {
  const traf = childOf(moof, 8, moof.length, 'traf')
  const trun = traf && childOf(moof, traf.at + 8, traf.at + traf.bytes, 'trun')
  if (!trun) return 0
  const flags = moof.readUInt32BE(trun.at + 8) & 0xffffff
  const count = moof.readUInt32BE(trun.at + 12)
  const first = trun.at + 16 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0)
  const step = [0x100, 0x200, 0x400, 0x800].reduce((sum, flag) => sum + (flags & flag ? 4 : 0), 0)
  if (!(flags & 0x100)) return 0
  let ticks = 0
  for (let i = 0; i < count && first + i * step + 4 <= moof.length; i++) ticks += moof.readUInt32BE(first + i * step)
  return ticks
}

function childOf(bytes: Buffer, from: number, to: number, type: string): { at: number; bytes: number } | null {
  for (let at = from; at + 8 <= Math.min(to, bytes.length);) {
    const size = bytes.readUInt32BE(at)
    if (size < 8) return null
    if (bytes.toString('latin1', at + 4, at + 8) === type) return { at, bytes: size }
    at += size
  }
  return null
}
