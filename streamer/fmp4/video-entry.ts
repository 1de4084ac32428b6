import { readH265Sps } from '../rtp/h265-parameters.ts'
import type { ParameterSets } from '../rtp/parameter-sets.ts'
import type { VideoFacts } from '../rtp/video-facts.ts'
import { box, u16, u32 } from './boxes.ts'

/** `avc1` or `hvc1` (ISO/IEC 14496-15): parameter sets out of band, 4-byte lengths. */
export function videoSampleEntry(sets: ParameterSets, facts: VideoFacts): Buffer {
  const [type, configuration] = sets.codec === 'H264' ? ['avc1', avcC(sets)] : ['hvc1', hvcC(sets)]
  return box(
    type,
    u16(0, 0, 0, 1),
    Buffer.alloc(16),
    u16(facts.widthPx, facts.heightPx),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x18, 0xffff),
    configuration,
  )
}

const withSize = (nal: Buffer) => Buffer.concat([u16(nal.length), nal])

/** §5.3.3.1 */
function avcC(sets: ParameterSets): Buffer {
  const sps = sets.list('sps')
  const pps = sets.list('pps')
  const newest = sps.at(-1)!
  const profile = newest[1]!
  return box(
    'avcC',
    [1, profile, newest[2]!, newest[3]!, 0xff, 0xe0 | sps.length],
    ...sps.map(withSize),
    [pps.length],
    ...pps.map(withSize),
    // High profiles add chroma and depth; 4:2:0 and 8 bit are what cameras make and browsers play.
    profile === 100 || profile === 110 || profile === 122 || profile === 244 ? [0xfd, 0xf8, 0xf8, 0] : [],
  )
}

/** §8.3.3.1; three arrays that are complete, so that nothing is looked for in band. */
function hvcC(sets: ParameterSets): Buffer {
  const facts = readH265Sps(sets.list('sps').at(-1)!)
  if (!facts) throw new Error('assertion failed: a set that was kept can be read')
  const kinds = [
    [32, sets.list('vps')],
    [33, sets.list('sps')],
    [34, sets.list('pps')],
  ] as const
  const arrays = kinds.flatMap(([type, nals]) => [
    Buffer.from([0x80 | type]),
    u16(nals.length),
    ...nals.map((nal) => withSize(nal)),
  ])
  return box(
    'hvcC',
    [1],
    facts.profile,
    // No spatial segmentation, parallelism unknown, then chroma and depths with their reserved bits.
    [0xf0, 0, 0xfc, 0xfc | facts.chromaFormat, 0xf8 | (facts.lumaDepth - 8), 0xf8 | (facts.chromaDepth - 8)],
    u16(0),
    [(facts.temporalLayers << 3) | (facts.isNested ? 4 : 0) | 3, kinds.length],
    ...arrays,
  )
}
