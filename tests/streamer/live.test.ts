import { existsSync } from 'node:fs'
import { toIso } from '../../domain/clock.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { readPictures } from './support/annex-b.ts'
import type { Worker } from './support/harness.ts'
import { sleep, startWorker, until } from './support/harness.ts'
import { boxesOf, samplesOf } from './support/mp4.ts'
import type { TestCameraOptions } from './support/test-camera.ts'
import { TestCamera } from './support/test-camera.ts'

const pictures = readPictures('four-slices-320x180.h264')
const baseline = readPictures('baseline-256x144.h264')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function bringUp(
  options: Partial<TestCameraOptions> = {},
  order: object = {},
): Promise<{ camera: TestCamera; worker: Worker }> {
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  const worker = await startWorker([{ id: 'c1', url: camera.url, ...order }])
  cleanUps.push(() => worker.stop())
  return { camera, worker }
}

const state = (worker: Worker) => worker.fleet.status()[0]!
const text = async (worker: Worker, path = '/live/c1/index.m3u8') => (await worker.get(path)).text()
const bytes = async (worker: Worker, file: string) =>
  Buffer.from(await (await worker.get(`/live/c1/${file}`)).arrayBuffer())
const numbers = (playlist: string) => {
  const parts = [...playlist.matchAll(/URI="p(\d+)\.(\d+)\.m4s",?/g)]
  const hint = parts.at(-1)!
  return { msn: Number(hint[1]), part: Number(hint[2]) }
}

describe('a cold camera', () => {
  it('is connected by the first question for its playlist, which waits for a picture', async () => {
    const { camera, worker } = await bringUp()
    expect(camera.connections).toBe(0)
    expect(state(worker).state).toBe('idle')
    const playlist = await text(worker)
    expect(playlist).toContain('#EXTM3U')
    expect(camera.connections).toBe(1)
    expect(state(worker)).toMatchObject({
      state: 'online',
      widthPx: 320,
      heightPx: 180,
      codec: 'avc1.4D400C',
    })
  })

  it('that is away says why instead of nothing', async () => {
    const { worker, camera } = await bringUp()
    await camera.stop()
    const response = await worker.get('/live/c1/index.m3u8')
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ code: 'camera-unreachable', cameraId: 'c1' })
    expect(state(worker)).toMatchObject({ state: 'offline', reason: expect.stringContaining('nothing listens') })
  })
})

