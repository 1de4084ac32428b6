import { describe, expect, it } from 'vitest'
import { isIntraSlice, readSps } from '../../streamer/rtp/h264-parameters.ts'
import { readPictures } from './support/annex-b.ts'
import { seeded } from '../support/seeded.ts'

const spsOf = (file: string) => readPictures(file)[0]!.nals.find((nal) => (nal[0]! & 31) === 7)!

describe('the sequence parameter set', () => {
  it('tells size, codec and whether B-frames may come', () => {
    expect(readSps(spsOf('four-slices-320x180.h264'))).toMatchObject({
      widthPx: 320,
      heightPx: 180,
      codec: 'avc1.4D400C',
    })
    expect(readSps(spsOf('baseline-256x144.h264'))).toMatchObject({ widthPx: 256, heightPx: 144, mayReorder: false })
    expect(readSps(spsOf('b-frames-256x144.h264'))).toMatchObject({ widthPx: 256, heightPx: 144, mayReorder: true })
  })

  it('of 1920×1080 is cropped by eight lines', () => {
    expect(readSps(Buffer.from('67640028acd940780227e5c05a808080a0000003002000000781e30632c0', 'hex'))).toMatchObject({
      widthPx: 1920,
      heightPx: 1080,
    })
  })

  it('never throws and never asks for an impossible picture, whatever its bytes', () => {
    const seed = 42
    const random = seeded(seed)
    let read = 0
    for (let i = 0; i < 20_000; i++) {
      const nal = Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256)))
      if (nal.length > 0) nal[0] = 0x67
      const facts = readSps(nal)
      if (!facts) continue
      read++
      expect(facts.widthPx, `seed ${seed}`).toBeLessThanOrEqual(8192)
      expect(facts.heightPx, `seed ${seed}`).toBeLessThanOrEqual(8192)
      expect(Math.min(facts.widthPx, facts.heightPx), `seed ${seed}`).toBeGreaterThanOrEqual(16)
      isIntraSlice(nal)
    }
    expect(read).toBeGreaterThan(0)
  })
})
