import { spawn } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launchBrowser } from '../support/browser.ts'
import { readPictures } from './support/annex-b.ts'
import { HAS_FFMPEG } from './support/ffmpeg.ts'
import type { Worker } from './support/harness.ts'
import { sleep, startWorker, until, WORKER_TOKEN } from './support/harness.ts'
import { servePlayerPage, type Seen } from './support/player-page.ts'
import { g711Noise, readAdts, aacPayload } from './support/sound.ts'
import { seeded } from '../support/seeded.ts'
import { TestCamera, type TestCameraOptions } from './support/test-camera.ts'

/** Seconds that are played; `VIGIL_PLAY_S=60` plays longer and prints how latency went. */
const PLAY_S = Number(process.env['VIGIL_PLAY_S'] ?? 8)
const chromium = findChromium()
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
let browser: Browser
beforeAll(async () => {
  if (chromium) browser = await launchBrowser(chromium)
})
afterAll(() => browser?.close())

const pictures = readPictures('baseline-256x144.h264')
const tone = readAdts('tone-16000.adts.aac')
const NOISE = g711Noise(32_000, seeded(6))
const g711 = (law: 'PCMA' | 'PCMU'): TestCameraOptions['sound'] => ({
  lines: [`m=audio 0 RTP/AVP ${law === 'PCMA' ? 8 : 0}`],
  payloadType: law === 'PCMA' ? 8 : 0,
  payloads: Array.from({ length: 100 }, (_, i) => NOISE.subarray(i * 320, (i + 1) * 320)),
  stepTicks: 320,
  payloadMs: 40,
})
const aac: TestCameraOptions['sound'] = {
  lines: [
    'm=audio 0 RTP/AVP 97',
    'a=rtpmap:97 mpeg4-generic/16000/1',
    'a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408',
  ],
  payloadType: 97,
  payloads: tone.map((frame) => aacPayload([frame])),
  stepTicks: 1024,
  payloadMs: 64,
}

async function bringUp(options: Partial<TestCameraOptions>) {
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  const worker = await startWorker([{ id: 'c1', url: camera.url, warm: true, audio: options.sound !== undefined }])
  cleanUps.push(() => worker.stop())
  await until('three segments', () => worker.fleet.cameras.get('c1')!.stream.counts.segments >= 3)
  return { camera, worker }
}

/** Plays it and looks twice: after two seconds and at the end. */
async function watch(options: Partial<TestCameraOptions>, playS = PLAY_S): Promise<{ early: Seen; late: Seen }> {
  const { worker } = await bringUp(options)
  const { look } = await openPage(worker)
  await until('playing', async () => (await look()).phase === 'playing', 15_000)
  await sleep(2_000)
  const early = await look()
  await sleep(playS * 1_000)
  return { early, late: await look() }
}

async function openPage(worker: Worker): Promise<{ look(): Promise<Seen> }> {
  const served = await servePlayerPage({ baseUrl: worker.baseUrl, token: WORKER_TOKEN })
  cleanUps.push(() => served.close())
  const page = await browser.newPage()
  cleanUps.push(() => page.close())
  await page.goto(served.url)
  return { look: () => page.evaluate(() => (window as unknown as { look(): Seen }).look()) }
}

function expectPlayed({ early, late }: { early: Seen; late: Seen }, playS = PLAY_S): void {
  expect(late.phase).toBe('playing')
  expect(late.phases).not.toContain('stalled')
  expect(late.phases).not.toContain('failed')
  // A busy machine drops a little; a stall of a second would be seen.
  expect(late.currentTime - early.currentTime).toBeGreaterThan(playS - 1.5)
  expect(late.latencyMs).toBeLessThan(5_000)
  if (process.env['VIGIL_PLAY_S']) {
    const { waits, frames, droppedFrames } = late
    console.log(
      `latency ${early.latencyMs} → ${late.latencyMs} ms after ${playS} s, ${waits} waits, ${droppedFrames}/${frames} dropped`,
    )
  }
}

describe.runIf(chromium)('the product’s player in Chromium', { timeout: 60_000 + PLAY_S * 4_000 }, () => {
  it('plays a stream without sound', async () => {
    const seen = await watch({})
    expectPlayed(seen)
    expect(seen.late.audioBytes).toBe(0)
  })

  it('says that it can play FLAC, and plays G.711 as FLAC beside the picture, both laws', async () => {
    for (const law of ['PCMA', 'PCMU'] as const) {
      const seen = await watch({ sound: g711(law) })
      expectPlayed(seen)
      expect(seen.late.audioBytes - seen.early.audioBytes).toBeGreaterThan(PLAY_S * 3_000)
    }
    const page = await browser.newPage()
    expect(await page.evaluate(() => MediaSource.isTypeSupported('audio/mp4; codecs="flac"'))).toBe(true)
    await page.close()
  })

  it('plays AAC beside the picture', async () => {
    const seen = await watch({ sound: aac })
    expectPlayed(seen)
    expect(seen.late.audioBytes - seen.early.audioBytes).toBeGreaterThan(PLAY_S * 500)
  })

  it('goes on when the sound stops', async () => {
    const short = { ...aac!, payloads: aac!.payloads.slice(0, 40) }
    const seen = await watch({ sound: short, soundSendsOnly: 80 })
    expectPlayed(seen)
  })

  it('plays H.265 where the browser can, and says so where it cannot', async () => {
    const { worker } = await bringUp({ pictures: readPictures('hevc-320x180.h265') })
    const { codec } = worker.fleet.status()[0]!
    const { look } = await openPage(worker)
    const page = await browser.newPage()
    const type = `video/mp4; codecs="${codec}"`
    const isSupported = await page.evaluate((asked) => MediaSource.isTypeSupported(asked), type)
    await page.close()
    const wanted = isSupported ? 'playing' : 'unsupported'
    await until(wanted, async () => (await look()).phase === wanted, 15_000)
  })

  it('goes on through a change of resolution', async () => {
    const seen = await watch({
      pictures: readPictures('four-slices-320x180.h264'),
      thenPictures: { after: 200, pictures },
    })
    expect([seen.early.widthPx, seen.late.widthPx]).toEqual([320, 256])
    expectPlayed(seen)
  })
})

describe.runIf(HAS_FFMPEG)('a plain HLS player', { timeout: 60_000 + PLAY_S * 3_000 }, () => {
  const kinds: [string, Partial<TestCameraOptions>][] = [
    ['H.264', {}],
    ['H.265 with sound', { pictures: readPictures('hevc-320x180.h265'), sound: aac }],
  ]
  for (const [name, options] of kinds) {
    it(`(ffmpeg) plays ${name} without an error`, async () => {
      const { worker } = await bringUp(options)
      // It warns of every init section that it reads again.
      const argv = ['-v', 'error', '-headers', `authorization: Bearer ${WORKER_TOKEN}\r\n`, '-re']
      argv.push('-i', `${worker.baseUrl}/live/c1/index.m3u8`, '-t', String(PLAY_S), '-f', 'null', '-')
      const player = spawn('ffmpeg', argv, { stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      player.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
      const code = await new Promise((resolve) => player.once('close', resolve))
      expect(said).toBe('')
      expect(code).toBe(0)
    })
  }
})
