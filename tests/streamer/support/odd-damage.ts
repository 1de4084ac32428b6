import { rtpPacket } from './packetise.ts'
import { seeded } from '../../support/seeded.ts'
import type { TestCameraOptions } from './test-camera.ts'

/** What odd cameras do to their packets before they send them. */
const SEED = 20_261_125

/** A copy of the packet with a change in it. */
export function patched(packet: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(packet)
  change(copy)
  return copy
}

/** From so many pictures on. */
export function from(
  after: number,
  change: (packets: Buffer[], sent: number) => Buffer[],
): TestCameraOptions['damage'] {
  return (packets, sent) => (sent < after ? packets : change(packets, sent))
}

/** Some packets become others, by a seeded random. */
export function randomly(
  chance: number,
  change: (packet: Buffer, random: () => number) => Buffer[],
): TestCameraOptions['damage'] {
  const random = seeded(SEED)
  return (packets) => packets.flatMap((packet) => (random() < chance ? change(packet, random) : [packet]))
}

/** Other packets beside the good ones, with numbers of their own place in the row. */
export function besides(payloads: Buffer[]): TestCameraOptions['damage'] {
  let added = 0
  return (packets) => {
    const renumbered = packets.map((packet) =>
      patched(packet, (b) => b.writeUInt16BE((b.readUInt16BE(2) + added) & 0xffff, 2)),
    )
    const last = renumbered.at(-1)!
    const extra = payloads.map((payload, i) =>
      rtpPacket(payload, {
        rtpTicks: last.readUInt32BE(4),
        sequence: last.readUInt16BE(2) + i,
        isMarked: false,
      }),
    )
    added += payloads.length
    const moved = patched(last, (b) => b.writeUInt16BE((b.readUInt16BE(2) + payloads.length) & 0xffff, 2))
    return [...renumbered.slice(0, -1), ...extra, moved]
  }
}
