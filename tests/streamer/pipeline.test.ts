import { describe, expect, it } from 'vitest'
import { readPictures } from './support/annex-b.ts'
import { glued, prefixed } from './support/odd-damage.ts'
import { boxAt, samplesOf } from './support/mp4.ts'
import type { PacketiseOptions } from './support/packetise.ts'
import { createPipeline, expectUnbroken, found, samples, wanted } from './support/pipeline-rig.ts'
import { seeded } from '../support/seeded.ts'

const fourSlices = readPictures('four-slices-320x180.h264')
const baseline = readPictures('baseline-256x144.h264')
const bFrames = readPictures('b-frames-256x144.h264')

describe('pictures of several slices', () => {
  const variants: [string, PacketiseOptions][] = [
    ['in large packets', { mtu: 60_000 }],
    ['in fragments', { mtu: 300 }],
    ['with parameter sets in a STAP-A', { aggregates: true }],
    ['without any marker', { marker: 'none' }],
  ]
  for (const [name, options] of variants) {
    it(`come out byte for byte as they went in, ${name}`, () => {
      const { stream, feed, pipeline } = createPipeline()
      feed(fourSlices, options)
      feed(fourSlices.slice(0, 1), { ...options, firstTicks: fourSlices.length * 3600 })
      const list = samples(stream)
      expect(found(list)).toEqual(wanted(fourSlices).slice(0, list.length))
      expect(list.length).toBeGreaterThanOrEqual(fourSlices.length - 5)
      expect(list[0]!.isKey).toBe(true)
      expect(list.filter((sample) => sample.isKey).length).toBe(4)
      expectUnbroken(list)
      expect(pipeline.units.counts.damaged).toBe(0)
    })
  }

  it('are whole again after the first, when the camera marks every slice', () => {
    const { stream, feed, pipeline } = createPipeline()
    feed(fourSlices, { marker: 'every-slice', times: 2 })
    expect(pipeline.units.counts.markerLies).toBeGreaterThan(0)
    const list = samples(stream)
    expect(list.length).toBeGreaterThan(fourSlices.length)
    expect(
      found(list)
        .slice(1)
        .every((text) => wanted(fourSlices).includes(text)),
    ).toBe(true)
  })
})

describe('parts', () => {
  it('last between 85 % and 100 % of their target, at every picture rate, with a trembling clock', () => {
    const seed = 3
    let checked = 0
    for (const fps of [2, 5, 6, 8, 10, 12, 12.5, 15, 20, 24, 25, 29.97, 30, 50, 60]) {
      const random = seeded(seed)
      const { stream, feed } = createPipeline()
      feed(baseline, { times: 6, ticksOf: (i) => Math.round((i * 90_000) / fps + random() * (90_000 / fps) * 0.04) })
      const target = stream.partTargetTicks
      for (const segment of stream.ring.segments) {
        for (const part of segment.parts) {
          expect(part.durationTicks, `seed ${seed}, ${fps} fps`).toBeLessThanOrEqual(target)
          const isLast = part === segment.parts.at(-1)
          if (!isLast) expect(part.durationTicks, `seed ${seed}, ${fps} fps`).toBeGreaterThanOrEqual(target * 0.85)
          checked++
        }
      }
      expectUnbroken(samples(stream))
    }
    expect(checked).toBeGreaterThan(1000)
  })

  it('say independent when and only when they begin with a key frame', () => {
    const { stream, feed } = createPipeline()
    feed(fourSlices, { times: 3 })
    let independent = 0
    for (const segment of stream.ring.segments) {
      for (const part of segment.parts) {
        expect(samplesOf(part.bytes)[0]!.isKey).toBe(part.isIndependent)
        if (part.isIndependent) independent++
      }
    }
    expect(independent).toBe(12)
  })

  it('of one group of pictures lie in one piece of memory, that is hardly larger', () => {
    const { stream, feed, slabs } = createPipeline()
    feed(baseline, { times: 40 })
    const segments = stream.ring.segments.filter((segment) => segment.isComplete).slice(10)
    expect(segments.length).toBeGreaterThan(20)
    const pieces = segments.map(({ parts }) => new Set(parts.map(({ slab }) => slab)).size)
    expect(pieces.filter((count) => count === 1).length).toBeGreaterThan(segments.length * 0.8)
    expect(slabs.usedBytes).toBeLessThan(stream.ring.bytes * 1.35 + 64 * 1024)
  })

  it('follow a camera that changes its picture rate for good', () => {
    const { stream, feed, pipeline } = createPipeline()
    feed(baseline, { times: 2 })
    feed(baseline, { times: 6, firstTicks: 100 * 3600, ticksOf: (i) => i * 11_250 })
    expect(pipeline.segmenter.counts.retargets).toBeGreaterThan(0)
    const last = stream.ring.segments.at(-2)!
    for (const part of last.parts.slice(0, -1)) {
      expect(part.durationTicks).toBeGreaterThanOrEqual(stream.partTargetTicks * 0.85)
      expect(part.durationTicks).toBeLessThanOrEqual(stream.partTargetTicks)
    }
  })
})

