import { expect } from 'vitest'
import { manualClock } from '../../../domain/clock.ts'
import { SlabPool } from '../../../streamer/fmp4/slab.ts'
import { LiveStream } from '../../../streamer/hls/live-stream.ts'
import type { Segment } from '../../../streamer/hls/ring.ts'
import type { PipelineOptions } from '../../../streamer/pipeline.ts'
import { Pipeline } from '../../../streamer/pipeline.ts'
import type { Picture } from './annex-b.ts'
import { sampleNals } from './annex-b.ts'
import type { Sample } from './mp4.ts'
import { samplesOf } from './mp4.ts'
import type { PacketiseOptions } from './packetise.ts'
import { packetise } from './packetise.ts'

export interface Feed extends PacketiseOptions {
  firstTicks?: number
  ticksOf?: (index: number) => number
  times?: number
  /** Changes the packets of one picture before they are sent. */
  damage?: (packets: Buffer[], index: number) => Buffer[]
}

/** A pipeline without sockets, fed with the packets of pictures. */
export function createPipeline(keepMs = 600_000, options: Partial<PipelineOptions> = {}) {
  const clock = manualClock()
  const stream = new LiveStream(keepMs, 100)
  const slabs = new SlabPool()
  const pipeline = new Pipeline({
    stream,
    clock,
    slabs,
    codec: 'H264',
    payloadType: 96,
    clockHz: 90_000,
    parameterSets: [],
    ...options,
  })
  let sequence = 65_000
  let sent = 0
  const feed = (pictures: Picture[], how: Feed = {}) => {
    for (let i = 0; i < pictures.length * (how.times ?? 1); i++) {
      const ticks = (how.firstTicks ?? 0) + (how.ticksOf?.(i) ?? i * 3600)
      const packets = packetise(pictures[i % pictures.length]!, ticks, sequence, how)
      sequence += packets.length
      clock.advance(40)
      for (const packet of how.damage?.(packets, i) ?? packets)
        pipeline.packet(packet, 0, packet.length, clock.monotonicMs())
      sent++
    }
  }
  return { clock, stream, pipeline, feed, slabs, sent: () => sent }
}

export function bytesOf(segment: Segment): Buffer {
  return Buffer.concat(segment.parts.map((part) => part.bytes))
}

export function samples(stream: LiveStream): Sample[] {
  return stream.ring.segments.flatMap((segment) => samplesOf(bytesOf(segment)))
}

/** What must be in the samples: everything but parameter sets and delimiters. */
export function wanted(pictures: Picture[]): string[] {
  return pictures.map((picture) =>
    sampleNals(picture)
      .map((nal) => nal.toString('hex'))
      .join('|'),
  )
}

export const found = (list: Sample[]) => list.map((sample) => sample.nals.map((nal) => nal.toString('hex')).join('|'))

export function expectUnbroken(list: Sample[]): void {
  for (let i = 1; i < list.length; i++) {
    expect(list[i]!.dtsTicks, `sample ${i}`).toBe(list[i - 1]!.dtsTicks + list[i - 1]!.durationTicks)
    expect(list[i]!.durationTicks).toBeGreaterThan(0)
  }
}
