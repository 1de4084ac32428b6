import { describe, expect, it } from 'vitest'
import { readPictures } from './support/annex-b.ts'
import { createPipeline } from './support/pipeline-rig.ts'
import { senderReport } from './support/sound.ts'

const pictures = readPictures('baseline-256x144.h264')

/** Dates in the playlist and by our clock, of segments that began after the report; the camera's clock is `aheadMs` ahead. */
function datesWith(aheadMs: number | null): { told: number[]; ours: number[] } {
  const { stream, feed, pipeline, clock } = createPipeline()
  feed(pictures)
  if (aheadMs !== null) {
    // The next picture is taken 40 ms after this report.
    const report = senderReport(clock.nowMs() + aheadMs, pictures.length * 3600 - 3600)
    pipeline.control(false, report, 0, report.length)
  }
  feed(pictures, { firstTicks: pictures.length * 3600, times: 2 })
  const later = stream.ring.segments.slice(-3)
  const dates = [
    ...stream
      .playlist(false)
      .toString()
      .matchAll(/DATE-TIME:(\S+)/g),
  ].map((m) => Date.parse(m[1]!))
  return { told: dates.slice(-3), ours: later.map((segment) => segment.startedAtMs) }
}

describe('the date of a segment', () => {
  it('is the camera’s when its clock agrees with ours to the second', () => {
    for (const aheadMs of [-700, -40, 300, 900]) {
      const { told, ours } = datesWith(aheadMs)
      expect(told.length).toBe(3)
      told.forEach((ms, i) => expect(Math.abs(ms - ours[i]! - aheadMs), `${aheadMs} ms ahead`).toBeLessThan(60))
    }
  })

  it('is ours when the camera has said nothing, or something else than the time', () => {
    for (const aheadMs of [null, 1_500, -86_400_000, -1_700_000_000_000]) {
      const { told, ours } = datesWith(aheadMs)
      expect(told).toEqual(ours)
    }
  })

  it('does not change what is kept of it: loops and evidence go by our clock', () => {
    const withCamera = datesWith(900)
    expect(withCamera.ours).toEqual(datesWith(null).ours)
  })
})
