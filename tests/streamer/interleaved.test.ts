import { describe, expect, it } from 'vitest'
import { InterleavedSplitter } from '../../streamer/rtsp/interleaved.ts'
import { seeded } from '../support/seeded.ts'

function collect(chunks: Buffer[]): { seen: string[]; splitter: InterleavedSplitter } {
  const seen: string[] = []
  const splitter = new InterleavedSplitter({
    onFrame: (channel, bytes, start, end) => seen.push(`frame ${channel} ${bytes.toString('hex', start, end)}`),
    onMessage: (head, body) => seen.push(`message ${head.split('\r\n')[0]} ${body}`),
    onGarbage: () => {},
    onHopeless: (reason) => seen.push(`hopeless ${reason}`),
  })
  // As the socket does it: one shared buffer, overwritten by the next read.
  const shared = Buffer.alloc(128 * 1024)
  for (const chunk of chunks) {
    chunk.copy(shared)
    splitter.push(shared, chunk.length)
    shared.fill(0xee, 0, chunk.length)
  }
  return { seen, splitter }
}

function frame(channel: number, size: number, fill: number): Buffer {
  const body = Buffer.alloc(size, fill)
  body[0] = 0x80
  return Buffer.concat([Buffer.from([0x24, channel, size >> 8, size & 255]), body])
}

const message = (body: string) =>
  Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)

describe('the splitter', () => {
  const stream = Buffer.concat([
    message('v=0'),
    frame(0, 40, 1),
    frame(1, 28, 2),
    message(''),
    Buffer.from('debug: $$ buffer overrun\n'),
    frame(0, 300, 3),
    Buffer.from([0x24, 0x24]),
    frame(0, 12, 4),
  ])
  const whole = collect([stream]).seen

  it('passes every frame and message on, and skips what is neither', () => {
    expect(whole.map((line) => line.slice(0, 9))).toEqual([
      'message R',
      'frame 0 8',
      'frame 1 8',
      'message R',
      'frame 0 8',
      'frame 0 8',
    ])
    expect(whole[0]).toBe('message RTSP/1.0 200 OK v=0')
  })

  it('reads a length with a blank before the colon, and passes bytes on as they are', () => {
    const body = Buffer.from('c9e3cff1bbfa', 'hex')
    const { seen } = collect([Buffer.from('RTSP/1.0 200 OK\r\nContent-length : 6\r\n\r\n'), body, frame(0, 12, 1)])
    expect(seen[0]).toBe(`message RTSP/1.0 200 OK ${body.toString('latin1')}`)
    expect(seen[1]).toMatch(/^frame 0 8/)
  })

  it('gives the same whatever two places the bytes are torn at', () => {
    let tried = 0
    for (let a = 1; a < stream.length; a++) {
      for (const b of [a, Math.min(a + 1, stream.length), Math.min(a + 37, stream.length)]) {
        const { seen } = collect([stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)])
        expect(seen, `torn at ${a} and ${b}`).toEqual(whole)
        tried++
      }
    }
    expect(tried).toBeGreaterThan(1000)
    expect(collect([...stream].map((byte) => Buffer.from([byte]))).seen, 'byte by byte').toEqual(whole)
  })

  it('finds the frames between runs of random garbage again, torn anywhere', () => {
    const seed = 20261121
    const random = seeded(seed)
    let frames = 0
    for (let round = 0; round < 60; round++) {
      const pieces: Buffer[] = []
      const wanted: string[] = []
      for (let i = 0; i < 10; i++) {
        const piece = frame(0, 12 + Math.floor(random() * 400), i)
        wanted.push(`frame 0 ${piece.toString('hex', 4)}`)
        // Garbage without '$' or 'R': what looks like a frame cannot be told from one.
        const noise = Buffer.from(
          Array.from({ length: Math.floor(random() * 30) }, () => 0x25 + Math.floor(random() * 16)),
        )
        pieces.push(piece, noise)
      }
      const bytes = Buffer.concat(pieces)
      const cuts = [Math.floor(random() * bytes.length), Math.floor(random() * bytes.length)].sort((x, y) => x - y)
      const chunks = [bytes.subarray(0, cuts[0]), bytes.subarray(cuts[0], cuts[1]), bytes.subarray(cuts[1])]
      expect(collect(chunks).seen, `seed ${seed} round ${round}`).toEqual(wanted)
      frames += wanted.length
    }
    expect(frames).toBe(600)
  })

  it('counts garbage by runs and bytes', () => {
    const { splitter } = collect([
      Buffer.concat([frame(0, 20, 1), Buffer.from('xyz'), frame(0, 20, 1), Buffer.from('no'), frame(0, 20, 1)]),
    ])
    expect(splitter.counts).toEqual({ frames: 3, resyncs: 2, garbageBytes: 5 })
  })

  it('gives up on an endless header, a huge body and a megabyte of garbage', () => {
    const header = Buffer.from(`RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(3000)}`)
    expect(collect([header]).seen.at(-1)).toBe('hopeless the camera sends an endless header')
    const body = Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 999999\r\n\r\n')
    expect(collect([body]).seen.at(-1)).toContain('hopeless the camera announces a body')
    const noise = Array.from({ length: 20 }, () => Buffer.alloc(60_000, 0x41))
    expect(collect(noise).seen).toEqual(['hopeless the camera sends bytes that are no RTSP'])
  })
})
