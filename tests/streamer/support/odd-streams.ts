import { readPictures } from './annex-b.ts'
import { DARK_STREAMS, type OddStream } from './odd-dark.ts'
import { besides, from, glued, patched, prefixed, randomly } from './odd-damage.ts'
import { senderReport } from './sound.ts'

const fourSlices = readPictures('four-slices-320x180.h264')
const baseline = readPictures('baseline-256x144.h264')
const bFrames = readPictures('b-frames-256x144.h264')
const hevc = readPictures('hevc-320x180.h265')
const openGop = readPictures('hevc-open-gop-256x144.h265')

/** 40 pictures are 1.6 s: until then everything is as it should be. */
const ODD_AFTER = 40
const HOUR_TICKS = 324_000_000

const chatty = fourSlices.map((picture) => ({
  ...picture,
  nals: [
    Buffer.from([9, 0xf0]),
    Buffer.from([6, 5, 4, 1, 2, 3, 4, 0x80]),
    ...picture.nals,
    Buffer.from([12, 255, 255, 0x80]),
  ],
}))

/** I, then eight times P B B in order of decoding. */
function shownOf(index: number): number {
  const inGroup = index % 25
  return inGroup === 0 ? index : index + ((inGroup - 1) % 3 === 0 ? 2 : -1)
}