describe('units that were not cut at their start codes', () => {
  for (const [name, pictures, how] of [
    ['in fragments', glued(baseline), { mtu: 300 }],
    ['in large packets', glued(fourSlices), { mtu: 60_000 }],
    ['in front of every unit', baseline, { mtu: 60_000, damage: prefixed }],
  ] as const) {
    it(`come out whole, ${name}`, () => {
      const { stream, feed, pipeline } = createPipeline()
      feed(pictures, { ...how, times: 2 })
      const list = samples(stream)
      const originals = pictures.length === baseline.length ? baseline : fourSlices
      expect(list.length).toBeGreaterThanOrEqual(originals.length)
      expect(found(list.slice(0, originals.length))).toEqual(wanted(originals))
      expect(pipeline.units.counts.damaged).toBe(0)
    })
  }

  it('are left alone in what makers put into SEI', () => {
    const maker = Buffer.from([6, 5, 8, 0, 0, 1, 0x65, 0x88, 0, 0, 1, 0x80])
    const { stream, feed, pipeline } = createPipeline()
    feed(baseline.map((picture) => ({ ...picture, nals: [maker, ...picture.nals] })))
    expect(samples(stream).length).toBeGreaterThan(baseline.length - 6)
    expect(pipeline.units.counts).toMatchObject({ damaged: 0, startCodes: 0 })
  })
})

describe('a fragment without its end', () => {
  it('costs its own picture, not the key picture that comes next', () => {
    const { feed, pipeline } = createPipeline()
    const pictures = [...baseline, ...baseline]
    const keys = pictures.map(({ isKey }, i) => (isKey ? i : -1)).filter((i) => i > 0)
    let dropped = 0
    feed(pictures, {
      mtu: 60,
      damage: (packets, i) => {
        const kept = keys.includes(i + 1) ? packets.slice(0, -1) : packets
        const renumbered = kept.map((packet) => {
          const copy = Buffer.from(packet)
          copy.writeUInt16BE((copy.readUInt16BE(2) - dropped) & 0xffff, 2)
          return copy
        })
        dropped += packets.length - kept.length
        return renumbered
      },
    })
    expect(dropped).toBe(keys.length)
    expect(pipeline.units.counts).toMatchObject({ keys: keys.length + 1, damaged: keys.length })
  })
})

describe('odd times', () => {
  const straight = (() => {
    const { stream, feed } = createPipeline()
    feed(baseline, { times: 3 })
    return samples(stream).length
  })()

  it('the 32-bit time wraps unnoticed', () => {
    const { stream, feed, pipeline } = createPipeline()
    feed(baseline, { times: 3, firstTicks: 0xffffffff - 50_000 })
    expect(samples(stream).length).toBe(straight)
    expectUnbroken(samples(stream))
    expect(pipeline.clock.counts).toEqual({ jumps: 0, repeats: 0, wraps: 1 })
  })

  it('jumps, standing still and running backwards are repaired and counted', () => {
    const odd: Record<string, (i: number) => number> = {
      'a jump ahead of an hour': (i) => i * 3600 + (i > 60 ? 324_000_000 : 0),
      'a jump back of an hour': (i) => 400_000_000 + i * 3600 - (i > 60 ? 324_000_000 : 0),
      'a clock that stands still': () => 77_777,
      'a clock that goes on by one tick a picture': (i) => 77_777 + i,
      'a clock of whole seconds': (i) => 77_777 + Math.floor(i / 25) * 90_000,
      'two fields of one time': (i) => 77_777 + Math.floor(i / 2) * 7_200,
      'a clock that runs backwards': (i) => 900_000_000 - i * 3600,
    }
    for (const [name, ticksOf] of Object.entries(odd)) {
      const { stream, feed, pipeline } = createPipeline()
      feed(baseline, { times: 3, ticksOf })
      const list = samples(stream)
      expect(list.length, name).toBeGreaterThan(straight * 0.9)
      expectUnbroken(list)
      const durationS = list.reduce((sum, sample) => sum + sample.durationTicks, 0) / 90_000
      expect(durationS, name).toBeCloseTo(list.length / 25, 0)
      expect(pipeline.clock.counts.jumps + pipeline.clock.counts.repeats, name).toBeGreaterThan(0)
    }
  })

  it('B-frames: a group that is lost leaves no hole in what is shown', () => {
    const { stream, feed } = createPipeline()
    const shown = (i: number) => (i % 25 === 0 ? i : i + (((i % 25) - 1) % 3 === 0 ? 2 : -1))
    const isLost = (i: number) => i >= 75 && i < 100
    feed(bFrames, { times: 4, ticksOf: (i) => shown(i) * 3600, damage: (p, i) => (isLost(i) ? [] : p) })
    const list = samples(stream)
    expectUnbroken(list)
    const times = list.map((sample) => sample.dtsTicks + sample.offsetTicks).sort((a, b) => a - b)
    const longest = Math.max(...times.slice(1).map((ticks, i) => ticks - times[i]!))
    expect(longest / 3600, 'pictures apart').toBeLessThan(5)
  })

  it('B-frames keep their order of presentation', () => {
    const { stream, feed } = createPipeline()
    // Per group of 25: I, then eight times P B B in order of decoding.
    const shown = (i: number) => {
      const inGroup = i % 25
      if (inGroup === 0) return i
      return i + ((inGroup - 1) % 3 === 0 ? 2 : -1)
    }
    feed(bFrames, { times: 3, ticksOf: (i) => shown(i) * 3600 })
    const list = samples(stream)
    expect(list.length).toBeGreaterThan(130)
    expectUnbroken(list)
    const late = list.slice(50)
    const pts = late.map((sample, i) => ({ pts: sample.dtsTicks + sample.offsetTicks, order: shown(i + 50) }))
    pts.sort((a, b) => a.order - b.order)
    for (let i = 1; i < pts.length; i++) expect(pts[i]!.pts, `picture ${i}`).toBeGreaterThan(pts[i - 1]!.pts)
  })
})

