import type { Picture } from './annex-b.ts'

export interface PacketiseOptions {
  payloadType?: number
  ssrc?: number
  /** Payload bytes of the largest packet. */
  mtu?: number
  /** Parameter sets and SEI together in one STAP-A. */
  aggregates?: boolean
  marker?: 'last' | 'none' | 'every-slice'
}

/** RTP packets of one picture, RFC 6184. `sequence` is the first one's number. */
export function packetise(
  picture: Picture,
  rtpTicks: number,
  sequence: number,
  options: PacketiseOptions = {},
): Buffer[] {
  const { mtu = 1200, marker = 'last' } = options
  const payloads: { bytes: Buffer; endsSlice: boolean }[] = []
  const small = options.aggregates ? picture.nals.filter((nal) => [6, 7, 8].includes(nal[0]! & 31)) : []
  if (small.length > 1) {
    const sized = small.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])
    payloads.push({ bytes: Buffer.concat([Buffer.from([24 | 0x60]), ...sized]), endsSlice: false })
  }
  for (const nal of picture.nals) {
    if (small.length > 1 && small.includes(nal)) continue
    const isSlice = [1, 5].includes(nal[0]! & 31)
    if (nal.length <= mtu) {
      payloads.push({ bytes: nal, endsSlice: isSlice })
      continue
    }
    for (let at = 1; at < nal.length; at += mtu) {
      const isFirst = at === 1
      const isLast = at + mtu >= nal.length
      const head = Buffer.from([(nal[0]! & 0xe0) | 28, (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | (nal[0]! & 31)])
      payloads.push({ bytes: Buffer.concat([head, nal.subarray(at, at + mtu)]), endsSlice: isLast && isSlice })
    }
  }
  return payloads.map(({ bytes, endsSlice }, index) => {
    const isMarked = marker === 'last' ? index === payloads.length - 1 : marker === 'every-slice' && endsSlice
    const head = Buffer.alloc(12)
    head[0] = 0x80
    head[1] = (isMarked ? 0x80 : 0) | (options.payloadType ?? 96)
    head.writeUInt16BE((sequence + index) & 0xffff, 2)
    head.writeUInt32BE(rtpTicks >>> 0, 4)
    head.writeUInt32BE(options.ssrc ?? 0x1234, 8)
    return Buffer.concat([head, bytes])
  })
}

export function interleaved(channel: number, packet: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel, packet.length >> 8, packet.length & 255]), packet])
}
