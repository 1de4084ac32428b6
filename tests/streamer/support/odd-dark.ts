import { readPictures, typeOf, type Picture } from './annex-b.ts'
import type { TestCameraOptions } from './test-camera.ts'

/** One odd camera, and what is to become of it. The table in `docs/odd-streams.md` is made of these. */
export interface OddStream {
  name: string
  /** What the camera does, for the reader. */
  does: string
  options: Partial<TestCameraOptions>
  /** plays: pictures go on to the end. dark: none ever comes, for the reason that is shown. */
  outcome: 'plays' | 'dark'
  /** Of a dark one. */
  reason?: RegExp
  /** Counters that must have counted it. */
  counted?: string[]
}

const fourSlices = readPictures('four-slices-320x180.h264')
const baseline = readPictures('baseline-256x144.h264')

const raw = (text: string) => `RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n${text}`

/** Baseline, 65,536 × 65,536 pixels: macroblock counts of 4,096. */
function spsBomb(): Buffer {
  const bits =
    '1' +
    '1' +
    '011' +
    '010' +
    '0' +
    '0'.repeat(12) +
    '1000000000000' +
    '0'.repeat(12) +
    '1000000000000' +
    '1' +
    '1' +
    '0' +
    '0' +
    '1'
  const body = bits
    .padEnd(Math.ceil(bits.length / 8) * 8, '0')
    .match(/.{8}/g)!
    .map((byte) => parseInt(byte, 2))
  return Buffer.from([0x67, 66, 0, 31, ...body])
}

const withSps = (sps: Buffer): Picture[] =>
  baseline.map((picture) => ({ ...picture, nals: picture.nals.map((nal) => (typeOf(nal, 'H264') === 7 ? sps : nal)) }))

/** Those of which there is nothing to show. */
export const DARK_STREAMS: OddStream[] = [
  {
    name: 'SPS bomb',
    does: 'asks for a picture of 65,536 × 65,536',
    options: { pictures: withSps(spsBomb()) },
    outcome: 'dark',
    counted: ['refused_parameter_sets'],
  },
  {
    name: 'no key frames',
    does: 'never sends one',
    options: { pictures: fourSlices.filter((picture) => !picture.isKey), sprop: false },
    outcome: 'dark',
  },
  {
    name: '4 GB body',
    does: 'announces Content-Length: 4294967296',
    options: { answers: { DESCRIBE: raw('Content-Length: 4294967296\r\n\r\nv=0\r\n') } },
    outcome: 'dark',
    reason: /announces a body of 4294967296 bytes/,
  },
  {
    name: '10 MB SDP',
    does: 'announces ten megabytes of description',
    options: { answers: { DESCRIBE: raw(`Content-Length: 10485760\r\n\r\n${'a=x\r\n'.repeat(2000)}`) } },
    outcome: 'dark',
    reason: /announces a body of 10485760 bytes/,
  },
  {
    name: 'endless header',
    does: 'never ends its header',
    options: { answers: { OPTIONS: raw(`X: ${'y'.repeat(100_000)}`) } },
    outcome: 'dark',
    reason: /endless header/,
  },
  {
    name: 'a thousand media',
    does: 'describes a thousand streams of nothing',
    options: {
      answers: { DESCRIBE: raw(`Content-Length: 24000\r\n\r\n${'m=audio 0 RTP/AVP 111\r\n\n'.repeat(1000)}`) },
    },
    outcome: 'dark',
    reason: /no video/,
  },
]
