import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { STALLED_MS } from '../../streamer/health/judge-camera.ts'
import { readPictures } from './support/annex-b.ts'
import { startWorker, sleep, until } from './support/harness.ts'
import { samplesOf } from './support/mp4.ts'
import { bytesOf, createPipeline, expectUnbroken } from './support/pipeline-rig.ts'
import { packetise } from './support/packetise.ts'
import { TestCamera, type TestCameraOptions } from './support/test-camera.ts'

const pictures = readPictures('baseline-256x144.h264')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function bringUp(options: Partial<TestCameraOptions> = {}, order: { audio?: boolean } = {}) {
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  const worker = await startWorker([{ id: 'c1', url: camera.url, warm: true, ...order }], { moderatedMin: 1 })
  cleanUps.push(() => worker.stop())
  const served = worker.fleet.cameras.get('c1')!
  return { camera, worker, served, moderation: worker.fleet.moderation }
}

describe('a camera that nobody watches', { timeout: 60_000 }, () => {
  it('is read in rounds, loses nothing, and its parts are as they would be', async () => {
    const { served, moderation, worker } = await bringUp()
    await until('it rests', () => moderation.size === 1, 15_000)
    const from = served.stream.ring.nextMsn
    await until(
      'it is read once a second',
      () => served.session !== null && served.stream.ring.nextMsn > from + 4,
      20_000,
    )
    const segments = served.stream.ring.segments.filter((segment) => segment.isComplete)
    const samples = segments.flatMap((segment) => samplesOf(bytesOf(segment)))
    expectUnbroken(samples)
    expect(samples.length).toBeGreaterThan(100)
    expect(served.counts).toEqual({ connects: 1, failures: 0 })
    expect(served.pipeline!.order.counts.lost).toBe(0)
    expect(served.pipeline!.units.counts.damaged).toBe(0)
    // Dates go by when pictures came, not by when they were read: segments of 2 s lie 2 s apart.
    for (let i = 1; i < segments.length; i++) {
      const apartMs = segments[i]!.startedAtMs - segments[i - 1]!.startedAtMs
      expect(Math.abs(apartMs - segments[i - 1]!.durationTicks / 90)).toBeLessThan(250)
    }
    expect(worker.metrics.text()).toMatch(/vigil_streams_moderated 1/)
    // Between two reads it has a rate, too.
    worker.fleet.status()
    for (let i = 0; i < 6; i++) {
      await sleep(300)
      if (i > 3) expect(worker.fleet.status()[0]!.bitrateBps).toBeGreaterThan(0)
      else worker.fleet.status()
    }
  })

  it('is read at once for who asks, who gets what has come until now', async () => {
    const { served, moderation, worker } = await bringUp()
    await until('it rests', () => moderation.everyMs(served.session as never) === 1000, 20_000)
    await sleep(900)
    const answer = await worker.get('/live/c1/index.m3u8')
    expect(answer.status).toBe(200)
    expect(moderation.size).toBe(0)
    const text = await answer.text()
    const last = [...text.matchAll(/URI="(p\d+\.\d+)\.m4s"/g)].at(-2)![1]!
    const [msn, part] = last.slice(1).split('.').map(Number)
    expect(served.stream.hasReached(msn!, part!)).toBe(true)
    // Without the read it would be up to a second behind; two parts and a busy machine are allowed for.
    expect(systemClock.nowMs() - served.stream.dateMs).toBeLessThan(900)
  })

  it('is called stalled in time, and asked again', async () => {
    const { served, moderation, camera } = await bringUp({ sendsOnly: 300 })
    await until('it rests', () => moderation.size === 1, 15_000)
    const verdict = () => served.verdict(systemClock.monotonicMs()).state
    await until('it stalls', () => verdict() === 'stalled', 20_000)
    const silentMs = systemClock.monotonicMs() - served.pipeline!.lastPacketMs
    expect(silentMs).toBeGreaterThanOrEqual(STALLED_MS)
    await until('it is asked again', () => camera.connections === 2, 15_000)
    expect(moderation.size).toBe(0)
  })

  it('is asked again when it drops the connection between two reads', async () => {
    const { served, moderation, camera } = await bringUp()
    await until('it is read once a second', () => moderation.everyMs(served.session as never) === 1000, 20_000)
    const { parts } = served.stream.counts
    camera.dropAll()
    await until('it is asked again', () => camera.connections === 2, 15_000)
    await until('it plays', () => served.stream.counts.parts > parts + 5, 15_000)
    expect(served.counts.failures).toBe(1)
  })

  it('is read as it comes while it is recorded', async () => {
    const { served, moderation } = await bringUp()
    await until('it rests', () => moderation.size === 1, 15_000)
    const nowMs = systemClock.nowMs()
    served.change({ ...served.order, record: { fromMs: nowMs, untilMs: nowMs + 60_000 } })
    expect(moderation.size).toBe(0)
    await sleep(2_500)
    expect(moderation.size).toBe(0)
    served.change({ ...served.order, record: null })
    await until('it rests again', () => moderation.size === 1, 15_000)
  })

  it('is read as it comes when its sound is wanted, so that silence is heard in time', async () => {
    const sound = {
      lines: ['m=audio 0 RTP/AVP 8'],
      payloadType: 8,
      payloads: [Buffer.alloc(320, 0xd5)],
      stepTicks: 320,
      payloadMs: 40,
    }
    const { served, moderation } = await bringUp({ sound }, { audio: true })
    await until(
      'sound and pictures',
      () => served.pipeline?.audio !== null && served.stream.counts.segments >= 3,
      15_000,
    )
    await sleep(5_000)
    expect(moderation.size).toBe(0)
    expect(served.pipeline!.audio!.counts.packets).toBeGreaterThan(50)
  })
})