describe('the playlist', () => {
  it('is valid low-latency HLS whose every name can be fetched and adds up', async () => {
    const { worker } = await bringUp({}, { warm: true })
    await until('three segments', () => (worker.fleet.cameras.get('c1')!.stream.counts.segments ?? 0) >= 3)
    const playlist = await text(worker)
    const lines = playlist.trim().split('\n')
    expect(lines[0]).toBe('#EXTM3U')
    const target = Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(playlist)![1])
    const partTarget = Number(/PART-TARGET=([\d.]+)/.exec(playlist)![1])
    expect(Number(/PART-HOLD-BACK=([\d.]+)/.exec(playlist)![1])).toBeGreaterThanOrEqual(partTarget * 2)
    expect(playlist).toContain('CAN-BLOCK-RELOAD=YES')
    const init = await bytes(worker, /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)![1]!)
    expect(boxesOf(init).map((box) => box.type)).toEqual(['ftyp', 'moov'])
    let names = 0
    for (const match of playlist.matchAll(/#EXTINF:([\d.]+),\n(\S+)/g)) {
      const segment = samplesOf(await bytes(worker, match[2]!))
      const seconds = segment.reduce((sum, sample) => sum + sample.durationTicks, 0) / 90_000
      expect(seconds).toBeCloseTo(Number(match[1]), 3)
      expect(Math.round(seconds)).toBeLessThanOrEqual(target)
      names++
    }
    for (const match of playlist.matchAll(/#EXT-X-PART:DURATION=([\d.]+),URI="([^"]+)"(,INDEPENDENT=YES)?/g)) {
      const part = samplesOf(await bytes(worker, match[2]!))
      expect(part.reduce((sum, sample) => sum + sample.durationTicks, 0) / 90_000).toBeCloseTo(Number(match[1]), 3)
      expect(Number(match[1])).toBeLessThanOrEqual(partTarget)
      expect(part[0]!.isKey).toBe(match[3] !== undefined)
      names++
    }
    expect(names).toBeGreaterThan(8)
    expect(playlist).toMatch(/#EXT-X-PROGRAM-DATE-TIME:20\d\d-/)
    expect(lines.at(-1)).toMatch(/^#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p\d+\.\d+\.m4s"$/)
  })

  it('blocks until the asked part is in it, and gives every reader the same bytes', async () => {
    const { worker } = await bringUp()
    const { msn, part } = numbers(await text(worker))
    const beganMs = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => text(worker, `/live/c1/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part + 1}`)),
    )
    expect(performance.now() - beganMs).toBeGreaterThan(100)
    expect(new Set(answers).size).toBe(1)
    const next = numbers(answers[0]!)
    expect(next.msn > msn || next.part >= part + 2).toBe(true)
  })

  it('takes a part behind the last of its segment for the first of the next', async () => {
    const { worker } = await bringUp()
    const { msn } = numbers(await text(worker))
    const answer = numbers(await text(worker, `/live/c1/index.m3u8?_HLS_msn=${msn}&_HLS_part=40`))
    expect(answer.msn).toBe(msn + 1)
    expect(answer.part).toBeGreaterThanOrEqual(1)
  })

  it('refuses what lies too far ahead or is no number', async () => {
    const { worker } = await bringUp()
    const { msn } = numbers(await text(worker))
    expect((await worker.get(`/live/c1/index.m3u8?_HLS_msn=${msn + 5}`)).status).toBe(400)
    expect((await worker.get('/live/c1/index.m3u8?_HLS_msn=x')).status).toBe(400)
    expect((await worker.get('/live/c1/index.m3u8?_HLS_part=1')).status).toBe(400)
  })

  it('hands out the hinted part as soon as it is there', async () => {
    const { worker } = await bringUp()
    const { msn, part } = numbers(await text(worker))
    const response = await worker.get(`/live/c1/p${msn}.${part}.m4s`)
    // A hinted part that its segment ends without is told as not there.
    expect([200, 404]).toContain(response.status)
  })

  it('shows a change of resolution as a discontinuity with a new init section', async () => {
    const { worker } = await bringUp({ thenPictures: { after: 40, pictures: baseline } })
    await text(worker)
    await until('the smaller picture', () => state(worker).widthPx === 256)
    const playlist = await text(worker)
    expect(playlist.match(/#EXT-X-DISCONTINUITY\n/g), 'its own beginning, and the change').toHaveLength(2)
    expect(new Set([...playlist.matchAll(/MAP:URI="([^"]+)"/g)].map((m) => m[1])).size).toBe(2)
  })
})

describe('the plain playlist', () => {
  it('has whole segments and nothing that makes a player hold a request', async () => {
    const { worker } = await bringUp({}, { warm: true })
    await until('three segments', () => worker.fleet.cameras.get('c1')!.stream.counts.segments >= 3)
    const playlist = await text(worker, '/live/c1/index.m3u8?plain&_HLS_msn=1&_HLS_part=1')
    expect(playlist).not.toMatch(/SERVER-CONTROL|PART|PRELOAD-HINT|SKIP/)
    const names = [...playlist.matchAll(/#EXTINF:[\d.]+,\n(s\d+\.m4s)\n/g)].map((match) => match[1]!)
    expect(names.length).toBeGreaterThanOrEqual(3)
    expect(playlist.match(/PROGRAM-DATE-TIME/g), 'no line for the segment that grows').toHaveLength(names.length)
    expect(playlist.match(/#EXT-X-MAP/g)).toHaveLength(1)
    expect(samplesOf(await bytes(worker, names.at(-1)!))[0]!.isKey).toBe(true)
    expect(playlist).toContain(`#EXT-X-MEDIA-SEQUENCE:${names[0]!.slice(1, -4)}\n`)
  })

  it('is answered at once while a stream stalls, when others wait', async () => {
    const { worker } = await bringUp({}, { warm: true })
    const { stream } = worker.fleet.cameras.get('c1')!
    await until('a segment', () => stream.isFresh(worker.fleet.clock.nowMs()))
    // As after ten seconds of a site that is cut off; it says so itself only when the connection has been given up.
    Object.defineProperty(stream, 'dateMs', { get: () => 0, set: (_ms: number) => {} })
    let isAnswered = false
    const note = () => (isAnswered = true)
    const waiting = worker.get('/live/c1/index.m3u8').then(note, note)
    await until('a plain player waits', () => stream.waiting === 1)
    const answer = await worker.get('/live/c1/index.m3u8?plain')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'no-picture' })
    expect(isAnswered).toBe(false)
    worker.stop()
    await waiting
  })

  it('waits for the first picture of a camera that slept, and for a player that has failed not even for that', async () => {
    const { worker, camera } = await bringUp()
    expect((await worker.get('/live/c1/index.m3u8?plain=now')).status).toBe(503)
    expect(await text(worker, '/live/c1/index.m3u8?plain')).toContain('#EXTINF')
    expect((await worker.get('/live/c1/index.m3u8?plain=now')).status).toBe(200)
    expect(camera.connections).toBe(1)
  })
})

describe('the seconds before an alarm', () => {
  it('are a plain playlist over whole segments, held while they are watched', async () => {
    const { worker } = await bringUp({}, { warm: true })
    await until('three segments', () => worker.fleet.cameras.get('c1')!.stream.counts.segments >= 4)
    const nowMs = worker.fleet.clock.nowMs()
    const loop = await text(worker, `/live/c1/loop.m3u8?from=${nowMs - 30_000}&to=${nowMs}`)
    expect(loop).toContain('#EXT-X-PLAYLIST-TYPE:VOD')
    expect(loop.trim().endsWith('#EXT-X-ENDLIST')).toBe(true)
    const span = [nowMs - 30_000, nowMs].map((ms) => encodeURIComponent(toIso(ms)))
    expect(await text(worker, `/live/c1/loop.m3u8?from=${span[0]}&to=${span[1]}`)).toBe(loop)
    const names = [...loop.matchAll(/^s\d+\.m4s$/gm)].map((match) => match[0])
    expect(names.length).toBeGreaterThanOrEqual(2)
    expect(samplesOf(await bytes(worker, names[0]!))[0]!.isKey).toBe(true)
    worker.fleet.cameras.get('c1')!.stream.clear(worker.fleet.clock.monotonicMs())
    expect((await worker.get(`/live/c1/${names[0]}`)).status).toBe(200)
    expect((await worker.get(`/live/c1/loop.m3u8?from=1&to=2`)).status).toBe(410)
  })
})

describe('a camera that fails', () => {
  it('comes back after a dropped connection, and its viewers go on with a discontinuity', async () => {
    const { worker, camera } = await bringUp({}, { warm: true })
    await until('online', () => state(worker).state === 'online')
    const before = numbers(await text(worker)).msn
    camera.dropAll()
    await until('away', () => state(worker).state === 'offline')
    await until('back', () => state(worker).state === 'online', 10_000)
    await until('a new segment', () => worker.fleet.cameras.get('c1')!.stream.isFresh(worker.fleet.clock.nowMs()))
    await until('a discontinuity', async () => (await text(worker)).includes('#EXT-X-DISCONTINUITY\n'))
    expect(numbers(await text(worker)).msn).toBeGreaterThanOrEqual(before)
    expect(camera.connections).toBe(2)
  })

  it('that stops sending is stalled within ten seconds', async () => {
    const { worker } = await bringUp({ sendsOnly: 30 }, { warm: true })
    await until('online', () => state(worker).state === 'online')
    await until('stalled', () => state(worker).state === 'stalled', 10_000)
    expect(state(worker).reason).toMatch(/has sent nothing for \d s/)
  })

  it('is not asked a third time after two refused logins, until the login changes', async () => {
    const login = { username: 'vigil', password: 'right' }
    const { worker, camera } = await bringUp({ login }, { warm: true, username: 'vigil', password: 'wrong' })
    await until('latched', () => worker.fleet.cameras.get('c1')!.isLatched, 15_000)
    expect(camera.connections).toBe(2)
    const refused = await worker.get('/live/c1/index.m3u8')
    expect(await refused.json()).toMatchObject({ code: 'camera-login-latched' })
    await sleep(1_500)
    expect(camera.connections).toBe(2)
    expect(state(worker).state).toBe('login-refused')
    worker.fleet.assign([{ id: 'c1', name: '', url: camera.url, username: 'vigil', password: 'right', warm: true }])
    await until('online', () => state(worker).state === 'online')
  })
})

describe('the snapshot', () => {
  it('is the last key frame as a one-picture MP4 with its time', async () => {
    const { worker } = await bringUp()
    const response = await worker.get('/snapshot/c1.mp4')
    expect(response.status).toBe(200)
    const age = worker.fleet.clock.nowMs() - Date.parse(response.headers.get('x-vigil-picture-at')!)
    expect(age).toBeLessThan(5_000)
    const boxes = boxesOf(Buffer.from(await response.arrayBuffer()))
    expect(boxes.map((box) => box.type)).toEqual(['ftyp', 'moov', 'moof', 'mdat'])
  })

  it.runIf(existsSync('/usr/bin/ffmpeg'))('is a JPEG where there is an ffmpeg, of either codec', async () => {
    for (const of of [pictures, readPictures('hevc-320x180.h265')]) {
      const { worker } = await bringUp({ pictures: of })
      const response = await worker.get('/snapshot/c1.jpg')
      const jpeg = Buffer.from(await response.arrayBuffer())
      expect(response.headers.get('content-type'), jpeg.toString('utf8', 0, 200)).toBe('image/jpeg')
      expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8')
    }
  })
})

describe('the worker', () => {
  it('serves nobody without the token of the centre', async () => {
    const { worker } = await bringUp()
    for (const path of ['/live/c1/index.m3u8', '/snapshot/c1.jpg', '/snapshot/c1', '/probe']) {
      expect((await worker.get(path, 'wrong')).status, path).toBe(401)
    }
    expect((await worker.get('/healthz', 'wrong')).status).toBe(200)
  })

  it('knows nothing of other cameras', async () => {
    const { worker } = await bringUp()
    expect((await worker.get('/live/other/index.m3u8')).status).toBe(404)
    expect((await worker.get('/live/c1/../../etc/passwd')).status).toBe(404)
  })

  it('counts on its metrics page', async () => {
    const { worker } = await bringUp({ garbageEvery: 5 })
    await text(worker)
    const page = worker.metrics.text()
    expect(page).toMatch(/vigil_stream_packets_total [1-9]/)
    expect(page).toMatch(/vigil_stream_resyncs_total [1-9]/)
    expect(page).toMatch(/vigil_cameras\{state="online"\} 1/)
  })
})