describe('loss', () => {
  it('costs the damaged picture, never the stream, and what is sent is always whole', () => {
    const seed = 11
    const random = seeded(seed)
    const { stream, feed, pipeline } = createPipeline()
    feed(fourSlices, { times: 4, mtu: 400, damage: (packets) => packets.filter(() => random() > 0.01) })
    const whole = new Set(wanted(fourSlices))
    const list = samples(stream)
    expect(list.length).toBeGreaterThan(100)
    for (const text of found(list)) expect(whole.has(text), `seed ${seed}`).toBe(true)
    expect(pipeline.order.counts.lost).toBeGreaterThan(10)
    expect(pipeline.units.counts.damaged).toBeGreaterThan(0)
    for (const part of stream.ring.segments.flatMap((s) => s.parts))
      expect(part.durationTicks).toBeLessThanOrEqual(stream.partTargetTicks)
  })

  it('of a key frame waits for the next one', () => {
    const { stream, feed } = createPipeline()
    feed(fourSlices, { damage: (packets, index) => (index === 25 ? packets.slice(1, -1) : packets), mtu: 300 })
    const list = samples(stream)
    expect(found(list).slice(0, 25)).toEqual(wanted(fourSlices).slice(0, 25))
    expect(found(list)[25]).toBe(wanted(fourSlices)[50])
  })

  it('never lets random bytes break it', () => {
    const seed = 5
    const random = seeded(seed)
    const { feed, stream } = createPipeline()
    let fed = 0
    feed(fourSlices, {
      times: 3,
      damage: (packets) =>
        packets.map((packet) => {
          if (random() > 0.05) return packet
          fed++
          const broken = Buffer.from(packet)
          for (let i = 0; i < 4; i++)
            broken[12 + Math.floor(random() * (packet.length - 12))] = Math.floor(random() * 256)
          return broken.subarray(0, 12 + Math.floor(random() * (packet.length - 11)))
        }),
    })
    expect(fed, `seed ${seed}`).toBeGreaterThan(20)
    expectUnbroken(samples(stream))
  })
})

describe('another SPS', () => {
  it('begins a new init section and a discontinuity at its key frame', () => {
    const { stream, feed } = createPipeline()
    feed(fourSlices)
    feed(baseline, { firstTicks: fourSlices.length * 3600 })
    const text = stream.playlist(false).toString()
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g), 'its own beginning, and the change').toHaveLength(2)
    const inits = [...text.matchAll(/#EXT-X-MAP:URI="([^"]+)"/g)].map((match) => match[1]!)
    expect(inits).toHaveLength(2)
    const sizes = inits.map((name) => {
      const stsd = boxAt(stream.init(name)!.bytes, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd')
      return [stsd.readUInt16BE(8 + 8 + 24), stsd.readUInt16BE(8 + 8 + 26)]
    })
    expect(sizes).toEqual([
      [320, 180],
      [256, 144],
    ])
  })
})

describe('memory', () => {
  it('stays within the ring, and all of it comes back', () => {
    const { stream, feed, slabs, pipeline } = createPipeline(6_000)
    feed(fourSlices, { times: 2 })
    feed(fourSlices, { times: 20, firstTicks: fourSlices.length * 2 * 3600 })
    const seconds = stream.ring.segments.reduce((sum, segment) => sum + segment.durationTicks, 0) / 90_000
    expect(seconds).toBeLessThan(8.5)
    expect(slabs.usedBytes).toBeLessThan(stream.ring.bytes + 4 * 64 * 1024)
    pipeline.close()
    stream.clear(0)
    expect(slabs.usedBytes).toBe(0)
  })
})
