import { describe, expect, it } from 'vitest'
import { SlabPool } from '../../streamer/fmp4/slab.ts'
import type { InitSection } from '../../streamer/fmp4/init-section.ts'
import { livePlaylist } from '../../streamer/hls/playlist.ts'
import { Part, type Segment } from '../../streamer/hls/ring.ts'
import { KeepAlive } from '../../streamer/rtsp/keep-alive.ts'

const slab = new SlabPool().take(0)
const init = (name: string): InitSection => ({
  name,
  bytes: Buffer.alloc(0),
  pictureBytes: Buffer.alloc(0),
  audio: null,
  facts: { widthPx: 16, heightPx: 16, codec: 'avc1', mayReorder: false },
  parameterSets: [],
})
const first = init('init-a.mp4')

function segments(count: number, of = (_index: number) => first): Segment[] {
  return Array.from({ length: count }, (_, i) => ({
    msn: 10 + i,
    name: `s${10 + i}.m4s`,
    init: of(i),
    isDiscontinuous: i > 0 && of(i) !== of(i - 1),
    startedAtMs: 1_790_000_000_000 + i * 1000,
    takenAtMs: null,
    parts: [0, 1].map((part) => new Part({ slab, start: 0, headBytes: 8, end: 16 }, 10 + i, part, 45_000, part === 0)),
    durationTicks: 90_000,
    bytes: 0,
    isComplete: i < count - 1,
    keptUntilMs: 0,
  }))
}

const shape = (list: Segment[], windowMs = 6_000) => ({
  segments: list,
  nextMsn: 10 + list.length,
  discontinuitySequence: 3,
  partTargetTicks: 45_000,
  targetDurationS: 2,
  windowMs,
})

describe('the live playlist', () => {
  it('lists the window only, counts the discontinuities that lie before it, and parts of the newest segments', () => {
    const second = init('init-b.mp4')
    const text = livePlaylist(shape(segments(30, (i) => (i < 5 ? first : second))), false)
    expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:34\n')
    expect(text).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:4\n')
    expect(text).toContain('#EXT-X-MAP:URI="init-b.mp4"')
    expect(text.match(/#EXTINF/g)).toHaveLength(5)
    expect(text.match(/#EXT-X-PART:/g)).toHaveLength(6)
    expect(text).toContain('URI="p39.2.m4s"')
  })

  it('skips what lies further back than the skip boundary, when asked', () => {
    const list = shape(segments(30), 60_000)
    const full = livePlaylist(list, false)
    const delta = livePlaylist(list, true)
    const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(delta)![1])
    expect(skipped).toBe(18)
    expect(full.match(/#EXTINF/g)!.length - delta.match(/#EXTINF/g)!.length).toBe(skipped)
    expect(delta).toContain('#EXT-X-MEDIA-SEQUENCE:10\n')
    expect(livePlaylist(shape(segments(5)), true)).not.toContain('EXT-X-SKIP')
  })
})

describe('keep-alive', () => {
  it('uses what the camera offers, and another method when that is refused', () => {
    const offers: [string, string][] = [
      ['OPTIONS, DESCRIBE, GET_PARAMETER', 'GET_PARAMETER'],
      ['OPTIONS, DESCRIBE', 'OPTIONS'],
      ['DESCRIBE, SET_PARAMETER', 'SET_PARAMETER'],
      ['', 'OPTIONS'],
    ]
    for (const [offered, method] of offers) {
      const keepAlive = new KeepAlive()
      keepAlive.offered(offered)
      expect(keepAlive.method(), offered).toBe(method)
    }
    const keepAlive = new KeepAlive()
    keepAlive.offered('GET_PARAMETER, OPTIONS')
    keepAlive.refused()
    expect(keepAlive.method()).toBe('OPTIONS')
    keepAlive.refused()
    expect(keepAlive.method()).toBe('OPTIONS')
  })

  it('comes twice within the session time-out, at least every half minute, once each', () => {
    const keepAlive = new KeepAlive()
    expect(keepAlive.isDue(1e9)).toBe(false)
    keepAlive.began(0, 20)
    const due = Array.from({ length: 400 }, (_, i) => i * 100).filter((ms) => keepAlive.isDue(ms))
    expect(due).toEqual([9_000, 18_000, 27_000, 36_000])
  })
})
