import { createHash } from 'node:crypto'
import type { ParameterSets } from '../rtp/parameter-sets.ts'
import type { VideoFacts } from '../rtp/video-facts.ts'
import type { AudioFacts } from './audio-entry.ts'
import { audioSampleEntry } from './audio-entry.ts'
import { box, fullBox, u16, u32 } from './boxes.ts'
import { videoSampleEntry } from './video-entry.ts'

/** RTP's video clock; kept as the track's timescale so that no time is ever rounded. */
export const TIMESCALE = 90_000
export const VIDEO_TRACK_ID = 1
export const AUDIO_TRACK_ID = 2

/** What a decoder needs before the first part (`EXT-X-MAP`). */
export interface InitSection {
  /** Named by its content, so that a cache may keep it for ever. */
  name: string
  bytes: Buffer
  /** Without the sound, for a single picture. */
  pictureBytes: Buffer
  facts: VideoFacts
  audio: AudioFacts | null
  /** VPS, SPS, then PPS, for whoever wants Annex B. */
  parameterSets: Buffer[]
}

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

/** @param facts of the newest SPS in `sets`, which must be complete */
export function createInitSection(sets: ParameterSets, facts: VideoFacts, audio: AudioFacts | null): InitSection {
  const pictureBytes = initBytes(sets, facts, null)
  const bytes = audio ? initBytes(sets, facts, audio) : pictureBytes
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const parameterSets = [...sets.list('vps'), ...sets.list('sps'), ...sets.list('pps')]
  return { name: `init-${digest}.mp4`, bytes, pictureBytes, facts, audio, parameterSets }
}

function initBytes(sets: ParameterSets, facts: VideoFacts, audio: AudioFacts | null): Buffer {
  const extend = (trackId: number) => fullBox('trex', 0, 0, u32(trackId, 1, 0, 0, 0))
  return Buffer.concat([
    box('ftyp', Buffer.from('iso5'), u32(512), Buffer.from('iso5iso6mp41')),
    box(
      'moov',
      movieHeader(audio ? AUDIO_TRACK_ID + 1 : VIDEO_TRACK_ID + 1),
      videoTrack(sets, facts),
      ...(audio ? [audioTrack(audio)] : []),
      box('mvex', extend(VIDEO_TRACK_ID), ...(audio ? [extend(AUDIO_TRACK_ID)] : [])),
    ),
  ])
}

function movieHeader(nextTrackId: number): Buffer {
  return fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, 1000, 0, 0x10000),
    u16(0x100, 0),
    u32(0, 0),
    MATRIX,
    Buffer.alloc(24),
    u32(nextTrackId),
  )
}

function videoTrack(sets: ParameterSets, facts: VideoFacts): Buffer {
  const size = u32(facts.widthPx * 0x10000, facts.heightPx * 0x10000)
  return box(
    'trak',
    fullBox('tkhd', 0, 3, u32(0, 0, VIDEO_TRACK_ID, 0, 0, 0, 0), u16(0, 0, 0, 0), MATRIX, size),
    media(TIMESCALE, 'vide', fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)), videoSampleEntry(sets, facts)),
  )
}

function audioTrack(facts: AudioFacts): Buffer {
  return box(
    'trak',
    fullBox('tkhd', 0, 3, u32(0, 0, AUDIO_TRACK_ID, 0, 0, 0, 0), u16(0, 0, 0x100, 0), MATRIX, u32(0, 0)),
    media(facts.sampleRateHz, 'soun', fullBox('smhd', 0, 0, u16(0, 0)), audioSampleEntry(facts)),
  )
}

function media(timescale: number, handler: 'vide' | 'soun', header: Buffer, sampleEntry: Buffer): Buffer {
  return box(
    'mdia',
    fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(0x55c4, 0)),
    fullBox('hdlr', 0, 0, u32(0), Buffer.from(handler), u32(0, 0, 0), Buffer.from('Vigil\0')),
    box(
      'minf',
      header,
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      box(
        'stbl',
        fullBox('stsd', 0, 0, u32(1), sampleEntry),
        fullBox('stts', 0, 0, u32(0)),
        fullBox('stsc', 0, 0, u32(0)),
        fullBox('stsz', 0, 0, u32(0, 0)),
        fullBox('stco', 0, 0, u32(0)),
      ),
    ),
  )
}
