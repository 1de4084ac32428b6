import { createHash } from 'node:crypto'
import type { SpsFacts } from '../rtp/h264-parameters.ts'
import { box, fullBox, u16, u32 } from './boxes.ts'

/** RTP's video clock; kept as the track's timescale so that no time is ever rounded. */
export const TIMESCALE = 90_000
export const VIDEO_TRACK_ID = 1

/** What a decoder needs before the first part (`EXT-X-MAP`). */
export interface InitSection {
  /** Named by its content, so that a cache may keep it for ever. */
  name: string
  bytes: Buffer
  facts: SpsFacts
  /** SPS, then PPS, for whoever wants Annex B. */
  parameterSets: Buffer[]
}

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

export function createInitSection(facts: SpsFacts, sps: Buffer[], pps: Buffer[]): InitSection {
  const bytes = Buffer.concat([
    box('ftyp', Buffer.from('iso5'), u32(512), Buffer.from('iso5iso6mp41')),
    box(
      'moov',
      movieHeader(),
      track(facts, sps, pps),
      box('mvex', fullBox('trex', 0, 0, u32(VIDEO_TRACK_ID, 1, 0, 0, 0))),
    ),
  ])
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return { name: `init-${digest}.mp4`, bytes, facts, parameterSets: [...sps, ...pps] }
}

function movieHeader(): Buffer {
  return fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, 1000, 0, 0x10000),
    u16(0x100, 0),
    u32(0, 0),
    MATRIX,
    Buffer.alloc(24),
    u32(VIDEO_TRACK_ID + 1),
  )
}

function track(facts: SpsFacts, sps: Buffer[], pps: Buffer[]): Buffer {
  const size = u32(facts.widthPx * 0x10000, facts.heightPx * 0x10000)
  return box(
    'trak',
    fullBox('tkhd', 0, 3, u32(0, 0, VIDEO_TRACK_ID, 0, 0, 0, 0), u16(0, 0, 0, 0), MATRIX, size),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, u32(0, 0, TIMESCALE, 0), u16(0x55c4, 0)),
      fullBox('hdlr', 0, 0, u32(0), Buffer.from('vide'), u32(0, 0, 0), Buffer.from('Vigil\0')),
      box(
        'minf',
        fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)),
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box(
          'stbl',
          fullBox('stsd', 0, 0, u32(1), sampleEntry(facts, sps, pps)),
          fullBox('stts', 0, 0, u32(0)),
          fullBox('stsc', 0, 0, u32(0)),
          fullBox('stsz', 0, 0, u32(0, 0)),
          fullBox('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  )
}

/** `avc1` with its `avcC` (ISO/IEC 14496-15 §5.3.3.1): parameter sets out of band, 4-byte lengths. */
function sampleEntry(facts: SpsFacts, sps: Buffer[], pps: Buffer[]): Buffer {
  const newest = sps.at(-1)!
  const withSize = (nal: Buffer) => Buffer.concat([u16(nal.length), nal])
  const profile = newest[1]!
  const avcC = box(
    'avcC',
    [1, profile, newest[2]!, newest[3]!, 0xff, 0xe0 | sps.length],
    ...sps.map(withSize),
    [pps.length],
    ...pps.map(withSize),
    // High profiles add chroma and depth; 4:2:0 and 8 bit are what cameras make and browsers play.
    profile === 100 || profile === 110 || profile === 122 || profile === 244 ? [0xfd, 0xf8, 0xf8, 0] : [],
  )
  return box(
    'avc1',
    u16(0, 0, 0, 1),
    Buffer.alloc(16),
    u16(facts.widthPx, facts.heightPx),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x18, 0xffff),
    avcC,
  )
}
