import { describe, expect, it } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { Fleet } from '../../streamer/camera/fleet.ts'
import { MemoryBudget } from '../../streamer/camera/memory-budget.ts'
import { RING_BYTES_MAX } from '../../streamer/hls/ring.ts'
import { readPictures, type Picture } from './support/annex-b.ts'
import { startWorker, until } from './support/harness.ts'
import { createPipeline } from './support/pipeline-rig.ts'
import { TestCamera } from './support/test-camera.ts'

/** Whatever a camera sends, memory has a bound and what is listed can be fetched. */
const baseline = readPictures('baseline-256x144.h264')
const fourSlices = readPictures('four-slices-320x180.h264')
const MB = 1024 * 1024

/** The first picture of the clip, then others of that size that cannot be decoded and need not be. */
function large(bytes: number, count: number): Picture[] {
  const slice = Buffer.alloc(bytes, 0x55)
  slice.set([0x41, 0x9a])
  const others = Array.from({ length: count }, () => ({ codec: 'H264' as const, isKey: false, nals: [slice] }))
  return [baseline[0]!, ...others]
}

describe('a stream', () => {
  it('of pictures of megabytes is cut into parts that fit, and no segment grows without end', () => {
    const { stream, feed, slabs } = createPipeline(6_000)
    // Six in a moment, as a burst after a hole in the network; then hours without a key picture.
    feed(large(7 * MB, 6), { mtu: 60_000, ticksOf: (i) => 90_000 + i * 310 })
    feed(large(3 * MB, 30), { mtu: 60_000, firstTicks: 200_000 })
    expect(stream.ring.bytes).toBeLessThan(RING_BYTES_MAX + 32 * MB)
    expect(slabs.usedBytes).toBeLessThan(RING_BYTES_MAX + 96 * MB)
    for (const segment of stream.ring.segments) expect(segment.bytes).toBeLessThan(32 * MB)
    expect(stream.ring.counts.earlySegments).toBeGreaterThan(0)
  }, 120_000)

  it('whose clock creeps ends its segments all the same', () => {
    const { stream, feed, clock } = createPipeline(6_000)
    feed(baseline, { times: 20, ticksOf: (i) => 5_000 + i })
    const listed = stream
      .playlist(false)
      .toString()
      .match(/#EXTINF:[\d.]+/g)!
    expect(listed.length).toBeGreaterThanOrEqual(3)
    expect(stream.ring.segments.length).toBeLessThan(12)
    expect(Math.abs(stream.dateMs - clock.nowMs())).toBeLessThan(2_000)
  })

  it('with new parameters in every group names init sections that are there', () => {
    const { stream, feed } = createPipeline(60_000)
    const changing = Array.from({ length: 12 }, (_, group) =>
      baseline.slice(0, 25).map((picture) => ({
        ...picture,
        nals: picture.nals.map((nal) => ((nal[0]! & 31) === 7 ? Buffer.concat([nal, Buffer.alloc(group + 1)]) : nal)),
      })),
    ).flat()
    feed(changing)
    const inits = stream.ring.segments.map(({ init }) => init)
    expect(new Set(inits).size).toBeGreaterThan(8)
    for (const init of inits) expect(stream.init(init.name)).toBe(init)
  })

  it('with new parameters in every picture does not fill the memory with small segments', () => {
    const { stream, feed } = createPipeline(600_000)
    const keys = Array.from({ length: 2_000 }, (_, i) => ({
      ...baseline[0]!,
      nals: baseline[0]!.nals.map((nal) =>
        (nal[0]! & 31) === 7 ? Buffer.concat([nal, Buffer.alloc((i % 50) + 1)]) : nal,
      ),
    }))
    feed(keys)
    expect(stream.ring.segments.length).toBeLessThanOrEqual(401)
  })

  it('that comes back after an hour does not list what is from before', () => {
    const { stream, feed, clock, pipeline } = createPipeline(600_000)
    feed(baseline, { times: 3 })
    expect(stream.isFresh(clock.nowMs())).toBe(true)
    const old = stream.ring.segments.map(({ name }) => name)
    pipeline.close()
    clock.advance(3_600_000)
    const again = createPipeline(600_000, { stream, clock })
    again.feed(baseline.slice(0, 3))
    expect(stream.isFresh(clock.nowMs()), 'one open segment, and whole ones of an hour ago').toBe(false)
    again.feed(baseline.slice(3).concat(baseline), { firstTicks: 3 * 3600 })
    expect(stream.isFresh(clock.nowMs())).toBe(true)
    const listed = stream.playlist(false).toString()
    for (const name of old) expect(listed).not.toContain(name)
  })
})

describe('numbers and names', () => {
  it('of a new worker go on above those of the last, also of a camera with a segment every 0.9 s', async () => {
    const clock = manualClock()
    const first = new Fleet({ clock, log: silentLog, metrics: new Metrics() })
    const order = { id: 'c1', name: 'c1', url: 'rtsp://127.0.0.1:9/x', username: null, password: null, warm: false }
    first.assign([order])
    const { ring } = first.cameras.get('c1')!.stream
    const began = ring.nextMsn
    clock.advance(86_400_000)
    const again = new Fleet({ clock, log: silentLog, metrics: new Metrics() })
    again.assign([order])
    const next = again.cameras.get('c1')!.stream.ring
    expect(next.nextMsn).toBeGreaterThan(began + 86_400 / 0.9)
    expect(next.discontinuitySequence).toBeGreaterThan(ring.discontinuitySequence)
    first.stop()
    again.stop()
  })
})

describe('a worker', () => {
  it('gets all memory back of a camera that leaves while a loop of it is open', async () => {
    const camera = await TestCamera.start({ pictures: baseline })
    const worker = await startWorker([{ id: 'c1', url: camera.url, warm: true }])
    const { ring } = worker.fleet.cameras.get('c1')!.stream
    await until('three segments', () => ring.segments.filter(({ isComplete }) => isComplete).length >= 3)
    const loop = await worker.get(`/live/c1/loop.m3u8?from=${Date.now() - 20_000}&to=${Date.now()}`)
    expect(loop.status).toBe(200)
    worker.fleet.assign([])
    expect(worker.fleet.slabs.usedBytes).toBe(0)
    worker.stop()
    await camera.stop()
  })

  it('that may not take more keeps less of what is not being recorded, and goes on live', async () => {
    const cameras = await Promise.all([baseline, fourSlices].map((pictures) => TestCamera.start({ pictures })))
    const worker = await startWorker([], { memoryMaxBytes: 400_000 })
    const order = { username: null, password: null, warm: true }
    worker.fleet.assign(cameras.map(({ url }, i) => ({ ...order, id: `c${i}`, name: `c${i}`, url })))
    const streams = [...worker.fleet.cameras.values()].map(({ stream }) => stream)
    const early = () => streams.reduce((sum, { ring }) => sum + ring.counts.earlySegments, 0)
    await until('something had to go', () => early() >= 2, 30_000)
    const before = streams.map(({ counts }) => counts.parts)
    await until('all go on', () => streams.every(({ counts }, i) => counts.parts > before[i]! + 5))
    expect(worker.metrics.text()).toMatch(/vigil_stream_early_segments_total [1-9]/)
    worker.stop()
    await Promise.all(cameras.map((camera) => camera.stop()))
  })

  it('takes from the largest first, and last from those that are being recorded', () => {
    const rigs = [2, 6, 6].map((times) => {
      const rig = createPipeline()
      rig.feed(baseline, { times })
      return rig
    })
    const [small, large, recorded] = rigs.map(({ stream }) => stream)
    const orders = [{ record: null }, { record: null }, { record: { fromMs: 0, untilMs: 1 } }]
    const cameras = rigs.map(({ stream }, i) => ({ stream, order: orders[i]! }))
    const usedBytes = () => rigs.reduce((sum, { stream }) => sum + stream.ring.bytes, 0)
    const used = {
      get usedBytes() {
        return usedBytes()
      },
    }
    const before = rigs.map(({ stream }) => stream.ring.bytes)
    new MemoryBudget(used, usedBytes() - 1, silentLog).keep(cameras, 0)
    expect(large!.ring.bytes).toBeLessThan(before[1]! * 0.6)
    expect([small!.ring.bytes, recorded!.ring.bytes], 'enough').toEqual([before[0], before[2]])
    new MemoryBudget(used, 1, silentLog).keep(cameras, 0)
    expect(recorded!.ring.bytes).toBeLessThan(before[2]! * 0.6)
    expect(small!.ring.segments.length).toBeGreaterThan(0)
  })
})
