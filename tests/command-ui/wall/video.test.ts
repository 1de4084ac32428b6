import { expect, test } from 'vitest'
import { govern, JUMP_AFTER_MS, RATE_MAX } from '../../../command-ui/video/latency-governor.ts'
import { isGone, plainUrl, protocolOf, tileMode } from '../../../command-ui/video/playlist-budget.ts'
import { heard, toggleHeard } from '../../../command-ui/video/heard.ts'
import { dragSpeed, keySpeed } from '../../../command-ui/video/ptz-speed.ts'
import { streamFor } from '../../../command-ui/video/tile-stream.ts'

const timing = { latencyMs: 3000, aheadMs: 1500, comesMs: 0, targetMs: 3000, rate: 1, isBack: false }

test('a picture in its place plays as it is; one that is a little late hurries, never by more than a tenth', () => {
  expect(govern(timing)).toEqual({ rate: 1, toLiveEdge: false })
  expect(govern({ ...timing, latencyMs: 3300 }).rate, 'the rhythm of segments is no delay').toBe(1)
  for (let latencyMs = 3500; latencyMs <= 3000 + JUMP_AFTER_MS; latencyMs += 250) {
    const { rate, toLiveEdge } = govern({ ...timing, latencyMs })
    expect(toLiveEdge).toBe(false)
    expect(rate).toBeGreaterThan(1)
    expect(rate).toBeLessThanOrEqual(RATE_MAX)
  }
})

test('the picture that is looked at, nearer to the present, hurries sooner', () => {
  const near = { ...timing, targetMs: 1200 }
  expect(govern({ ...near, latencyMs: 1350 }).rate).toBe(1)
  expect(govern({ ...near, latencyMs: 1450 }).rate).toBeGreaterThan(1)
})

test('one that hurries goes on until it is there, and does not eat what it does not have', () => {
  expect(govern({ ...timing, latencyMs: 3100, rate: 1.05 }).rate).toBeGreaterThan(1)
  expect(govern({ ...timing, latencyMs: 3000, rate: 1.05 }).rate).toBe(1)
  expect(govern({ ...timing, latencyMs: 5000, rate: 1.1, aheadMs: 100 }).rate).toBe(1)
})

test('one that gets whole segments never eats what must last until the next is told, however late that is', () => {
  const SEGMENT_MS = 2000
  for (const toldLateMs of [0, 500, 1000, 1900]) {
    // As hls.js begins: three seconds before the end of the newest segment that is listed.
    let latencyMs = 3000 + toldLateMs
    let rate = 1
    let leastMs = Infinity
    for (let atMs = 0; atMs < 120_000; atMs += 500) {
      const listedMs = Math.floor((atMs - toldLateMs) / SEGMENT_MS) * SEGMENT_MS
      const aheadMs = listedMs - (atMs - latencyMs)
      leastMs = Math.min(leastMs, aheadMs)
      ;({ rate } = govern({ ...timing, latencyMs, aheadMs, comesMs: SEGMENT_MS, rate }))
      latencyMs -= (rate - 1) * 500
    }
    expect(leastMs, `told ${toldLateMs} ms late`).toBeGreaterThan(0)
    expect(latencyMs).toBeLessThan(SEGMENT_MS + toldLateMs + 1000 + 1)
  }
})

test('one that is far behind jumps, and one whose page is seen again jumps sooner', () => {
  expect(govern({ ...timing, latencyMs: 3001 + JUMP_AFTER_MS }).toLiveEdge).toBe(true)
  expect(govern({ ...timing, latencyMs: 4500 }).toLiveEdge).toBe(false)
  expect(govern({ ...timing, latencyMs: 4500, isBack: true }).toLiveEdge).toBe(true)
  expect(govern({ ...timing, latencyMs: null, isBack: true })).toEqual({ rate: 1, toLiveEdge: false })
})

