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

interface Payload {
  bytes: Buffer
  endsSlice: boolean
}

/** RTP packets of one picture, RFC 6184 or RFC 7798. `sequence` is the first one's number. */
export function packetise(
  picture: Picture,
  rtpTicks: number,
  sequence: number,
  options: PacketiseOptions = {},
): Buffer[] {
  const { marker = 'last' } = options
  const payloads = picture.codec === 'H264' ? payloads264(picture, options) : payloads265(picture, options)
  return payloads.map(({ bytes, endsSlice }, index) => {
    const isMarked = marker === 'last' ? index === payloads.length - 1 : marker === 'every-slice' && endsSlice
    return rtpPacket(bytes, { ...options, rtpTicks, sequence: sequence + index, isMarked })
  })
}

export function rtpPacket(
  payload: Buffer,
  fields: { payloadType?: number; ssrc?: number; rtpTicks: number; sequence: number; isMarked: boolean },
): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = (fields.isMarked ? 0x80 : 0) | (fields.payloadType ?? 96)
  head.writeUInt16BE(fields.sequence & 0xffff, 2)
  head.writeUInt32BE(fields.rtpTicks >>> 0, 4)
  head.writeUInt32BE(fields.ssrc ?? 0x1234, 8)
  return Buffer.concat([head, payload])
}

function sized(nals: Buffer[]): Buffer[] {
  return nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])
}

function payloads264(picture: Picture, { mtu = 1200, aggregates }: PacketiseOptions): Payload[] {
  const payloads: Payload[] = []
  const small = aggregates ? picture.nals.filter((nal) => [6, 7, 8].includes(nal[0]! & 31)) : []
  if (small.length > 1) {
    payloads.push({ bytes: Buffer.concat([Buffer.from([24 | 0x60]), ...sized(small)]), endsSlice: false })
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
  return payloads
}

/** AP: type 48 and the sized units; FU: type 49, then S E type. */
function payloads265(picture: Picture, { mtu = 1200, aggregates }: PacketiseOptions): Payload[] {
  const payloads: Payload[] = []
  const isSmall = (nal: Buffer) => aggregates === true && nal[0]! >> 1 >= 32 && nal[0]! >> 1 <= 40
  const small = picture.nals.filter(isSmall)
  if (small.length > 1) {
    payloads.push({ bytes: Buffer.concat([Buffer.from([48 << 1, 1]), ...sized(small)]), endsSlice: false })
  }
  for (const nal of picture.nals) {
    if (small.length > 1 && isSmall(nal)) continue
    const type = (nal[0]! >> 1) & 63
    if (nal.length <= mtu) {
      payloads.push({ bytes: nal, endsSlice: type < 32 })
      continue
    }
    for (let at = 2; at < nal.length; at += mtu) {
      const isLast = at + mtu >= nal.length
      const fu = (at === 2 ? 0x80 : 0) | (isLast ? 0x40 : 0) | type
      const head = Buffer.from([(nal[0]! & 0x81) | (49 << 1), nal[1]!, fu])
      payloads.push({ bytes: Buffer.concat([head, nal.subarray(at, at + mtu)]), endsSlice: isLast && type < 32 })
    }
  }
  return payloads
}

export function interleaved(channel: number, packet: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel, packet.length >> 8, packet.length & 255]), packet])
}
