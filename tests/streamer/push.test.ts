import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishKey } from '../../devices/camera/publish-key.ts'
import { systemClock } from '../../domain/clock.ts'
import { assert } from '../../domain/fault.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { Fleet } from '../../streamer/camera/fleet.ts'
import { FlvSession } from '../../streamer/push/flv-session.ts'
import { flvSocketPath } from '../../streamer/push/flv-socket.ts'
import { FlvTags, ROOM_BYTES } from '../../streamer/push/flv-tags.ts'
import { FlvVideo, readAvcConfig } from '../../streamer/push/flv-video.ts'
import type { StreamFailure } from '../../streamer/rtsp/failure.ts'
import type { Program } from '../support/program.ts'
import { isRequired } from '../support/required.ts'
import { seeded } from '../support/seeded.ts'
import { sleep, until } from './support/harness.ts'
import { samplesOf } from './support/mp4.ts'
import { startRtmp } from './support/rtmp-program.ts'

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0
if (!hasFfmpeg && isRequired('ffmpeg')) throw new Error('this run needs ffmpeg, and there is none')
const SECRET = 'ab'.repeat(32)
const TOKEN = 'inside'
const PATH = '/push/01TESTPATH'

const tag = (type: number, timeMs: number, body: Buffer) => {
  const head = Buffer.alloc(11)
  head[0] = type
  head.writeUIntBE(body.length, 1, 3)
  head.writeUIntBE(timeMs & 0xffffff, 4, 3)
  head[7] = timeMs >>> 24
  const back = Buffer.alloc(4)
  back.writeUInt32BE(body.length + 11)
  return Buffer.concat([head, body, back])
}
const header = Buffer.from([...Buffer.from('FLV'), 1, 5, 0, 0, 0, 9, 0, 0, 0, 0])

describe('FLV tags', () => {
  it('come out the same however the bytes are cut', () => {
    const random = seeded(7)
    const wanted: { type: number; timeMs: number; body: Buffer }[] = Array.from({ length: 40 }, (_, i) => ({
      type: i % 3 === 0 ? 8 : 9,
      timeMs: i * 40 + (i > 30 ? 0x1000000 : 0),
      body: Buffer.alloc(Math.floor(random() * 3000), i),
    }))
    const stream = Buffer.concat([header, ...wanted.map((one) => tag(one.type, one.timeMs, one.body))])
    for (const most of [1, 7, 1000, stream.length]) {
      const found: typeof wanted = []
      const tags = new FlvTags((type, timeMs, body) => found.push({ type, timeMs, body: body.subarray(ROOM_BYTES) }))
      for (let at = 0; at < stream.length;) {
        const size = most === 1000 ? 1 + Math.floor(random() * most) : most
        expect(tags.push(stream.subarray(at, at + size))).toBeNull()
        at += size
      }
      expect(found).toEqual(wanted)
    }
  })

  it('that are none are refused with words, and never by an endless buffer', () => {
    expect(new FlvTags(() => {}).push(Buffer.from('HTTP/1.1 404 Not Found'))).toMatch(/not FLV/)
    const huge = tag(9, 0, Buffer.alloc(0))
    huge.writeUIntBE(0xffffff, 1, 3)
    expect(new FlvTags(() => {}).push(Buffer.concat([header, huge]))).toMatch(/bytes/)
    for (let size = 0; size < 12; size++) expect(readAvcConfig(Buffer.alloc(size, 1))).toBeNull()
  })
})

describe('a picture', () => {
  it('in more pieces than any encoder makes is broken off: each piece costs as much as a packet', () => {
    let packets = 0
    const video = new FlvVideo({ onConfig() {}, onRtp: () => packets++, onForeign() {} })
    const room = Buffer.alloc(ROOM_BYTES)
    const config = Buffer.from([0x17, 0, 0, 0, 0, 1, 66, 0, 30, 0xfc, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68])
    video.tag(0, Buffer.concat([room, config]), true)
    const pieces = Buffer.alloc(2 * 100_000, Buffer.from([1, 0x65]))
    video.tag(0, Buffer.concat([room, Buffer.from([0x17, 1, 0, 0, 0]), pieces]), true)
    expect(video.counts).toEqual({ pictures: 1, broken: 1 })
    expect(packets).toBeLessThan(2_000)
  })

  it('that our own code breaks on ends its session, in words, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-broken-'))
    const socketPath = join(folder, 'flv.sock')
    const config = tag(9, 0, Buffer.from([0x17, 0, 0, 0, 0, 1, 66, 0, 30, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68]))
    const key = tag(9, 0, Buffer.from([0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65]))
    const server = createHttpServer((_, res) => {
      res.write(Buffer.concat([header, config]))
      const sending = setInterval(() => res.write(key), 50)
      res.on('close', () => clearInterval(sending))
    })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    let failure: StreamFailure | null = null
    const session = new FlvSession({
      socketPath,
      token: TOKEN,
      path: PATH,
      clock: systemClock,
      wantsSound: false,
      listener: {
        onVideo() {},
        onPlaying() {},
        onRtp: () => assert(false, 'no picture is so large'),
        onEnded: (why) => (failure = why),
      },
    })
    await until('it has ended', () => failure !== null)
    session.stop()
    expect(failure).toMatchObject({
      state: 'stalled',
      reason: 'internal error: assertion failed: no picture is so large',
    })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  })
})

