import { box, fullBox, u16, u32 } from './boxes.ts'

/** What a decoder must know of the sound. */
export interface AudioFacts {
  /** RFC 6381: `mp4a.40.2` passes through, `flac` is made of G.711. */
  codec: 'mp4a.40.2' | 'flac'
  sampleRateHz: number
  channels: number
  /** AudioSpecificConfig of AAC, STREAMINFO of FLAC. */
  configuration: Buffer
}

/** `mp4a` with `esds` (ISO/IEC 14496-14 §5.6), or `fLaC` with `dfLa` (FLAC's own mapping into ISO files). */
export function audioSampleEntry(facts: AudioFacts): Buffer {
  const isFlac = facts.codec === 'flac'
  return box(
    isFlac ? 'fLaC' : 'mp4a',
    u16(0, 0, 0, 1),
    u32(0, 0),
    u16(facts.channels, 16),
    u32(0),
    u32(facts.sampleRateHz * 0x10000),
    isFlac ? dfLa(facts.configuration) : esds(facts.configuration),
  )
}

/** One metadata block, the last: STREAMINFO, 34 bytes. */
function dfLa(streamInfo: Buffer): Buffer {
  return fullBox('dfLa', 0, 0, [0x80, 0, 0, streamInfo.length], streamInfo)
}

function esds(configuration: Buffer): Buffer {
  const descriptor = (tag: number, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts)
    return Buffer.concat([Buffer.from([tag, body.length]), body])
  }
  // 0x40: MPEG-4 audio; 0x15: an audio stream; no buffer size and rates are told.
  const decoder = descriptor(4, Buffer.from([0x40, 0x15, 0, 0, 0]), u32(0, 0), descriptor(5, configuration))
  return fullBox('esds', 0, 0, descriptor(3, Buffer.from([0, 2, 0]), decoder, descriptor(6, Buffer.from([2]))))
}
