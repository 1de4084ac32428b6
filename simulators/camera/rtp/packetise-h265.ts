import { frame, PAYLOAD_BYTES_MAX, type PacketRun } from './packetise.ts'

const AP = 48
const FU = 49

/** H.265 over RTP (RFC 7798): large units in fragments, several small ones in an aggregate. */
export function packetiseH265(nals: readonly Buffer[], endsPicture: boolean): PacketRun {
  const small = nals.filter((nal) => nal.length < PAYLOAD_BYTES_MAX / 8)
  const payloads = small.length > 1 ? [aggregate(small)] : [...small]
  for (const nal of nals) if (!small.includes(nal)) payloads.push(...fragment(nal))
  return frame(payloads, endsPicture)
}

/** §4.4.2: type 48, then size and unit, again and again. */
function aggregate(nals: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.of(AP << 1, 1)]
  for (const nal of nals) parts.push(Buffer.of(nal.length >> 8, nal.length & 0xff), nal)
  return Buffer.concat(parts)
}

/** §4.4.3: type 49, then S, E and the unit's own type. */
function fragment(nal: Buffer): Buffer[] {
  if (nal.length <= PAYLOAD_BYTES_MAX) return [nal]
  const type = (nal[0]! >> 1) & 63
  const step = PAYLOAD_BYTES_MAX - 3
  const payloads: Buffer[] = []
  for (let at = 2; at < nal.length; at += step) {
    const start = at === 2 ? 0x80 : 0
    const end = at + step >= nal.length ? 0x40 : 0
    const head = Buffer.of((nal[0]! & 0x81) | (FU << 1), nal[1]!, start | end | type)
    payloads.push(Buffer.concat([head, nal.subarray(at, at + step)]))
  }
  return payloads
}