describe.skipIf(!hasFfmpeg)('a device that pushes by RTMP', () => {
  let folder: string
  let port: number
  let rtmp: Program
  let fleet: Fleet
  const pushing: ChildProcess[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigil-push-'))
    ;({ rtmp, port } = await startRtmp(folder, SECRET, TOKEN))
    const push = { socketPath: flvSocketPath(folder), token: TOKEN }
    fleet = new Fleet({ clock: systemClock, log: silentLog, metrics: new Metrics(), push })
    fleet.start()
    fleet.assign([{ id: 'car', name: 'car', url: `push:${PATH}`, username: null, password: null, warm: true }])
  }, 60_000)
  afterAll(async () => {
    for (const child of pushing) child.kill('SIGKILL')
    fleet.stop()
    await rtmp.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** As a body camera would: 320×180, 25 pictures a second, a key frame each second, with B-frames. */
  function push(key: string, path = PATH, sound: string[] = []): ChildProcess {
    const source = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', ...sound]
    const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2', '-pix_fmt', 'yuv420p']
    const to = `rtmp://127.0.0.1:${port}${path}?key=${key}`
    const child = spawn('ffmpeg', ['-loglevel', 'error', ...source, ...codec, '-f', 'flv', to], { stdio: 'ignore' })
    pushing.push(child)
    return child
  }
  const gone = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve))
  const status = () => fleet.status()[0]!

  it('is away, in words, while nothing is pushed', async () => {
    await until('it is known', () => status().state === 'offline', 10_000)
    expect(status().reason).toContain('no device pushes')
  }, 15_000)

  it('with a wrong key is cut off and never seen', async () => {
    const code = await gone(push('0'.repeat(32)))
    expect(code).not.toBe(0)
    expect(status().state).not.toBe('online')
  }, 20_000)

  it('with its key is a camera like any other: parts, size, times that go forward', async () => {
    push(publishKey(SECRET, PATH))
    await until('it is online', () => status().state === 'online', 20_000)
    expect(status()).toMatchObject({ widthPx: 320, heightPx: 180 })
    const { stream } = fleet.cameras.get('car')!
    await until('four whole segments', () => stream.ring.segments.filter((one) => one.isComplete).length >= 4, 20_000)
    let before = -1
    let pictures = 0
    let keys = 0
    let seconds = 0
    for (const segment of stream.ring.segments.filter((one) => one.isComplete)) {
      const samples = samplesOf(Buffer.concat(segment.parts.map((part) => part.bytes)))
      for (const sample of samples) {
        expect(sample.dtsTicks).toBeGreaterThan(before)
        before = sample.dtsTicks
        pictures++
        if (sample.isKey) keys++
        seconds += sample.durationTicks / 90_000
      }
    }
    expect(keys).toBeGreaterThanOrEqual(3)
    expect(pictures / seconds).toBeGreaterThan(22)
    expect(pictures / seconds).toBeLessThan(28)
  }, 45_000)

  it('that stops is stalled within ten seconds and then away: the server’s cached pictures are not taken for live', async () => {
    pushing.at(-1)!.kill('SIGKILL')
    const stoppedMs = systemClock.monotonicMs()
    await until('it is not online any more', () => status().state !== 'online', 10_000)
    expect(status().state).toBe('stalled')
    await until('it is away', () => status().state === 'offline', 15_000)
    while (systemClock.monotonicMs() - stoppedMs < 20_000) {
      expect(status().state).not.toBe('online')
      await sleep(100)
    }
    push(publishKey(SECRET, PATH))
    await until('it is back', () => status().state === 'online', 20_000)
  }, 70_000)

  it('that sends AAC is heard where its sound is wanted, frame for frame beside the picture, and not where it is not', async () => {
    const paths = { loud: '/push/01TESTLOUD', quiet: '/push/01TESTQUIET' }
    const order = (id: 'loud' | 'quiet') => ({ id, name: id, url: `push:${paths[id]}`, username: null, password: null })
    const push2 = { socketPath: flvSocketPath(folder), token: TOKEN }
    const own = new Fleet({ clock: systemClock, log: silentLog, metrics: new Metrics(), push: push2 })
    own.start()
    own.assign([
      { ...order('loud'), warm: true, audio: true },
      { ...order('quiet'), warm: true, audio: false },
    ])
    try {
      const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100', '-c:a', 'aac', '-b:a', '48k']
      for (const path of Object.values(paths)) push(publishKey(SECRET, path), path, tone)
      const of = (id: string) => own.cameras.get(id)!
      const whole = (id: string) => of(id).stream.ring.segments.filter((one) => one.isComplete).length
      await until('two whole segments of each', () => whole('loud') >= 2 && whole('quiet') >= 2, 40_000)
      const { facts, counts } = of('loud').pipeline!.audio!
      const begun = { ...counts }
      await until('five whole segments', () => whole('loud') >= 5, 40_000)
      expect(of('quiet').pipeline!.audio).toBeNull()
      expect(facts).toMatchObject({ codec: 'mp4a.40.2', sampleRateHz: 44_100, channels: 1 })
      expect(counts).toMatchObject({ badPackets: 0, late: 0 })
      expect(counts.frames - begun.frames, 'three seconds of 43 frames').toBeGreaterThan(90)
      // What the pictures were ahead at the beginning has found its place; a busy machine may be late once more, not one frame in ten.
      for (const kind of ['silentFrames', 'droppedFrames'] as const) {
        expect(counts[kind] - begun[kind], kind).toBeLessThan((counts.frames - begun.frames) / 10)
      }
    } finally {
      own.stop()
    }
  }, 60_000)

  it('is read by our own streamers only', async () => {
    const child = spawn('ffmpeg', ['-loglevel', 'error', '-i', `rtmp://127.0.0.1:${port}${PATH}`, '-f', 'null', '-'])
    expect(await gone(child)).not.toBe(0)
    expect(rtmp.lines.join()).toContain('play refused')
  }, 30_000)
})
