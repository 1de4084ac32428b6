import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readH265Sps } from '../../streamer/rtp/h265-parameters.ts'
import { readPictures, typeOf } from './support/annex-b.ts'
import { decode, HAS_FFMPEG, probe } from './support/ffmpeg.ts'
import { boxAt } from './support/mp4.ts'
import type { PacketiseOptions } from './support/packetise.ts'
import { bytesOf, createPipeline, expectUnbroken, found, samples, wanted } from './support/pipeline-rig.ts'

const plain = readPictures('hevc-320x180.h265')
const openGop = readPictures('hevc-open-gop-256x144.h265')
const spsOf = (pictures: typeof plain) => pictures[0]!.nals.find((nal) => typeOf(nal, 'H265') === 33)!
/** For every picture of it, in order of decoding: when it is shown; as its encoder said. */
const OPEN_GOP_SHOWN = [
  0, 1, 5, 3, 2, 4, 6, 10, 8, 7, 9, 11, 14, 13, 12, 17, 16, 15, 20, 19, 18, 22, 21, 23, 27, 25, 24, 26, 31, 29, 28, 30,
  32, 36, 34, 33, 35, 37, 38, 40, 39, 42, 41, 46, 44, 43, 45, 50, 48, 47, 49, 54, 52, 51, 53, 55, 56, 57, 58, 59,
]
const whole = (stream: ReturnType<typeof createPipeline>['stream']) =>
  Buffer.concat([stream.ring.segments[0]!.init.bytes, ...stream.ring.segments.map(bytesOf)])

describe('the sequence parameter set of H.265', () => {
  it('tells size, codec and whether B-frames may come', () => {
    expect(readH265Sps(spsOf(plain))).toMatchObject({ widthPx: 320, heightPx: 180, mayReorder: false })
    expect(readH265Sps(spsOf(plain))!.codec).toMatch(/^hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*$/)
    expect(readH265Sps(spsOf(openGop))).toMatchObject({ widthPx: 256, heightPx: 144, mayReorder: true })
  })

  it('that asks for an impossible picture is refused, and no bytes break the reader', () => {
    let refused = 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 12 }), fc.nat(60), (changes, cut) => {
        const bytes = Buffer.from(spsOf(plain))
        for (const [at, value] of changes) bytes[2 + (at % (bytes.length - 2))] = value
        const facts = readH265Sps(bytes.subarray(0, bytes.length - (cut % bytes.length)))
        if (!facts) refused++
        else expect(facts.widthPx >= 16 && facts.widthPx <= 8192 && facts.heightPx <= 8192).toBe(true)
      }),
      { numRuns: 3000 },
    )
    expect(refused).toBeGreaterThan(300)
  })
})

describe('H.265 pictures', () => {
  const variants: [string, PacketiseOptions][] = [
    ['in large packets', { mtu: 60_000 }],
    ['in fragments', { mtu: 300 }],
    ['with parameter sets in an aggregate', { aggregates: true }],
    ['without any marker', { marker: 'none' }],
  ]
  for (const [name, options] of variants) {
    it(`come out byte for byte as they went in, ${name}`, () => {
      const { stream, feed, pipeline } = createPipeline(600_000, { codec: 'H265' })
      feed(plain, options)
      feed(plain.slice(0, 1), { ...options, firstTicks: plain.length * 3600 })
      const list = samples(stream)
      expect(found(list)).toEqual(wanted(plain).slice(0, list.length))
      expect(list.length).toBeGreaterThanOrEqual(plain.length - 5)
      expect(list.filter((sample) => sample.isKey).length).toBe(3)
      expectUnbroken(list)
      expect(pipeline.units.counts).toMatchObject({ damaged: 0, unsupported: 0 })
    })
  }

  it('go without the pictures that a first CRA shows before itself', () => {
    const { stream, feed, pipeline } = createPipeline(600_000, { codec: 'H265' })
    const cra = openGop.findIndex((picture, i) => i > 0 && picture.isKey)
    feed(openGop.slice(cra))
    const isLeading = (nal: Buffer) => [8, 9].includes(typeOf(nal, 'H265'))
    const leading = openGop.slice(cra, cra + 10).filter((picture) => picture.nals.some(isLeading))
    expect(leading.length).toBeGreaterThan(0)
    expect(pipeline.units.counts.skippedLeading).toBe(leading.length)
    expect(found(samples(stream)).some((text) => wanted(leading).includes(text))).toBe(false)
  })

  it.runIf(HAS_FFMPEG)('are decoded by ffmpeg without a complaint, with and without B-frames', () => {
    const shownOf = (i: number) => OPEN_GOP_SHOWN[i % 60]! + Math.floor(i / 60) * 60
    for (const [pictures, shown] of [[plain, (i: number) => i] as const, [openGop, shownOf] as const]) {
      const { stream, feed } = createPipeline(600_000, { codec: 'H265' })
      feed(pictures, { times: 3, ticksOf: (i) => shown(i) * 6000 })
      const bytes = whole(stream)
      const count = samples(stream).length
      expect(count).toBeGreaterThan(pictures.length * 2)
      expect(probe(bytes)).toMatchObject([{ codec_name: 'hevc', nb_read_frames: String(count) }])
      expect(decode(bytes, ['-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-f', 'null']).complaints).toBe('')
    }
  })

  it('of another size begin a new init section (hvcC) and a discontinuity', () => {
    const { stream, feed } = createPipeline(600_000, { codec: 'H265' })
    feed(plain)
    feed(openGop, { firstTicks: plain.length * 3600 })
    const text = stream.playlist(false).toString()
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g), 'its own beginning, and the change').toHaveLength(2)
    const inits = [...text.matchAll(/#EXT-X-MAP:URI="([^"]+)"/g)].map((match) => stream.init(match[1]!)!)
    expect(inits.map((init) => [init.facts.widthPx, init.facts.heightPx])).toEqual([
      [320, 180],
      [256, 144],
    ])
    const entry = boxAt(inits[0]!.bytes, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd')
    expect(entry.toString('latin1', 12, 16)).toBe('hvc1')
    for (const nal of plain[0]!.nals.slice(1, 4)) expect(entry.includes(nal)).toBe(true)
  })

  it('are known for what they are when the camera says H.264', () => {
    for (const aggregates of [false, true]) {
      const { stream, feed, pipeline } = createPipeline(600_000, { codec: 'H264' })
      feed(plain, { aggregates, times: 2 })
      expect(pipeline.counts.codecLies).toBe(1)
      expect(pipeline.init?.facts.codec).toMatch(/^hvc1/)
      expect(samples(stream).length).toBeGreaterThan(30)
    }
  })
})
