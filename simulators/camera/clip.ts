import { readFileSync } from 'node:fs'
import { assert } from '../../domain/fault.ts'
import { splitAnnexB } from './h264/bits.ts'
import { readSliceStart, readSps, type SliceStart, type StreamHeaders } from './h264/headers.ts'
import { STRIP_ROWS } from './osd/caption-strip.ts'
import { packetise, type PacketRun } from './rtp/packetise.ts'

/** One picture of a looped clip. */
export interface FootagePicture {
  isKey: boolean
  /** Parameter sets, in key pictures. */
  before: PacketRun | null
  /** The rest of the picture; its last packet carries the marker. */
  after: PacketRun
}

/** A looped clip, cut into packets once and shared by all cameras and viewers that show it. */
export interface Footage {
  /** For `a=rtpmap`. */
  encoding: 'H264' | 'H265'
  /** For `a=fmtp`. */
  format: string
  pictures: FootagePicture[]
  bitrateBps: number
}

/** A picture without the slice that the caption replaces. */
export interface ClipPicture extends FootagePicture {
  start: SliceStart
}

/** H.264 of our own making, into which a caption can be put. */
export interface Clip extends Footage {
  stream: StreamHeaders
  sps: Buffer
  pps: Buffer
  pictures: ClipPicture[]
}

export const FRAMES_PER_SECOND = 15

export function loadClip(path: string): Clip {
  const bytes = readFileSync(path)
  let sps: Buffer | null = null
  let pps: Buffer | null = null
  let stream: StreamHeaders | null = null
  const groups: { start: SliceStart; slices: Buffer[] }[] = []
  for (const nal of splitAnnexB(bytes)) {
    const type = nal[0]! & 31
    if (type === 7) {
      sps = nal
      stream = readSps(nal)
    } else if (type === 8) pps = nal
    else if (type === 1 || type === 5) {
      assert(stream, `${path}: a slice before the parameter sets`)
      const start = readSliceStart(nal, stream)
      if (start.firstMacroblock === 0) groups.push({ start, slices: [] })
      else groups.at(-1)?.slices.push(nal)
    }
  }
  assert(sps && pps && stream, `${path}: no parameter sets`)
  const parameterSets = [sps, pps]
  const { widthMbs } = stream
  const pictures = groups.map(({ start, slices }) => {
    const first = slices[0] && readSliceStart(slices[0], stream).firstMacroblock
    assert(first === STRIP_ROWS * widthMbs, `${path}: the topmost ${STRIP_ROWS} rows are not a slice of their own`)
    const before = start.isKey ? packetise(parameterSets, false) : null
    return { start, isKey: start.isKey, before, after: packetise(slices, true) }
  })
  assert(pictures[0]?.start.isKey, `${path}: does not begin with a key picture`)
  const bitrateBps = Math.round((bytes.length * 8 * FRAMES_PER_SECOND) / pictures.length)
  const sprop = parameterSets.map((set) => set.toString('base64')).join()
  const format = `packetization-mode=1;profile-level-id=${stream.profileLevel};sprop-parameter-sets=${sprop}`
  return { encoding: 'H264', format, stream, sps, pps, pictures, bitrateBps }
}
