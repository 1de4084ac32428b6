import type { Picture } from './annex-b.ts'
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

const START_CODE = Buffer.from([0, 0, 0, 1])

/** All that stands before the first slice, and that slice, as one unit with start codes in it. */
export function glued(pictures: Picture[]): Picture[] {
  return pictures.map((picture) => {
    const first = picture.nals.findIndex((nal) => isSlice(nal, picture.codec))
    if (first < 1) return picture
    const pieces = picture.nals.slice(0, first + 1).flatMap((nal) => [START_CODE, nal])
    return { ...picture, nals: [Buffer.concat(pieces.slice(1)), ...picture.nals.slice(first + 1)] }
  })
}

/** A start code in front of every unit that is sent in one packet. */
export function prefixed(packets: Buffer[]): Buffer[] {
  return packets.map((packet) => {
    const isWhole = (packet[12]! & 31) < 24
    return isWhole ? Buffer.concat([packet.subarray(0, 12), START_CODE, packet.subarray(12)]) : packet
  })
}

function isSlice(nal: Buffer, codec: Picture['codec']): boolean {
  return codec === 'H264' ? [1, 5].includes(nal[0]! & 31) : nal[0]! >> 1 < 32
}