export const ODD_STREAMS: OddStream[] = [
  {
    name: 'another resolution',
    does: 'sends another SPS and PPS in band, with its next key frame',
    options: { thenPictures: { after: ODD_AFTER, pictures: baseline } },
    outcome: 'plays',
    counted: ['discontinuities'],
  },
  { name: 'no markers', does: 'never sets the RTP marker', options: { marker: 'none' }, outcome: 'plays' },
  {
    name: 'a marker on every slice',
    does: 'sets the marker before the picture ends',
    options: { marker: 'every-slice' },
    outcome: 'plays',
    counted: ['marker_lies'],
  },
  {
    name: 'B-frames',
    does: 'sends pictures in another order than they are shown',
    options: { pictures: bFrames, ticksOf: (i) => 5_000 + shownOf(i) * 3600 },
    outcome: 'plays',
  },
  { name: 'no sprop', does: 'has parameter sets in band only', options: { sprop: false }, outcome: 'plays' },
  {
    name: 'aggregates and fragments',
    does: 'mixes STAP-A, FU-A and single units of 300 bytes',
    options: { aggregates: true, mtu: 300 },
    outcome: 'plays',
  },
  {
    name: 'delimiters, SEI and filler',
    does: 'surrounds every picture with them',
    options: { pictures: chatty },
    outcome: 'plays',
  },
  {
    name: 'sequence jump',
    does: 'leaps ahead by 5,000 numbers',
    options: {
      damage: from(ODD_AFTER, (packets) =>
        packets.map((p) => patched(p, (b) => b.writeUInt16BE((b.readUInt16BE(2) + 5000) & 0xffff, 2))),
      ),
    },
    outcome: 'plays',
  },
  { name: 'time wrap', does: 'passes 2³² ticks', options: { firstTicks: 0xffffffff - 100_000 }, outcome: 'plays' },
  {
    name: 'time jump',
    does: 'leaps ahead by an hour',
    options: { ticksOf: (i) => i * 3600 + (i > ODD_AFTER ? HOUR_TICKS : 0) },
    outcome: 'plays',
    counted: ['repaired_times'],
  },
  {
    name: 'time back',
    does: 'falls back by an hour',
    options: { ticksOf: (i) => HOUR_TICKS * 2 + i * 3600 - (i > ODD_AFTER ? HOUR_TICKS : 0) },
    outcome: 'plays',
    counted: ['repaired_times'],
  },
  {
    name: 'time stands still',
    does: 'gives every picture the same time',
    options: { ticksOf: () => 77_777 },
    outcome: 'plays',
    counted: ['repaired_times'],
  },
  {
    name: 'another SSRC',
    does: 'changes its source identifier without a word',
    options: {
      damage: from(ODD_AFTER, (packets) => packets.map((p) => patched(p, (b) => b.writeUInt32BE(0xabcd, 8)))),
    },
    outcome: 'plays',
    counted: ['bad_packets'],
  },
  {
    name: 'garbage',
    does: 'puts up to 300 random bytes between interleaved frames',
    options: { garbageEvery: 7 },
    outcome: 'plays',
    counted: ['resyncs', 'garbage_bytes'],
  },
  {
    name: 'loss',
    does: 'loses two packets in a hundred',
    options: { mtu: 400, damage: randomly(0.02, () => []) },
    outcome: 'plays',
    counted: ['lost_packets', 'damaged_units'],
  },
  {
    name: 'twice',
    does: 'sends one packet in ten twice',
    options: { mtu: 400, damage: randomly(0.1, (p) => [p, p]) },
    outcome: 'plays',
    counted: ['late_packets'],
  },
  {
    name: 'out of order',
    does: 'sends the packets of every picture backwards',
    options: { mtu: 400, damage: (packets) => packets.toReversed() },
    outcome: 'plays',
    counted: ['reordered_packets'],
  },
  {
    name: 'flipped bits',
    does: 'damages one packet in twenty',
    options: {
      mtu: 400,
      damage: randomly(0.05, (p, random) => [
        patched(p, (b) => {
          for (let i = 0; i < 6; i++) b[Math.floor(random() * b.length)] = Math.floor(random() * 256)
        }),
      ]),
    },
    outcome: 'plays',
  },
  {
    name: 'cut packets',
    does: 'cuts one packet in twenty short, down to nothing',
    options: { mtu: 400, damage: randomly(0.05, (p, random) => [p.subarray(0, Math.floor(random() * p.length))]) },
    outcome: 'plays',
  },
  {
    name: 'empty units',
    does: 'adds empty NAL units, fragments and aggregates',
    options: {
      damage: besides([
        Buffer.alloc(0),
        Buffer.from([0x7c, 0x85]),
        Buffer.from([0x7c, 0x45]),
        Buffer.from([0x78, 0, 0]),
        Buffer.from([0x41]),
      ]),
    },
    outcome: 'plays',
  },
  {
    name: 'start codes inside',
    does: 'takes parameter sets and the picture behind them for one unit',
    options: { pictures: glued(baseline), mtu: 300 },
    outcome: 'plays',
    counted: ['start_codes'],
  },
  {
    name: 'H.265 with start codes inside',
    does: 'takes parameter sets and the picture behind them for one unit',
    options: { pictures: glued(hevc), mtu: 300 },
    outcome: 'plays',
    counted: ['start_codes'],
  },
  {
    name: 'start codes in front',
    does: 'leaves the start code of Annex B in front of every unit',
    options: { damage: prefixed },
    outcome: 'plays',
    counted: ['start_codes'],
  },
  {
    name: 'a clock that creeps',
    does: 'counts pictures instead of time',
    options: { ticksOf: (i) => 5_000 + i },
    outcome: 'plays',
    counted: ['repaired_times'],
  },
  {
    name: 'unknown payloads',
    does: 'adds STAP-B, MTAP, FU-B and reserved types',
    options: { damage: besides([25, 26, 27, 29, 30, 31, 0].map((type) => Buffer.from([0x60 | type, 1, 2, 3, 4, 5]))) },
    outcome: 'plays',
    counted: ['unsupported_payloads'],
  },
  {
    name: 'a clock of 1970',
    does: 'sends reports of a clock that was never set',
    options: { rtcp: { every: 10, bytes: (sent, ticks) => senderReport(sent * 40, ticks) } },
    outcome: 'plays',
    counted: ['insane_reports'],
  },
  {
    name: 'BYE',
    does: 'says goodbye by RTCP and goes on',
    options: { rtcp: { every: 10, bytes: () => Buffer.from('81cb000100001234', 'hex') } },
    outcome: 'plays',
    counted: ['byes'],
  },
  {
    name: 'broken RTCP',
    does: 'announces longer RTCP than it sends',
    options: { rtcp: { every: 5, bytes: () => Buffer.from('80c8ffff000012340000', 'hex') } },
    outcome: 'plays',
  },
  { name: 'H.265', does: 'sends H.265', options: { pictures: hevc, mtu: 300 }, outcome: 'plays' },
  {
    name: 'H.265 in aggregates',
    does: 'sends its parameter sets in AP packets, in band only',
    options: { pictures: hevc, aggregates: true, sprop: false },
    outcome: 'plays',
  },
  {
    name: 'H.265 with open groups',
    does: 'begins at a CRA whose leading pictures nobody can decode',
    options: { pictures: openGop.slice(18) },
    outcome: 'plays',
    counted: ['skipped_leading_units'],
  },
  {
    name: 'H.265 called H.264',
    does: 'describes another codec than it sends',
    options: { pictures: hevc, codec: 'H264' },
    outcome: 'plays',
    counted: ['codec_lies'],
  },
  {
    name: 'H.265 with PACI',
    does: 'adds PACI packets and reserved types',
    options: { pictures: hevc, damage: besides([50, 51, 63].map((type) => Buffer.from([type << 1, 1, 2, 3, 4, 5]))) },
    outcome: 'plays',
    counted: ['unsupported_payloads'],
  },
  ...DARK_STREAMS,
]