test('a tile that fell two seconds behind is back in place within half a minute, played second by second', () => {
  let latencyMs = 5000
  let rate = 1
  let spentS = 0
  while (latencyMs > 3000 && spentS < 60) {
    ;({ rate } = govern({ ...timing, latencyMs, rate }))
    latencyMs -= (rate - 1) * 1000
    spentS++
  }
  expect(spentS).toBeLessThanOrEqual(40)
  expect(govern({ ...timing, latencyMs, rate }).rate).toBe(1)
})

test('over plain HTTP one picture holds a connection, and only when it is looked at', () => {
  const http1 = protocolOf('http/1.1')
  const held = (tiles: number) =>
    Array.from({ length: tiles }, (_, cell) => tileMode(http1, tiles, cell === 0)).filter((mode) => mode === 'fast')
  for (const tiles of [1, 4, 9, 16]) expect(held(tiles)).toHaveLength(1)
  expect(tileMode(http1, 9, false)).toBe('calm')
  expect(tileMode(protocolOf('h2'), 4, false)).toBe('fast')
  expect(tileMode(protocolOf('h2'), 9, false)).toBe('calm')
  expect(protocolOf(undefined), 'unknown is the poorer one').toBe('http1')
})

test('the others ask for what is answered at once, and after a failure wait for nothing at all', () => {
  expect(plainUrl('/live/c1/main/index.m3u8', false)).toBe('/live/c1/main/index.m3u8?plain')
  expect(plainUrl('/live/c1/index.m3u8', true)).toBe('/live/c1/index.m3u8?plain=now')
})

test('the half minute before is given up only when it is said to be gone', () => {
  for (const status of [404, 410]) expect(isGone(status)).toBe(true)
  // The streamer begins anew, the database is away, the network is: it is asked for again.
  for (const status of [0, 429, 500, 502, 503, 504]) expect(isGone(status)).toBe(false)
})

test('a drag turns the camera towards the hand, gently near the start and at full speed at the end', () => {
  expect(dragSpeed(3, 3, 200), 'a click turns nothing').toEqual({ pan: 0, tilt: 0, zoom: 0 })
  expect(dragSpeed(200, 0, 200)).toEqual({ pan: 1, tilt: 0, zoom: 0 })
  expect(dragSpeed(0, -400, 200), 'up is up').toEqual({ pan: 0, tilt: 1, zoom: 0 })
  expect(dragSpeed(60, 0, 200).pan).toBeLessThan(0.1)
  expect(keySpeed('ArrowLeft')?.pan).toBeLessThan(0)
  expect(keySpeed('-')?.zoom).toBeLessThan(0)
  expect(keySpeed('q')).toBeNull()
})

test('a small tile takes the smaller stream, one that fills the screen the larger, where a camera has one', () => {
  const camera = { mainStream: true, heightPx: 360 }
  expect(streamFor(camera, 240), 'one of nine').toBe('sub')
  expect(streamFor(camera, 500), 'one of four').toBe('sub')
  expect(streamFor(camera, 1000), 'alone').toBe('main')
  expect(streamFor({ ...camera, heightPx: null }, 1000)).toBe('main')
  expect(streamFor({ ...camera, heightPx: 720 }, 1000), 'good enough').toBe('sub')
  expect(streamFor({ mainStream: false, heightPx: 360 }, 1000)).toBe('sub')
})

test('one camera is heard at a time, and only where its sound is passed on', () => {
  expect(heard.get()).toBeNull()
  expect(toggleHeard({ id: 'a', audio: false })).toBe(false)
  expect(toggleHeard(undefined)).toBe(false)
  expect(heard.get()).toBeNull()
  expect(toggleHeard({ id: 'a', audio: true })).toBe(true)
  expect(toggleHeard({ id: 'b', audio: true })).toBe(true)
  expect(heard.get()).toBe('b')
  toggleHeard({ id: 'b', audio: true })
  expect(heard.get()).toBeNull()
})