interface ReadIn {
  /** The camera's clock against ours. */
  fast?: number
  /** This picture comes a second and a half after the one before. */
  silentAt?: number
  /** What the pipeline is told of the wait; else the truth. */
  saysMs?: number
}

/** Feeds pictures of 40 ms that are read once in `readMs`; the first four seconds as they come. */
function readIn(readMs: number, { fast = 1, silentAt = -1, saysMs }: ReadIn = {}) {
  const { clock, stream, pipeline } = createPipeline()
  const beganMs = clock.nowMs()
  const cameMs: number[] = []
  let sequence = 1
  let waiting: Buffer[] = []
  let lastReadMs = clock.monotonicMs()
  for (let i = 0; i < 3000; i++) {
    clock.advance(i === silentAt ? 1_500 : 40 / fast)
    cameMs.push(clock.nowMs() - beganMs)
    const ticks = i * 3600 + (silentAt >= 0 && i >= silentAt ? 1_460 * 90 : 0)
    const packets = packetise(pictures[i % pictures.length]!, ticks, sequence)
    sequence += packets.length
    waiting.push(...packets)
    const nowMs = clock.monotonicMs()
    const isPrompt = i < 100
    if (!isPrompt && nowMs - lastReadMs < readMs) continue
    pipeline.readBegins(isPrompt ? 0 : (saysMs ?? nowMs - lastReadMs))
    for (const packet of waiting) pipeline.packet(packet, 0, packet.length, nowMs)
    pipeline.readEnds()
    waiting = []
    lastReadMs = nowMs
  }
  return { stream, cameMs, beganMs }
}

/** When each segment's first picture came, and what its date says, ms from the beginning. */
function datesRead(readMs: number, options: ReadIn = {}): { saysMs: number; cameMs: number }[] {
  const { stream, cameMs, beganMs } = readIn(readMs, options)
  let at = 0
  return stream.ring.segments.map((segment) => {
    const first = cameMs[at]!
    at += samplesOf(bytesOf(segment)).length
    return { saysMs: segment.startedAtMs - beganMs, cameMs: first }
  })
}

describe('the date of a segment that was read late', () => {
  it('is when its first picture came, also of a camera whose clock is not ours', () => {
    for (const readMs of [0, 250, 1_000]) {
      for (const fast of [1, 1.0005, 0.9995]) {
        const dates = datesRead(readMs, { fast })
        expect(dates.length).toBeGreaterThan(50)
        for (const { saysMs, cameMs } of dates)
          expect(Math.abs(saysMs - cameMs), `${readMs} ms, ${fast}`).toBeLessThan(60)
      }
    }
  })

  it('goes on by our clock after a gap, within a read or between two', () => {
    for (const silentAt of [1503, 1510, 1519]) {
      const dates = datesRead(1_000, { silentAt })
      for (const { saysMs, cameMs } of dates)
        expect(Math.abs(saysMs - cameMs), `silent at ${silentAt}`).toBeLessThan(120)
    }
  })

  it('lets a part be late when more than the wait was lost, and only then', () => {
    expect(readIn(1_000).stream.counts.lateParts).toBe(0)
    expect(readIn(0).stream.counts.lateParts).toBe(0)
    // The rounds say that they waited half a second, and it was a whole one.
    expect(readIn(1_000, { saysMs: 500 }).stream.counts.lateParts).toBeGreaterThan(50)
  })
})
